import { Scrolled } from '../../ui/scrolled.tsx';

/** A contract's document, as far as the table shows it; the whole of it stands below. */
export type AskedFor = {
  readonly repositories?: readonly string[];
  readonly stages?: readonly {
    readonly stage: string;
    readonly on?: string;
    readonly assurance?: string | readonly string[];
    readonly after?: readonly string[];
    readonly threshold?: number;
    readonly maxAge?: string;
    readonly rules?: readonly unknown[];
  }[];
};

/** Each stage, and what is asked of it beside being there. */
export function StageTable({ document: { repositories = [], stages = [] } }: { readonly document: AskedFor }) {
  return (
    <>
      <p>
        Of images in <b>{repositories.join(', ')}</b>:
      </p>
      {stages.length === 0 ? (
        <p>No stage is asked for.</p>
      ) : (
        <Scrolled label="Stages that are asked for">
          <table>
            <thead>
              <tr>
                <th scope="col">Stage</th>
                <th scope="col">Of</th>
                <th scope="col">After</th>
                <th scope="col">Signed by</th>
                <th scope="col">People</th>
                <th scope="col">Not older than</th>
                <th scope="col">Rules</th>
              </tr>
            </thead>
            <tbody>
              {stages.map(({ stage, on, assurance, after, threshold, maxAge, rules }) => (
                <tr key={stage}>
                  <th scope="row">{stage}</th>
                  <td>{on === 'source' ? 'the commit' : 'the image'}</td>
                  <td>{after?.join(', ') ?? '–'}</td>
                  <td>{typeof assurance === 'string' ? assurance : (assurance?.join(' or ') ?? 'anybody who may')}</td>
                  <td>{threshold ?? 1}</td>
                  <td>{maxAge ?? '–'}</td>
                  <td>{rules?.length ?? 0}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scrolled>
      )}
    </>
  );
}
