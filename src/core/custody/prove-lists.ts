import { imageKey } from '../entry/keys.ts';
import { SUBJECT_ENTRIES_MAX } from '../limits.ts';
import type { CheckList } from './check.ts';
import type { Evidence } from './evidence.ts';
import type { ProvedEntry } from './material.ts';

type Lists = ReadonlyMap<string, readonly ProvedEntry[]>;

/**
 * The lists that hold together, out of those that the claim rests on. What is shown beyond them is a fault: the same
 * claim has one evidence, and nobody can put entries in front of a reader that nothing rests on.
 */
export function checkLists(
  evidence: Evidence,
  needed: readonly string[],
  entries: ReadonlyMap<number, ProvedEntry>,
  size: number | undefined,
  checks: CheckList,
): Lists {
  const claimed = new Map(evidence.lists.map(({ key, n }) => [key, n]));
  const members = membersByKey(entries);
  const wanted = new Set(needed);
  const lists = new Map<string, readonly ProvedEntry[]>();
  for (const key of wanted) {
    const list = members.get(key) ?? [];
    if (checkList(key, claimed.get(key), list, evidence.question.repository, checks)) lists.set(key, list);
  }
  for (const key of claimed.keys()) if (!wanted.has(key)) checks.fail('list/complete', 'list/not-needed', { key });
  for (const { entry } of entries.values()) {
    const { seq } = entry;
    const rests = seq === 0 || seq + 1 === size || entry.keys.some(({ key }) => wanted.has(key));
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

/** A list holds together when its entries are 1 to n, each linked to the one before by hash and by seq. */
function checkList(
  key: string,
  claimed: number | undefined,
  list: readonly ProvedEntry[],
  repository: string,
  checks: CheckList,
): boolean {
  if (claimed === undefined) return checks.fail('list/complete', 'list/claim-missing', { key });
  for (const [index, { entry }] of list.entries()) {
    const link = entry.keys.find((candidate) => candidate.key === key);
    const before = list[index - 1];
    if (link?.n !== index + 1) return checks.fail('list/complete', 'list/gap', { key, detail: String(index + 1) });
    if (link.prev !== before?.hash || link.prevSeq !== before?.entry.seq) {
      return checks.fail('list/complete', 'list/link-broken', { key, seq: entry.seq });
    }
  }
  if (list.length !== claimed)
    return checks.fail('list/complete', 'list/length-differs', { key, detail: String(claimed) });
  if (countedLength(key, list, repository) > SUBJECT_ENTRIES_MAX)
    return checks.fail('list/complete', 'list/too-many-entries', { key });
  return checks.pass('list/complete', { key, detail: String(claimed) });
}

/** The bound of an image is for each repository: what others file about a shared digest takes nothing away. */
function countedLength(key: string, list: readonly ProvedEntry[], repository: string): number {
  if (!key.startsWith(imageKey(''))) return list.length;
  return list.filter(({ entry }) => entry.repository === repository).length;
}
