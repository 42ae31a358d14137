import type { Entry } from '../entry/entry.ts';
import { releaseKey } from '../entry/keys.ts';
import type { ImageReleased } from '../entry/kinds/image-released.ts';
import { isInView } from './as-of.ts';
import type { Question } from './evidence.ts';

/** What stood before a release in the list of its environment. */
export type Before = {
  /** The release of another image that was the newest there; absent where there was none, or where it is not shown. */
  readonly previous?: Entry;
  /** Seqs that lead back to it, each named by the link of the one after it. */
  readonly seqs: readonly number[];
  /** One of them is not shown. */
  readonly incomplete: boolean;
};

/** Whether the entry releases or retires the very image in question. */
export function isOfRelease({ subject, repository }: Question, entry: Entry): boolean {
  const decided = entry.kind === 'image.released' || entry.kind === 'image.retired';
  return decided && entry.repository === repository && (entry.body as ImageReleased).digest === subject;
}

/**
 * The newest release of another image to the environment in question, among these entries: what the image took the place of
 * there, or would. Undefined where there is none, or no environment in question. Source: docs/spec/releases.md §2.1.
 */
export function previousIn(question: Question, entries: Iterable<Entry>): Entry | undefined {
  let newest: Entry | undefined;
  for (const entry of entries) if (endsSearch(question, entry) && entry.seq > (newest?.seq ?? -1)) newest = entry;
  return newest;
}

/** Whether the entry, in the list of the environment in question, is a release of another image that counts. */
export function endsSearch(question: Question, entry: Entry): boolean {
  const { subject, repository, environment, asOf } = question;
  if (environment === undefined || entry.kind !== 'image.released' || entry.repository !== repository) return false;
  const body = entry.body as ImageReleased;
  return body.environment === environment && body.digest !== subject && isInView(entry, asOf);
}

/**
 * Follows the links of a release's list back to the newest release of another image: every entry names the one before it by
 * hash, so that nobody needs the whole list to be shown what was released before. Source: docs/spec/releases.md §2.
 */
export function stepsBefore(release: Entry, entries: ReadonlyMap<number, Entry>): Before {
  const { digest, environment } = release.body as ImageReleased;
  const key = releaseKey(release.repository ?? '', environment);
  const seqs: number[] = [];
  let entry: Entry = release;
  for (;;) {
    const seq = entry.keys.find((link) => link.key === key)?.prevSeq;
    if (seq === undefined) return { seqs, incomplete: false };
    seqs.push(seq);
    const before = entries.get(seq);
    if (before === undefined) return { seqs, incomplete: true };
    if (before.kind === 'image.released' && (before.body as ImageReleased).digest !== digest)
      return { previous: before, seqs, incomplete: false };
    entry = before;
  }
}
