import type { PlannedVerdict } from '../../../../core/custody/plan-image.ts';
import { Digest, imageAddress } from '../../ui/digest.tsx';
import { Section } from '../../ui/page.tsx';
import { Empty } from '../../ui/states.tsx';
import { ContractChanges } from './contract-changes.tsx';
import { PLANNED_MAX, type Plan, type PlannedImage } from './use-plan.ts';

/** What publishing a contract changes: what it asks for otherwise, and what would become of the images that it covers. */
export function ContractEffect({ plan }: { readonly plan: Plan }) {
  const { proposal, version, images } = plan;
  return (
    <>
      <Section
        title={
          version === undefined
            ? `${proposal.contract} is new`
            : `${proposal.contract} takes the place of version ${version}`
        }
        text={`It covers ${proposal.repositories.join(', ')}.`}
      >
        {version !== undefined && <ContractChanges changes={proposal.changes} />}
      </Section>
      <Section
        title="Images as if it was published"
        text={`The newest ${PLANNED_MAX} that it covers, or that the version in force does, judged now out of their evidence.`}
      >
        {images.length === 0 ? (
          <Empty title="It covers no image that is there." />
        ) : (
          <ul class="rows card">
            {images.map((image) => (
              <Planned key={`${image.digest} ${image.repository}`} image={image} />
            ))}
          </ul>
        )}
      </Section>
    </>
  );
}

const TONES = { pass: 'pass', waived: 'warn', fail: 'fail', unjudged: 'neutral' } as const;

function Planned({ image: { digest, repository, planned, broken } }: { readonly image: PlannedImage }) {
  return (
    <li>
      <div>
        <b>{repository}</b>
        <p class="small quiet">
          <Digest digest={digest} href={imageAddress(digest, repository)} />
        </p>
        {broken.map((sentence) => (
          <p key={sentence} class="small">
            {sentence}
          </p>
        ))}
      </div>
      {planned === undefined ? (
        <span class="chip warn">not judged</span>
      ) : (
        <span class={`chip ${TONES[planned.after]}`}>{turnWords(planned)}</span>
      )}
    </li>
  );
}

/** What becomes of an image that fails either way is no news, but that it would fail for more reasons is. */
function turnWords({ before, after, broken }: PlannedVerdict): string {
  if (before !== after) return `${before} → ${after}`;
  return broken.length === 0 ? `${after}, as before` : `${after}, for more reasons`;
}

/** The same in sentences, as list items: for whoever is about to do it. */
export function ContractEffectLines({ plan: { proposal, version, images } }: { readonly plan: Plan }) {
  const newlyFailing = images.filter(isNewlyFailing).length;
  const failingMore = images.filter(isFailingMore).length;
  const looser = proposal.changes.filter(isLooser).length;
  return (
    <>
      <li>
        {version === undefined
          ? 'It is the first version of this contract that is in force.'
          : `It takes the place of version ${version}, which stays visible.`}
      </li>
      <li>
        {newlyFailing === 0
          ? 'No image that was looked at passes now and would fail by it.'
          : `${newlyFailing} of ${images.length} images that were looked at would fail by it, and do not now.`}
      </li>
      {failingMore > 0 && (
        <li>
          {failingMore} of {images.length} fail already, and would for more reasons: what it asks for is missing there,
          too.
        </li>
      )}
      {looser > 0 && <li>{looser} of its changes let images pass that did not, or may.</li>}
    </>
  );
}

/** Whether images fail by it that did not, or may pass that did not. */
export function isGrave({ proposal, images }: Plan): boolean {
  return proposal.changes.some(isLooser) || images.some(isNewlyFailing);
}

function isNewlyFailing({ planned }: PlannedImage): boolean {
  return planned !== undefined && planned.before !== 'fail' && planned.after === 'fail';
}

function isFailingMore({ planned }: PlannedImage): boolean {
  return planned !== undefined && planned.before === 'fail' && planned.broken.length > 0;
}

function isLooser({ direction }: Plan['proposal']['changes'][number]): boolean {
  return direction === 'loosened' || direction === 'unclear';
}
