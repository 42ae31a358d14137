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
  const subjectKeys = subjectKeysInQuestion(question, entries);
  const runs = subjectsInQuestion(question, entries).flatMap((subject) => runsOf(subject, entries));
  const keys = new Set([TRUST_KEY, ...subjectKeys, ...runs.map(runKey)]);
  if (environment !== undefined) keys.add(releaseKey(repository, environment));
  for (const glob of globsFor(repository)) keys.add(coverageKey(glob));
  const shown = new Map(entries.map((entry) => [entry.seq, entry]));
  for (const entry of entries) {
    if (!isInView(entry, question.asOf)) continue;
    const counts = entry.repository === repository && entry.keys.some(({ key }) => subjectKeys.has(key));
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
 * the one is shown of the other.
 */
function subjectsInQuestion(question: Question, entries: readonly Entry[]): readonly Question[] {
  const previous = previousIn(question, entries);
  return previous === undefined ? [question] : [question, questionAbout(question, previous)];
}

/** The question about the image that the entry releases. */
export function questionAbout({ environment: _, ...question }: Question, released: Entry): Question {
  return { ...question, subject: (released.body as ImageReleased).digest };
}

/**
 * Keys of each image in question, of each index above it, and of the commit of each run that something about these names.
 */
export function subjectKeysInQuestion(question: Question, entries: readonly Entry[]): ReadonlySet<string> {
  return new Set(subjectsInQuestion(question, entries).flatMap((subject) => [...subjectKeysOf(subject, entries)]));
}

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
