import { imageKey } from '../entry/keys.ts';
import { SUBJECT_ENTRIES_MAX } from '../limits.ts';
import type { CheckList } from './check.ts';
import type { Evidence, ListClaim } from './evidence.ts';
import type { ProvedEntry } from './material.ts';
import { verifyListClaim } from './prove-commit.ts';

/**
 * Lists that a claim rests on, and entries that it rests on beside those. Of a list in `ends` only what follows from the
 * entry of that seq on is needed.
 */
type Needed = {
  readonly keys: readonly string[];
  readonly alone: ReadonlySet<number>;
  readonly ends: ReadonlyMap<string, number>;
};

type Lists = ReadonlyMap<string, readonly ProvedEntry[]>;

/**
 * The lists that hold together, out of those that the claim rests on. What is shown beyond them is a fault: the same
 * claim has one evidence, and nobody can put entries in front of a reader that nothing rests on.
 */
export function checkLists(
  evidence: Pick<Evidence, 'lists' | 'question'>,
  needed: Needed,
  entries: ReadonlyMap<number, ProvedEntry>,
  under: { readonly size: number | undefined; readonly mapRoot: Uint8Array | undefined },
  checks: CheckList,
): Lists {
  const claimed = new Map(evidence.lists.map((claim) => [claim.key, claim]));
  const members = membersByKey(entries);
  const wanted = new Set(needed.keys);
  const lists = new Map<string, readonly ProvedEntry[]>();
  for (const key of wanted) {
    const list = endOf(members.get(key) ?? [], needed.ends.get(key));
    const claim = claimed.get(key);
    if (claim === undefined) checks.fail('list/complete', 'list/claim-missing', { key });
    else {
      const counted = countedLength(key, list, evidence.question.repository);
      const first = needed.ends.has(key) ? placeOf(key, list[0]) : 1;
      if (checkList(claim, list, counted, under.mapRoot, checks, first)) lists.set(key, list);
    }
  }
  for (const key of claimed.keys()) if (!wanted.has(key)) checks.fail('list/complete', 'list/not-needed', { key });
  const ends = new Set([under.size, evidence.question.asOf?.size]);
  for (const { entry } of entries.values()) {
    const { seq } = entry;
    const isWanted = entry.keys.some(({ key }) => wanted.has(key) && seq >= (needed.ends.get(key) ?? 0));
    const rests = seq === 0 || ends.has(seq + 1) || needed.alone.has(seq) || isWanted;
    if (!rests) checks.fail('list/complete', 'entry/not-needed', { seq });
  }
  return lists;
}

function membersByKey(entries: ReadonlyMap<number, ProvedEntry>): Lists {
  const members = new Map<string, ProvedEntry[]>();
  for (const proved of entries.values()) {
    for (const { key } of proved.entry.keys) {
      const list = members.get(key);
      if (list === undefined) members.set(key, [proved]);
      else list.push(proved);
    }
  }
  return members;
}

/** Which entry of the list it says it is: 1 where there is none. */
function placeOf(key: string, proved: ProvedEntry | undefined): number {
  return proved?.entry.keys.find((link) => link.key === key)?.n ?? 1;
}

/** The entries of a list from the one at `seq` on; all of them without one. */
function endOf(list: readonly ProvedEntry[], seq = 0): readonly ProvedEntry[] {
  return list.filter(({ entry }) => entry.seq >= seq);
}

/**
 * A list holds together when its entries are `first` to n, each linked to the one before by hash and by seq, and when the map
 * with the root `mapRoot` says the same of its end. `counted` of its entries count towards the bound. What stood before the
 * first one that is shown is not asked for.
 */
export function checkList(
  claim: ListClaim,
  list: readonly ProvedEntry[],
  counted: number,
  mapRoot: Uint8Array | undefined,
  checks: CheckList,
  first = 1,
): boolean {
  const { key, n } = claim;
  for (const [index, { entry }] of list.entries()) {
    const link = entry.keys.find((candidate) => candidate.key === key);
    const before = list[index - 1];
    const place = first + index;
    if (link?.n !== place) return checks.fail('list/complete', 'list/gap', { key, detail: String(place) });
    const follows = link.prev === before?.hash && link.prevSeq === before?.entry.seq;
    if (!follows && (index > 0 || first === 1)) {
      return checks.fail('list/complete', 'list/link-broken', { key, seq: entry.seq });
    }
  }
  const about = { key, detail: String(n) };
  if (first - 1 + list.length !== n) return checks.fail('list/complete', 'list/length-differs', about);
  if (counted > SUBJECT_ENTRIES_MAX) return checks.fail('list/complete', 'list/too-many-entries', { key });
  if (mapRoot === undefined) return checks.notRun('list/complete', 'custody/blocked', about);
  const mapped = verifyListClaim(mapRoot, claim, list.at(-1));
  return mapped.ok ? checks.pass('list/complete', about) : checks.fail('list/complete', mapped.fault.code, about);
}

/** The bound of an image is for each repository: what others file about a shared digest takes nothing away. */
function countedLength(key: string, list: readonly ProvedEntry[], repository: string): number {
  if (!key.startsWith(imageKey(''))) return list.length;
  return list.filter(({ entry }) => entry.repository === repository).length;
}
