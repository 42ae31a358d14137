import { EVIDENCE_ENTRIES_MAX, type Question } from '../core/custody/evidence.ts';
import { neededKeys, neededSeqs } from '../core/custody/needed-lists.ts';
import { endsSearch } from '../core/custody/release-steps.ts';
import type { Entry } from '../core/entry/entry.ts';
import { imageKey } from '../core/entry/keys.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import { EVIDENCE_BYTES_MAX, SUBJECT_ENTRIES_MAX } from '../core/limits.ts';
import { type LedgerStore, ServiceError, type StoredEntry } from './ports.ts';

/** Rounds of asking which lists follow from the lists so far; each adds signers, principals, contracts or parents. */
const ROUNDS_MAX = 512;

/** Entries of one list that are read at once; longer lists are read piece by piece, and refused before they fill memory. */
const LIST_ENTRIES_AT_ONCE_MAX = 1_000;

/** How many releases to an environment are read at once, from the newest on, to find that of another image. */
const RELEASES_AT_ONCE = 32;

/** What was gathered, with the bytes of its entries: they stand in evidence as they are. */
export type Gathered = {
  readonly lists: ReadonlyMap<string, readonly number[]>;
  readonly entries: ReadonlyMap<number, Entry>;
  readonly bytes: number;
};

type Gathering = {
  readonly lists: Map<string, readonly number[]>;
  readonly entries: Map<number, Entry>;
  bytes: number;
};

/**
 * What the lists below `size` hold. Each round reads those that are known to be needed, together with their entries; what these name is the next
 * round's. The first round is known from the question, and most questions end with the second.
 */
export async function gather(store: LedgerStore, question: Question, size: number): Promise<Result<Gathered>> {
  const gathering: Gathering = { lists: new Map(), entries: new Map(), bytes: 0 };
  const { lists, entries } = gathering;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const gathered = [...entries.values()];
    const missing = neededKeys(question, gathered).filter((key) => !lists.has(key));
    const alone = neededSeqs(question, gathered).filter((seq) => !entries.has(seq));
    if (missing.length === 0 && alone.length === 0) return withinBounds(question, gathering);
    const [released, whole] = [missing.filter(isOfReleases), missing.filter((key) => !isOfReleases(key))];
    const [read, ends] = await Promise.all([
      store.listEntries(whole, size, LIST_ENTRIES_AT_ONCE_MAX),
      readEntries(store, round === 0 ? [0] : alone),
    ]);
    const added = add(gathering, ends);
    if (!added.ok) return added;
    for (const key of released) {
      const took = await takeEnd(store, gathering, { key, question, size });
      if (!took.ok) return took;
    }
    for (const [key, listed] of read) {
      const took = await takeList(store, gathering, { key, listed, size });
      if (!took.ok) return took;
    }
  }
  return fail('evidence/too-many-entries', 'What the answer rests on goes on and on.');
}

async function takeList(
  store: LedgerStore,
  gathering: Gathering,
  { key, listed, size }: { readonly key: string; readonly listed: readonly StoredEntry[]; readonly size: number },
): Promise<Result<unknown>> {
  const max = key.startsWith(imageKey('')) ? EVIDENCE_ENTRIES_MAX : SUBJECT_ENTRIES_MAX;
  const whole = listed.length <= LIST_ENTRIES_AT_ONCE_MAX;
  const seqs = whole ? listed.map(({ entry }) => entry.seq) : ((await store.lists([key], size)).get(key) ?? []);
  if (seqs.length > max) return tooMany(key, seqs.length, max);
  gathering.lists.set(key, seqs);
  if (whole) return add(gathering, listed);
  for (let from = 0; from < seqs.length; from += LIST_ENTRIES_AT_ONCE_MAX) {
    const added = add(gathering, await readEntries(store, seqs.slice(from, from + LIST_ENTRIES_AT_ONCE_MAX)));
    if (!added.ok) return added;
  }
  return ok(undefined);
}

function isOfReleases(key: string): boolean {
  return key.startsWith('release:');
}

/** Of what was released to an environment only the end is shown, from the release of another image on. */
async function takeEnd(
  store: LedgerStore,
  gathering: Gathering,
  { key, question, size }: { readonly key: string; readonly question: Question; readonly size: number },
): Promise<Result<unknown>> {
  const seqs = (await store.lists([key], size)).get(key) ?? [];
  gathering.lists.set(key, seqs);
  for (let end = seqs.length; end > 0; end -= RELEASES_AT_ONCE) {
    if (seqs.length - end > SUBJECT_ENTRIES_MAX) return tooMany(key, seqs.length - end, SUBJECT_ENTRIES_MAX);
    const read = await readEntries(store, seqs.slice(Math.max(0, end - RELEASES_AT_ONCE), end));
    const from = read.toSorted((a, b) => a.entry.seq - b.entry.seq);
    const place = from.findLastIndex(({ entry }) => endsSearch(question, entry));
    const added = add(gathering, from.slice(Math.max(0, place)));
    if (!added.ok || place >= 0) return added;
  }
  return ok(undefined);
}

function add(gathering: Gathering, stored: readonly StoredEntry[]): Result<unknown> {
  for (const { entry, bytes } of stored) {
    if (gathering.entries.has(entry.seq)) continue;
    gathering.entries.set(entry.seq, entry);
    gathering.bytes += bytes.length;
  }
  return gathering.bytes > EVIDENCE_BYTES_MAX ? tooLarge('entries', gathering.bytes) : ok(undefined);
}

export function tooLarge(what: string, bytes: number): Result<never> {
  const message = `The ${what} in it have ${Math.ceil(bytes / 2 ** 20)} MiB together; evidence holds at most ${EVIDENCE_BYTES_MAX / 2 ** 20}.`;
  return fail('evidence/too-large', message);
}

/** The bound of an image is for each repository: what others file about a shared digest takes no custody away. */
function withinBounds(question: Question, gathered: Gathered): Result<Gathered> {
  const { lists, entries } = gathered;
  if (entries.size > EVIDENCE_ENTRIES_MAX) return tooMany('the answer', entries.size, EVIDENCE_ENTRIES_MAX);
  for (const [key, seqs] of lists) {
    const own = seqs.filter((seq) => entries.get(seq)?.repository === question.repository).length;
    if (own > SUBJECT_ENTRIES_MAX) return tooMany(key, own, SUBJECT_ENTRIES_MAX);
  }
  return ok(gathered);
}

function tooMany(key: string, found: number, max: number): Result<never> {
  return fail('evidence/too-many-entries', `${key} has ${found} entries; evidence holds at most ${max} of it.`);
}

export async function readEntries(store: LedgerStore, seqs: readonly number[]): Promise<readonly StoredEntry[]> {
  const read = await store.entries(seqs);
  if (read.length === seqs.length) return read;
  throw new ServiceError({ code: 'head/not-ours', message: 'An entry below the head is missing.' });
}
