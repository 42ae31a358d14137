import { type Checkpoint, openCheckpoint } from '../checkpoint/checkpoint.ts';
import type { NoteKey } from '../checkpoint/signed-note.ts';
import type { Completeness } from '../completeness/completeness.ts';
import { equalBytes } from '../encoding/bytes.ts';
import { formatCanonicalJson } from '../encoding/canonical-json.ts';
import { formatHex } from '../encoding/hex.ts';
import type { Json } from '../encoding/json.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { type Entry, entryHash } from '../entry/entry.ts';
import { fail, ok, type Result } from '../fault.ts';
import { type Receipt, verifyReceipt } from '../receipt/receipt.ts';
import { vouchedKeys } from '../trust/log-keys.ts';
import { CheckList } from './check.ts';
import type { Evidence } from './evidence.ts';
import { checkEntries } from './material.ts';
import { neededEnds } from './needed-lists.ts';
import { checkCommit } from './prove-commit.ts';
import { checkList, checkLists } from './prove-lists.ts';

/** What one document shows of a log under a checkpoint that the log signed; everything in it is proved. */
export type LogView = {
  readonly checkpoint: Checkpoint;
  /** Hash of each entry that is shown and included, in hex, by its index. */
  readonly hashes: ReadonlyMap<number, string>;
  /**
   * Keys of the lists that the document claims to show whole, none in a receipt: `proved` where entries, links and the map
   * that the log committed to say so, `claimed` otherwise.
   */
  readonly lists: ReadonlyMap<string, 'proved' | 'claimed'>;
  /** Lists of which only the end is shown, from the entry of that seq on. */
  readonly ends?: ReadonlyMap<string, number>;
};

/** A receipt that holds, as a view, and its entry. Faults: those of `verifyReceipt`. */
export function viewOfReceipt(
  receipt: Receipt,
  logKeys: readonly NoteKey[],
): Result<{ readonly view: LogView; readonly entry: Entry }> {
  const verified = verifyReceipt(receipt, logKeys);
  if (!verified.ok) return verified;
  const { entry, checkpoint } = verified.value;
  const hash = formatHex(entryHash(encodeUtf8(formatCanonicalJson(entry as unknown as Json))));
  return ok({ entry, view: { checkpoint, hashes: new Map([[entry.seq, hash]]), lists: new Map() } });
}

/** Evidence as a view: entries that are not included are left out. Faults: those of `openCheckpoint`. */
export function viewOfEvidence(evidence: Evidence, logKeys: readonly NoteKey[]): Result<LogView> {
  const opened = openCheckpoint(evidence.checkpoint, withVouched(logKeys, evidence.entries));
  if (!opened.ok) return opened;
  const { checkpoint } = opened.value;
  const checks = new CheckList();
  const entries = new Map(
    [...checkEntries(evidence, checkpoint, checks)].map(([seq, { entry, hash }]) => [
      seq,
      { entry, hash: formatHex(hash) },
    ]),
  );
  const under = { size: checkpoint.size, mapRoot: checkCommit(checkpoint, entries, checks) };
  const keys = evidence.lists.map(({ key }) => key);
  const plain = [...entries.values()].map(({ entry }) => entry);
  const ends = neededEnds(evidence.question, plain);
  const proved = checkLists(evidence, { keys, alone: new Set(), ends }, entries, under, checks);
  return ok({
    checkpoint,
    hashes: new Map([...entries].map(([seq, { hash }]) => [seq, hash])),
    lists: new Map(keys.map((key) => [key, proved.has(key) ? 'proved' : 'claimed'])),
    ends,
  });
}

/**
 * A completeness proof as a view. What its entries are bound to the checkpoint by is the list itself, so that one whose
 * list does not hold shows none. Faults: those of `openCheckpoint`.
 */
export function viewOfCompleteness(proof: Completeness, logKeys: readonly NoteKey[]): Result<LogView> {
  const opened = openCheckpoint(proof.checkpoint, withVouched(logKeys, proof.entries));
  if (!opened.ok) return opened;
  const { checkpoint } = opened.value;
  const checks = new CheckList();
  const commits = new Map(
    [...checkEntries({ entries: [proof.commit] }, checkpoint, checks)].map(([seq, { entry, hash }]) => [
      seq,
      { entry, hash: formatHex(hash) },
    ]),
  );
  const list = proof.entries.map(({ entry, hash }) => ({ entry, hash: formatHex(hash) }));
  const proved = checkList(proof, list, 0, checkCommit(checkpoint, commits, checks), checks);
  const shown = proved ? [...list, ...commits.values()] : [...commits.values()];
  return ok({
    checkpoint,
    hashes: new Map(shown.map(({ entry, hash }) => [entry.seq, hash])),
    lists: new Map([[proof.key, proved ? 'proved' : 'claimed']]),
  });
}

/** The reader's keys, and those that they vouch for by what is shown. */
function withVouched(logKeys: readonly NoteKey[], shown: readonly { readonly entry: Entry }[]): readonly NoteKey[] {
  const vouched = vouchedKeys(
    logKeys,
    shown.map(({ entry }) => entry),
  );
  return [...logKeys, ...vouched];
}

/**
 * Whether a receipt that holds contradicts what else was shown of the same log.
 * `checkpoint/forked`: one size with two roots, or one index with two entries; the log signed both, which convicts it.
 * `map/omission-proved`: the other proves by the map that the log committed to that a list which the receipt's entry is
 * filed under ends, or goes on, without it: the log signed both. `list/omission-proved`: the other only claims such a list;
 * what a file claims is signed by nobody, so that this convicts the file.
 * Views of two logs cannot be compared (`receipt/wrong-origin`). Source: docs/spec/receipt.md section 5.
 */
export function checkAgainstReceipt(
  shown: LogView,
  { view, entry }: { readonly view: LogView; readonly entry: Entry },
): Result<void> {
  if (shown.checkpoint.origin !== view.checkpoint.origin)
    return fail('receipt/wrong-origin', 'The receipt is of another log than what it is compared with.');
  if (shown.checkpoint.size === view.checkpoint.size && !equalBytes(shown.checkpoint.root, view.checkpoint.root))
    return fail('checkpoint/forked', `The log signed two trees of ${view.checkpoint.size} entries.`);
  const there = shown.hashes.get(entry.seq);
  if (there !== undefined && there !== view.hashes.get(entry.seq))
    return fail('checkpoint/forked', `The log signed two entries ${entry.seq}.`);
  if (there !== undefined || entry.seq >= shown.checkpoint.size) return ok(undefined);
  const isShown = (key: string) => entry.seq >= (shown.ends?.get(key) ?? 0);
  const left = (how: 'proved' | 'claimed') =>
    entry.keys.find(({ key }) => shown.lists.get(key) === how && isShown(key))?.key;
  const [proved, claimed] = [left('proved'), left('claimed')];
  if (proved !== undefined)
    return fail(
      'map/omission-proved',
      `The log took entry ${entry.seq}, and its signed map leaves it out of ${proved}.`,
    );
  if (claimed !== undefined)
    return fail('list/omission-proved', `Entry ${entry.seq} is filed under ${claimed}, and is left out of that list.`);
  return ok(undefined);
}
