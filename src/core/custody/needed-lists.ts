import type { Entry } from '../entry/entry.ts';
import {
  contractKey,
  coverageKey,
  imageKey,
  principalKey,
  releaseKey,
  runKey,
  signerKey,
  sourceKey,
  TRUST_KEY,
  waiverKey,
} from '../entry/keys.ts';
import type { ContractPublished } from '../entry/kinds/contract-published.ts';
import type { ImageReleased } from '../entry/kinds/image-released.ts';
import type { ImageSigned } from '../entry/kinds/image-signed.ts';
import type { RunOpened } from '../entry/kinds/run-opened.ts';
import type { SignerRotated } from '../entry/kinds/signer-rotated.ts';
import type { WaiverRequested } from '../entry/kinds/waiver-requested.ts';
import { globsFor } from '../entry/names.ts';
import { SERVICE_PRINCIPAL } from '../trust/grant-document.ts';
import { isInView } from './as-of.ts';
import type { Question } from './evidence.ts';
import { isOfRelease, previousIn, stepsBefore } from './release-steps.ts';

/**
 * Keys of the lists that a claim about `question` rests on, as far as `entries` tell: asked again with the entries of
 * those lists, it names the lists that follow from them, until nothing new is named. Whoever makes evidence and whoever
 * checks it ask the same function, so that no server chooses what a reader gets to see.
 *
 * `trust`; the image and every index of the same repository that contains it; each run that something about them names,
 * and the commit of each; each glob that can match the repository, and each contract seen there; each waiver that was asked
 * for; each signer of what counts, and each key before it; each principal that wrote what counts or what it rests on.
 * With an environment, what was released there, and everything about the image of {@link previousIn}, as about the subject.
 * What a question about the past does not count names nothing.
 * Source: docs/spec/evidence.md §4.
 */
export function neededKeys(question: Question, entries: readonly Entry[]): readonly string[] {
  const { repository, environment } = question;
  const subjects = subjectsInQuestion(question, entries);
  const isCounted = countedIn(question, entries);
  const runs = subjects.flatMap((subject) => runsOf(subject, entries));
  const keys = new Set([TRUST_KEY, ...runs.map(runKey)]);
  for (const subject of subjects) for (const key of subjectKeysOf(subject, entries)) keys.add(key);
  if (environment !== undefined) keys.add(releaseKey(repository, environment));
  for (const glob of globsFor(repository)) keys.add(coverageKey(glob));
  const shown = new Map(entries.map((entry) => [entry.seq, entry]));
  for (const entry of entries) {
    if (!isInView(entry, question.asOf)) continue;
    const counts = isCounted(entry);
    if (counts && entry.signer !== undefined) keys.add(signerKey(entry.signer));
    if (entry.kind === 'contract.published' || entry.kind === 'contract.withdrawn') {
      keys.add(contractKey((entry.body as ContractPublished).contract));
    }
    const previous = previousRelease(question, entry, shown);
    if (previous !== undefined) keys.add(imageKey(previous.digest));
    const waiver = waiverAsked(question, entry);
    if (waiver !== undefined) keys.add(waiverKey(waiver.waiver));
    // Who follows another key rests on the list of that one, too.
    if (entry.kind === 'signer.rotated') keys.add(signerKey((entry.body as SignerRotated).signer));
    if ((counts || isOfTrust(entry)) && entry.principal !== SERVICE_PRINCIPAL) keys.add(principalKey(entry.principal));
  }
  return [...keys].sort();
}

/**
 * The question, and that about the image that was released to its environment before, where there is one: what is shown of
 * the one is shown of the other. Each also about the repositories that contracts take images from.
 */
function subjectsInQuestion(question: Question, entries: readonly Entry[]): readonly Question[] {
  const previous = previousIn(question, entries);
  const here = previous === undefined ? [question] : [question, questionAbout(question, previous)];
  const from = promotedFrom(question, entries);
  return here.flatMap((one) => [one, ...from.map((repository) => ({ ...one, repository }))]);
}

/**
 * Repositories that a version of a contract takes images from which is filed under a glob that can match the repository: all
 * of them stand in lists that the question alone names, so that what follows from them never shrinks while lists are added.
 */
function promotedFrom({ repository, asOf }: Question, entries: readonly Entry[]): readonly string[] {
  const coverage = new Set(globsFor(repository).map(coverageKey));
  const found = new Set<string>();
  for (const entry of entries) {
    if (entry.kind !== 'contract.published' || !isInView(entry, asOf)) continue;
    if (!entry.keys.some(({ key }) => coverage.has(key))) continue;
    for (const name of (entry.body as ContractPublished).from ?? []) if (name !== repository) found.add(name);
  }
  return [...found].sort();
}

/** The question about the image that the entry releases. */
export function questionAbout({ environment: _, ...question }: Question, released: Entry): Question {
  return { ...question, subject: (released.body as ImageReleased).digest };
}

/**
 * Whether an entry counts: it is of a repository in question, and filed under an image in question there, an index above it, or
 * the commit of a run that something about these names.
 */
export function countedIn(question: Question, entries: readonly Entry[]): (entry: Entry) => boolean {
  const keys = new Map<string, Set<string>>();
  for (const subject of subjectsInQuestion(question, entries)) {
    const known = keys.get(subject.repository) ?? new Set();
    for (const key of subjectKeysOf(subject, entries)) known.add(key);
    keys.set(subject.repository, known);
  }
  return (entry) => {
    const known = keys.get(entry.repository ?? '');
    return known !== undefined && entry.keys.some(({ key }) => known.has(key));
  };
}

/** Keys of the image, of each index above it, and of the commit of each run that something about these names. */

function subjectKeysOf(question: Question, entries: readonly Entry[]): ReadonlySet<string> {
  const { repository } = question;
  const keys = new Set(imagesInQuestion(question, entries).map(imageKey));
  const runs = new Set(runsOf(question, entries));
  for (const entry of entries) {
    if (entry.kind !== 'run.opened' || entry.repository !== repository || !isInView(entry, question.asOf)) continue;
    if (runs.has(entry.run ?? '')) keys.add(sourceKey(repository, (entry.body as RunOpened).commit));
  }
  return keys;
}

/** Runs that an entry of the repository names which is filed under the image or an index above it, ascending. */
function runsOf(question: Question, entries: readonly Entry[]): readonly string[] {
  const imageKeys = new Set(imagesInQuestion(question, entries).map(imageKey));
  const runs = new Set<string>();
  for (const entry of entries) {
    const { run, repository, keys } = entry;
    if (run === undefined || repository !== question.repository || !isInView(entry, question.asOf)) continue;
    if (keys.some(({ key }) => imageKeys.has(key))) runs.add(run);
  }
  return [...runs].sort();
}

/**
 * Seqs, each once, of the entries that a claim rests on beside whole lists: what leads from each release of the image back to what was
 * released to the same environment before it. Asked like {@link neededKeys}. Source: docs/spec/evidence.md §2.
 */
export function neededSeqs(question: Question, entries: readonly Entry[]): readonly number[] {
  const shown = new Map(entries.map((entry) => [entry.seq, entry]));
  const steps = entries.flatMap((entry) => (isReleaseOf(question, entry) ? stepsBefore(entry, shown).seqs : []));
  return [...new Set(steps)];
}

/**
 * Lists of which only the end is needed, each with the seq of the entry that it begins with: of what was released to the
 * environment in question, what follows the previous release, itself included. Source: docs/spec/evidence.md §4.
 */
export function neededEnds(question: Question, entries: readonly Entry[]): ReadonlyMap<string, number> {
  const { repository, environment } = question;
  const previous = previousIn(question, entries);
  if (environment === undefined || previous === undefined) return new Map();
  return new Map([[releaseKey(repository, environment), previous.seq]]);
}

function previousRelease(
  question: Question,
  entry: Entry,
  shown: ReadonlyMap<number, Entry>,
): ImageReleased | undefined {
  if (!isReleaseOf(question, entry)) return undefined;
  return stepsBefore(entry, shown).previous?.body as ImageReleased | undefined;
}

function isReleaseOf(question: Question, entry: Entry): boolean {
  return entry.kind === 'image.released' && isInView(entry, question.asOf) && isOfRelease(question, entry);
}

/** The subject, and the indexes of the repository that contain it, directly or through another index. */
export function imagesInQuestion(question: Question, entries: readonly Entry[]): readonly string[] {
  const indexes = new Map<string, string[]>();
  for (const entry of entries) {
    if (entry.kind !== 'image.signed' || entry.repository !== question.repository) continue;
    if (!isInView(entry, question.asOf)) continue;
    const { digest, children } = entry.body as ImageSigned;
    for (const child of children) {
      const above = indexes.get(child);
      if (above === undefined) indexes.set(child, [digest]);
      else above.push(digest);
    }
  }
  return withIndexes(question.subject, indexes);
}

/** The image and everything above it, in the order found; `indexes` holds, for an image, the indexes that contain it. */
export function withIndexes(image: string, indexes: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const images = new Set([image]);
  // A set grows while it is walked: what is added is walked too, each once, also where indexes contain each other.
  for (const one of images) for (const above of indexes.get(one) ?? []) images.add(above);
  return [...images];
}

function isOfTrust(entry: Entry): boolean {
  return /^(?:change|contract|principal|settings|signer|token)\./.test(entry.kind);
}

/** What the entry asks for, where it asks for a waiver of the very image and repository in question. */
export function waiverAsked({ subject, repository }: Question, entry: Entry): WaiverRequested | undefined {
  if (entry.kind !== 'waiver.requested' || entry.repository !== repository) return undefined;
  const asked = entry.body as WaiverRequested;
  return asked.digest === subject ? asked : undefined;
}
