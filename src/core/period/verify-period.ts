import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { NoteKey } from '../checkpoint/signed-note.ts';
import { ok, type Result } from '../fault.ts';
import type { PeriodBounds, PeriodEntry, PeriodProof } from './period.ts';
import { openStates, PeriodWalk } from './period-walk.ts';

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
  const states = openStates(proof, logKeys);
  if (!states.ok) return states;
  const { period, entries, before, after } = proof;
  const walk = new PeriodWalk(proof, states.value);
  const begun = before === undefined ? ok(undefined) : walk.before(before);
  if (!begun.ok) return begun;
  for (const each of entries) {
    const taken = walk.take(each);
    if (!taken.ok) return taken;
  }
  const end = walk.end(after, proof.right);
  if (!end.ok) return end;
  return ok({
    period,
    entries,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...states.value,
    ended: end.value.ended,
  });
}
