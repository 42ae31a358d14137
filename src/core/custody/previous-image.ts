import { imageKey, releaseKey } from '../entry/keys.ts';
import { CheckList } from './check.ts';
import { checkRuns } from './check-runs.ts';
import type { PreviousFound } from './compare-with-previous.ts';
import type { ContractInForce } from './contracts-in-force.ts';
import { checkCounted } from './counted.ts';
import { type CountedFacts, countedFacts } from './counted-facts.ts';
import type { Question } from './evidence.ts';
import type { Material } from './material.ts';
import { imagesInQuestion, questionAbout } from './needed-lists.ts';
import { checkPromotions, withPromoted } from './promoted.ts';
import { previousIn } from './release-steps.ts';
import type { TrustState } from './trust-state.ts';

/** What was released before as it was found; `stated` has its facts where there was an image and it reads. */
export type PreviousRead = PreviousFound & { readonly stated?: CountedFacts };

/**
 * What was released before to the environment in question, with its facts, out of what is proved. Its entries are checked as
 * those of the subject are, and what is wrong with one is no fault of the subject: the image before it is then unreadable,
 * and what compares with it fails, since what one document does not say any more may be all that spoke against the subject.
 *
 * Reasons: `contract/no-environment`; `list/gap` where a list of the environment or the image does not hold together;
 * `payload/absent` where a document of it is not shown; `contract/previous-unreadable` where somebody released it who might not, a check of something about it did not pass, or
 * a document does not read. Source: docs/spec/releases.md §2.1.
 */
export function previousImage(
  question: Question,
  material: Material,
  trust: TrustState,
  contracts: readonly ContractInForce[] = [],
): PreviousRead {
  const { repository, environment } = question;
  if (environment === undefined) return { reason: 'contract/no-environment' };
  const list = material.lists.get(releaseKey(repository, environment));
  if (list === undefined) return { reason: 'list/gap' };
  const released = previousIn(
    question,
    list.map(({ entry }) => entry),
  );
  if (released === undefined) return {};
  const about = questionAbout(question, released);
  const entries = [...material.entries.values()].map(({ entry }) => entry);
  const own = { ...material, images: imagesInQuestion(about, entries) };
  if (!own.images.every((image) => material.lists.has(imageKey(image)))) return { released, reason: 'list/gap' };
  const checks = new CheckList();
  const here = checkCounted(about, own, trust, checkRuns(about, own, trust, checks), checks);
  const counted = withPromoted(here, checkPromotions(about, contracts, material, trust, checks));
  const stated = countedFacts(about.subject, counted, trust);
  const { documents, fault } = stated();
  const found = checks.sorted();
  // What was erased since is told from what never held: a verdict of before is not false because of it.
  if (found.some(({ reason }) => reason === 'payload/absent')) return { released, reason: 'payload/absent' };
  const holds = trust.writerFault(released) === undefined && found.every(({ outcome }) => outcome === 'pass');
  const reads = fault === undefined && documents.every((document) => document.fault === undefined);
  return holds && reads
    ? { released, digest: about.subject, stated }
    : { released, reason: 'contract/previous-unreadable' };
}
