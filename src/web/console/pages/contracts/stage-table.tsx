import { shortDigest } from '../../../view/short-digest.ts';
import { Scrolled } from '../../ui/scrolled.tsx';

/** A contract's document, as far as the table shows it; the whole of it stands below. */
export type AskedFor = {
  readonly repositories?: readonly string[];
  readonly stages?: readonly {
    readonly stage: string;
    readonly on?: string;
    readonly assurance?: string;
    readonly signers?: readonly string[];
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
              {stages.map(({ stage, on, assurance, signers, after, threshold, maxAge, rules }) => (
                <tr key={stage}>
                  <th scope="row">{stage}</th>
                  <td>{on === 'source' ? 'the commit' : 'the image'}</td>
                  <td>{after?.join(', ') ?? '–'}</td>
                  <td>{signedBy(assurance, signers)}</td>
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

/** The weaker assurance, which is the one where none is named, takes the stronger one too. */
function signedBy(assurance = 'service', signers?: readonly string[]): string {
  const keys =
    assurance === 'pipeline' ? 'the pipeline’s own key' : 'the pipeline’s own key, or the service’s for the caller';
  return signers === undefined ? keys : `${keys}: ${signers.map(shortDigest).join(' or ')}`;
}
