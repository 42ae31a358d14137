import { type Checkpoint, openCheckpoint } from '../checkpoint/checkpoint.ts';
import { formatVkey, type NoteKey } from '../checkpoint/signed-note.ts';
import { formatHex } from '../encoding/hex.ts';
import type { Entry } from '../entry/entry.ts';
import { fail, ok, type Result } from '../fault.ts';
import { verifyConsistency } from '../merkle/consistency.ts';
import { appendLeaves, frontierRoot } from '../merkle/frontier.ts';
import { onesOf } from '../merkle/size.ts';
import type { PeriodBounds, PeriodEntry, PeriodProof } from './period.ts';

/** What a proof shows, after it was verified. */
export type VerifiedPeriod = {
  readonly period: PeriodBounds;
  /** Every entry of the period, in order. */
  readonly entries: readonly PeriodEntry[];
  /** The entries directly before and after it, where the log has them at the checkpoint. */
  readonly before?: PeriodEntry;
  readonly after?: PeriodEntry;
  readonly checkpoint: Checkpoint;
  readonly earlier?: Checkpoint;
  /**
   * Whether the log had gone past the period's end at the checkpoint: where it had not, the entries are all that there were
   * then, and more may have come.
   */
  readonly ended: boolean;
};

/**
 * Whether the entries of a proof are all of its period in a log that one of the reader's keys signed: they and their
 * neighbours follow each other without a gap, stand in the tree of the checkpoint at their places, and the neighbours lie
 * outside. Truth of the times is the log's: it never sets them back, and nobody but a monitor saw when it appended.
 *
 * Faults: those of `openCheckpoint`, `period/wrong-log`, `period/not-consistent`, `period/earlier-misplaced`,
 * `period/not-contiguous`, `entry/link-broken`, `entry/time-backwards`, `period/neighbour-missing`,
 * `period/neighbour-inside`, `period/entry-outside`, `period/not-included`. Source: docs/spec/period.md section 3.
 */
export function verifyPeriod(proof: PeriodProof, logKeys: readonly NoteKey[]): Result<VerifiedPeriod> {
  const opened = openCheckpoint(proof.checkpoint, logKeys);
  if (!opened.ok) return opened;
  const { checkpoint, verified } = opened.value;
  if (!verified.some(({ name, type, publicKey }) => formatVkey(name, type, publicKey) === proof.logKey))
    return fail('period/wrong-log', 'The key that the proof names did not sign its checkpoint.', '/logKey');
  const earlier = verifyEarlier(proof, checkpoint, logKeys);
  if (!earlier.ok) return earlier;
  const shown = [
    ...(proof.before === undefined ? [] : [proof.before]),
    ...proof.entries,
    ...(proof.after === undefined ? [] : [proof.after]),
  ];
  const followed = verifyChain(shown, checkpoint.origin);
  if (!followed.ok) return followed;
  const bounded = checkBounds(proof, shown, checkpoint);
  if (!bounded.ok) return bounded;
  const included = verifyRange(proof, shown, checkpoint);
  if (!included.ok) return included;
  const first = proof.before === undefined ? 0 : proof.before.entry.seq + 1;
  if (earlier.value !== undefined && earlier.value.size > first)
    return fail('period/earlier-misplaced', 'The earlier checkpoint covers entries of the period.', '/earlier');
  const { period, entries, before, after } = proof;
  const ended = after !== undefined || (period.by === 'seq' && period.to <= checkpoint.size);
  return ok({
    period,
    entries,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    checkpoint,
    ended,
    ...(earlier.value === undefined ? {} : { earlier: earlier.value }),
  });
}

function verifyEarlier(
  { earlier: note, consistency: path = [] }: PeriodProof,
  later: Checkpoint,
  logKeys: readonly NoteKey[],
): Result<Checkpoint | undefined> {
  if (note === undefined) return ok(undefined);
  const opened = openCheckpoint(note, logKeys);
  if (!opened.ok) return opened;
  const { checkpoint } = opened.value;
  if (checkpoint.origin !== later.origin)
    return fail('period/wrong-log', 'The two checkpoints are not of one log.', '/earlier');
  const [firstRoot, secondRoot] = [checkpoint.root, later.root];
  const grown = verifyConsistency({ first: checkpoint.size, second: later.size, firstRoot, secondRoot, path });
  if (grown.ok) return ok(checkpoint);
  const message = 'The earlier checkpoint is not the beginning of the later one.';
  return fail('period/not-consistent', message, '/consistency', grown.fault);
}

/** Entries of one log, each directly after the one before: by seq, by link and by time. */
function verifyChain(shown: readonly PeriodEntry[], origin: string): Result<void> {
  let last: PeriodEntry | undefined;
  for (const each of shown) {
    const { entry } = each;
    if (entry.log !== origin) return fail('period/wrong-log', `Entry ${entry.seq} belongs to another log.`);
    if (last !== undefined) {
      if (entry.seq !== last.entry.seq + 1)
        return fail('period/not-contiguous', `Entry ${entry.seq} is shown after ${last.entry.seq}.`);
      if (entry.prev !== formatHex(last.hash))
        return fail('entry/link-broken', `Entry ${entry.seq} does not name the one before it.`);
      if (entry.time < last.entry.time)
        return fail('entry/time-backwards', `Entry ${entry.seq} lies before the one before it.`);
    }
    last = each;
  }
  return ok(undefined);
}

/** What is shown stands in the tree of the checkpoint, at the places that the entries name. */
function verifyRange(proof: PeriodProof, shown: readonly PeriodEntry[], checkpoint: Checkpoint): Result<void> {
  const first = shown[0]?.entry.seq ?? 0;
  const second = checkpoint.size;
  const end = first + shown.length;
  if (end > second) return fail('period/not-included', 'The entries go on after the checkpoint.', '/entries');
  if (proof.left.length !== onesOf(first))
    return fail('period/not-included', `Left of entry ${first} stand ${onesOf(first)} subtrees.`, '/left');
  const leaves = shown.map(({ hash }) => hash);
  const firstRoot = frontierRoot(appendLeaves({ size: first, hashes: proof.left }, leaves));
  const claim = { first: end, second, firstRoot, secondRoot: checkpoint.root, path: proof.right };
  const included = verifyConsistency(claim);
  if (included.ok) return ok(undefined);
  return fail('period/not-included', 'The entries do not lead to the root.', '/right', included.fault);
}

/** Neighbours stand wherever there are any, and outside; everything between them stands inside. */
function checkBounds(proof: PeriodProof, shown: readonly PeriodEntry[], checkpoint: Checkpoint): Result<void> {
  const { before, after, period } = proof;
  if (shown.length === 0) return fail('period/neighbour-missing', 'The proof shows no entry at all.', '/before');
  if (before === undefined && shown[0]?.entry.seq !== 0)
    return fail('period/neighbour-missing', 'The entry before the period is not shown.', '/before');
  if (after === undefined && shown.at(-1)?.entry.seq !== checkpoint.size - 1)
    return fail('period/neighbour-missing', 'The entry after the period is not shown.', '/after');
  if (before !== undefined && !isBefore(before.entry, period))
    return fail('period/neighbour-inside', 'The entry before the period does not lie before it.', '/before');
  if (after !== undefined && !isAfter(after.entry, period))
    return fail('period/neighbour-inside', 'The entry after the period does not lie after it.', '/after');
  const outside = proof.entries.findIndex(({ entry }) => isBefore(entry, period) || isAfter(entry, period));
  if (outside === -1) return ok(undefined);
  return fail('period/entry-outside', 'An entry lies outside the period.', `/entries/${outside}`);
}

/** Times have one spelling, whose order is that of its characters. */
function isBefore(entry: Entry, period: PeriodBounds): boolean {
  return period.by === 'seq' ? entry.seq < period.from : entry.time < period.from;
}

function isAfter(entry: Entry, period: PeriodBounds): boolean {
  return period.by === 'seq' ? entry.seq >= period.to : entry.time >= period.to;
}
