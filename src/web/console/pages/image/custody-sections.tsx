import { comparisonWords } from '../../../../core/custody/facts-change-words.ts';
import { assuranceList } from '../../../view/assurance-list.ts';
import { assuranceLines } from '../../../view/assurance-words.ts';
import { attemptList } from '../../../view/attempt-list.ts';
import { contractList } from '../../../view/contract-list.ts';
import { entryLink } from '../../../view/entry-reference.ts';
import { releaseList } from '../../../view/release-list.ts';
import { shortDigest } from '../../../view/short-digest.ts';
import { timeline } from '../../../view/timeline.ts';
import { waiverList } from '../../../view/waiver-list.ts';
import { entryAddress } from '../../page-addresses.ts';
import { Digest, imageAddress } from '../../ui/digest.tsx';
import { Drawn } from '../../ui/drawn.tsx';
import { Section } from '../../ui/page.tsx';
import type { Judged } from '../../verify/judged.ts';
import { FactsTable } from './facts-table.tsx';

type Props = { readonly judged: Judged };

/** Everything that was found about an image, below its verdict. */
export function CustodySections({ judged }: Props) {
  const { result } = judged;
  return (
    <>
      <Changes judged={judged} />
      <Section title="Timeline of custody" text="What happened to this image, as the ledger has it, oldest first.">
        <Drawn draw={() => timeline(judged.steps)} of={[judged]} />
      </Section>
      <Section
        title="Stages against the contract"
        text={
          judged.contracts.length === 0
            ? 'No contract covers this repository. Nothing was asked for, and so nothing was passed.'
            : 'Which contracts apply follows from the name of the repository; every one of them must be met.'
        }
      >
        <Drawn draw={() => contractList(judged.contracts, result.checks)} of={[judged]} />
      </Section>
      <Section
        title="Facts"
        text="What its sound attestations state, read in this browser out of the documents themselves."
      >
        <FactsTable judged={judged} />
      </Section>
      <Signers judged={judged} />
      <Platforms judged={judged} />
      {result.attempts.length > 0 && (
        <Section
          title="Runs and attempts"
          text="Every run of the commits that this image comes from, also those that failed or were never closed."
        >
          <Drawn draw={() => attemptList(result.attempts)} of={[judged]} />
        </Section>
      )}
      {result.waivers.length > 0 && (
        <Section title="Waivers" text="Every one that was ever asked for about this image, in force or not.">
          <Drawn draw={() => waiverList(result.waivers)} of={[judged]} />
        </Section>
      )}
      {result.releases.length + result.retirements.length > 0 && (
        <Section title="Releases" text="Where the image was released, and what changed since what was there before.">
          <Drawn draw={() => releaseList(result.releases, result.retirements, entryLink)} of={[judged]} />
        </Section>
      )}
      <Section title="What this rests on" text={`Log ${result.origin ?? 'not established'}.`}>
        <Drawn draw={() => assuranceList(assuranceLines(result.assurances))} of={[judged]} />
      </Section>
    </>
  );
}

/** What is different from what runs in the environment now, before anything else that is told of the image. */
function Changes({ judged: { result } }: Props) {
  const { comparison } = result;
  if (comparison === undefined) return null;
  const [since = '', ...lines] = comparisonWords(comparison);
  return (
    <Section title={`What changes in ${comparison.environment}`}>
      <article class="card pad">
        <p>
          <Since words={shortDigest(since)} seq={comparison.previous?.seq} />
        </p>
        {lines.length > 0 && (
          <ul class="changes">
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        )}
      </article>
    </Section>
  );
}

/** A sentence in which the entry is a link. */
function Since({ words, seq }: { readonly words: string; readonly seq: number | undefined }) {
  const entry = `#${seq}`;
  const at = seq === undefined ? -1 : words.lastIndexOf(entry);
  if (seq === undefined || at < 0) return <>{words}</>;
  return (
    <>
      {words.slice(0, at)}
      <a href={entryAddress(seq)}>{entry}</a>
      {words.slice(at + entry.length)}
    </>
  );
}

function Signers({ judged: { signers } }: Props) {
  if (signers.length === 0) return null;
  return (
    <Section title="Signers" text="The keys that signed what counts.">
      <ul class="rows card">
        {signers.map(({ signer, title, assurance, signed }) => (
          <li key={signer}>
            <div>
              <b>{title ?? (assurance === 'service' ? 'The service, for its callers' : 'A key without a title')}</b>
              <p class="small quiet">
                <Digest digest={signer} /> · signed {signed.join(', ')}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Platforms({ judged: { platforms, result } }: Props) {
  if (platforms.length === 0) return null;
  return (
    <Section
      title="Platforms"
      text="This is an index: signatures and provenance hold for its platforms too, scans and tests only for what they name."
    >
      <ul class="rows card">
        {platforms.map(({ digest, platform }) => (
          <li key={digest}>
            <div>
              <b>{platform}</b>
              <p class="small quiet">
                <Digest digest={digest} href={imageAddress(digest, result.repository)} />
              </p>
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}
