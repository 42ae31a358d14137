import type { Contract } from '../../../../core/contract/contract.ts';
import type { ContractView } from '../../api/found.ts';
import { type Answered, useAnswer, useAsked } from '../../api/use-answer.ts';
import { contractAddress } from '../../page-addresses.ts';
import type { PageProps } from '../../page-props.ts';
import { Page, Section } from '../../ui/page.tsx';
import { Scrolled } from '../../ui/scrolled.tsx';
import { StateTag } from '../../ui/state-tag.tsx';
import { Answer } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { judge } from '../../verify/judge.ts';
import { AskedFor } from './asked-for.tsx';
import { ContractChanges } from './contract-changes.tsx';

/** A contract in one of its versions, and what that version asks for differently from another one. */
export function ContractPage({ params, query }: PageProps) {
  const contract = params.contract ?? '';
  const path = `/v1/contracts/${encodeURIComponent(contract)}`;
  const newest = useAnswer<ContractView>(path, { live: true });
  const version = numberOf(query.version) ?? newest.value?.version;
  const shown = useAnswer<ContractView>(version === undefined ? undefined : path, { query: { version } });
  const against = numberOf(query.against) ?? (version === undefined ? undefined : version - 1);
  const before = useAnswer<ContractView>(against === undefined || against < 1 ? undefined : path, {
    query: { version: against },
  });
  return (
    <Page title={`Contract ${contract}`}>
      <Answer answered={newest} what="the contract">
        {(last) => (
          <>
            {last.withdrawn && (
              <p class="notice">
                <StateTag state="withdrawn" /> It asks for nothing any more.
              </p>
            )}
            <Versions last={last} version={version ?? last.version} />
            <Answer answered={shown} what="this version">
              {(view) => (
                <>
                  <Asks view={view} />
                  {against !== undefined && against >= 1 && (
                    <Difference before={before} after={view} against={against} />
                  )}
                </>
              )}
            </Answer>
          </>
        )}
      </Answer>
    </Page>
  );
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

/** The newest versions are a link each; older ones are reached through the one before. */
const LINKS_MAX = 12;

function Versions({ last, version }: { readonly last: ContractView; readonly version: number }) {
  const oldest = Math.max(1, last.version - LINKS_MAX + 1);
  const listed = Array.from({ length: last.version - oldest + 1 }, (_, n) => last.version - n);
  const all = listed.includes(version) ? listed : [...listed, version];
  return (
    <nav class="versions" aria-label="Versions">
      <ul>
        {all.map((each) => (
          <li key={each}>
            <a
              href={`${contractAddress(last.contract)}?version=${each}`}
              aria-current={each === version ? 'page' : undefined}
            >
              version {each}
            </a>
          </li>
        ))}
        {version > 1 && !all.includes(version - 1) && (
          <li>
            <a href={`${contractAddress(last.contract)}?version=${version - 1}`}>the one before</a>
          </li>
        )}
      </ul>
    </nav>
  );
}

function Asks({ view }: { readonly view: ContractView }) {
  return (
    <Section
      title={`What version ${view.version} asks for`}
      text={
        <>
          Published <Time time={view.publishedAt} />.
        </>
      }
    >
      <AskedFor document={view.document as Contract} />
      <details class="published">
        <summary>The document as it was published</summary>
        <Scrolled label="Document">
          <pre>{JSON.stringify(view.document, undefined, 2)}</pre>
        </Scrolled>
      </details>
    </Section>
  );
}

type DifferenceProps = {
  readonly before: Answered<ContractView>;
  readonly after: ContractView;
  readonly against: number;
};

function Difference({ before, after, against }: DifferenceProps) {
  return (
    <Section
      title={`What it asks for differently from version ${against}`}
      text="Compared in this browser. Where nothing is loosened or unclear, whatever passes now would have passed before."
    >
      <Answer answered={before} what={`version ${against}`}>
        {(view) => <Compared before={view} after={after} />}
      </Answer>
    </Section>
  );
}

function Compared({ before, after }: { readonly before: ContractView; readonly after: ContractView }) {
  const compared = useAsked(`${after.contract} ${before.version} ${after.version}`, false, () =>
    judge<'compare'>({ kind: 'compare', before: before.document, after: after.document }),
  );
  return (
    <Answer answered={compared} what="the comparison">
      {(result) =>
        result.ok ? (
          <ContractChanges changes={result.value} />
        ) : (
          <p>This program does not read one of the two versions: {result.fault.message}</p>
        )
      }
    </Answer>
  );
}
