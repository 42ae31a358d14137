import { type Checkpoint, openCheckpoint } from '../checkpoint/checkpoint.ts';
import { formatVkey, type NoteKey } from '../checkpoint/signed-note.ts';
import { formatHex } from '../encoding/hex.ts';
import type { Entry } from '../entry/entry.ts';
import { fail, invariant, ok, type Result } from '../fault.ts';
import { verifyConsistency } from '../merkle/consistency.ts';
import { appendLeaves, type Frontier, frontierRoot } from '../merkle/frontier.ts';
import { onesOf } from '../merkle/size.ts';
import type { PeriodBounds, PeriodEntry } from './period.ts';

/** What a proof of a period claims about the log that its entries stand in. */
export type PeriodClaim = {
  readonly period: PeriodBounds;
  readonly checkpoint: string;
  readonly logKey: string;
  /** A signed note from before the period, and the path from it to `checkpoint`: both or none. */
  readonly earlier?: string;
  readonly consistency?: readonly Uint8Array[];
  /** Roots of the perfect subtrees left of the first entry shown, largest first. */
  readonly left: readonly Uint8Array[];
};

/** The states of the log that a claim names, their signatures verified. */
export type PeriodStates = { readonly checkpoint: Checkpoint; readonly earlier?: Checkpoint };

/**
 * The checkpoints of a claim, opened with the reader's keys. Faults: those of `openCheckpoint`, `period/wrong-log`,
 * `period/not-consistent`. Source: docs/spec/period.md section 3, steps 1 and 2.
 */
export function openStates(claim: PeriodClaim, logKeys: readonly NoteKey[]): Result<PeriodStates> {
  const opened = openCheckpoint(claim.checkpoint, logKeys);
  if (!opened.ok) return opened;
  const { checkpoint, verified } = opened.value;
  if (!verified.some(({ name, type, publicKey }) => formatVkey(name, type, publicKey) === claim.logKey))
    return fail('period/wrong-log', 'The key that the proof names did not sign its checkpoint.', '/logKey');
  if (claim.earlier === undefined) return ok({ checkpoint });
  const earlier = openCheckpoint(claim.earlier, logKeys);
  if (!earlier.ok) return earlier;
  const first = earlier.value.checkpoint;
  if (first.origin !== checkpoint.origin)
    return fail('period/wrong-log', 'The two checkpoints are not of one log.', '/earlier');
  const sizes = { first: first.size, second: checkpoint.size };
  const grown = verifyConsistency({
    ...sizes,
    firstRoot: first.root,
    secondRoot: checkpoint.root,
    path: claim.consistency ?? [],
  });
  if (grown.ok) return ok({ checkpoint, earlier: first });
  const message = 'The earlier checkpoint is not the beginning of the later one.';
  return fail('period/not-consistent', message, '/consistency', grown.fault);
}

/**
 * The entries of a period one after the other, in memory that does not grow with them: `before` first where it is shown, then
 * `take` for each, then `end`. After a fault nothing more may be asked of it.
 *
 * Source: docs/spec/period.md section 3, steps 3 to 7.
 */
export class PeriodWalk {
  readonly #period: PeriodBounds;
  readonly #states: PeriodStates;
  readonly #left: readonly Uint8Array[];
  #frontier: Frontier | undefined;
  #before: PeriodEntry | undefined;
  #last: PeriodEntry | undefined;
  #after: PeriodEntry | undefined;

  constructor(claim: Pick<PeriodClaim, 'period' | 'left'>, states: PeriodStates) {
    this.#period = claim.period;
    this.#left = claim.left;
    this.#states = states;
  }

  /** The neighbour before. Faults: those of {@link take} but for `period/entry-outside`; `period/neighbour-inside`. */
  before(shown: PeriodEntry): Result<void> {
    invariant(this.#last === undefined, 'the neighbour before comes first');
    this.#before = shown;
    if (!isBefore(shown.entry, this.#period))
      return fail('period/neighbour-inside', 'The entry before the period does not lie before it.', '/before');
    return this.#follow(shown);
  }

  /**
   * The next entry of the period. Faults: `period/neighbour-missing`, `period/wrong-log`, `period/not-contiguous`,
   * `entry/link-broken`, `entry/time-backwards`, `period/not-included`, `period/entry-outside`.
   */
  take(shown: PeriodEntry): Result<void> {
    const followed = this.#follow(shown);
    if (!followed.ok) return followed;
    const { entry } = shown;
    if (!isBefore(entry, this.#period) && !isAfter(entry, this.#period)) return followed;
    return fail('period/entry-outside', 'An entry lies outside the period.', `/entries/${entry.seq}`);
  }

  /**
   * The neighbour after, where it is shown, and the path from all that was shown to the checkpoint. Gives whether the period
   * had ended there. Faults: those of {@link before}, `period/earlier-misplaced`.
   */
  end(after: PeriodEntry | undefined, right: readonly Uint8Array[]): Result<{ readonly ended: boolean }> {
    const { checkpoint, earlier } = this.#states;
    if (after !== undefined) {
      const followed = this.#follow(after);
      if (!followed.ok) return followed;
      if (!isAfter(after.entry, this.#period))
        return fail('period/neighbour-inside', 'The entry after the period does not lie after it.', '/after');
      this.#after = after;
    }
    if (this.#last === undefined || this.#frontier === undefined)
      return fail('period/neighbour-missing', 'The proof shows no entry at all.', '/before');
    const { size } = this.#frontier;
    if (after === undefined && size !== checkpoint.size)
      return fail('period/neighbour-missing', 'The entry after the period is not shown.', '/after');
    const included = verifyRange(this.#frontier, checkpoint, right);
    if (!included.ok) return included;
    const first = this.#before === undefined ? 0 : this.#before.entry.seq + 1;
    if (earlier !== undefined && earlier.size > first)
      return fail('period/earlier-misplaced', 'The earlier checkpoint covers entries of the period.', '/earlier');
    const period = this.#period;
    return ok({ ended: this.#after !== undefined || (period.by === 'seq' && period.to <= checkpoint.size) });
  }

  /** Entries of one log, each directly after the one before: by seq, by link and by time. */
  #follow(shown: PeriodEntry): Result<void> {
    const { entry, hash } = shown;
    const last = this.#last;
    if (entry.log !== this.#states.checkpoint.origin)
      return fail('period/wrong-log', `Entry ${entry.seq} belongs to another log.`);
    if (last === undefined) {
      const begun = this.#begin(entry.seq);
      if (!begun.ok) return begun;
    } else {
      if (entry.seq !== last.entry.seq + 1)
        return fail('period/not-contiguous', `Entry ${entry.seq} is shown after ${last.entry.seq}.`);
      if (entry.prev !== formatHex(last.hash))
        return fail('entry/link-broken', `Entry ${entry.seq} does not name the one before it.`);
      if (entry.time < last.entry.time)
        return fail('entry/time-backwards', `Entry ${entry.seq} lies before the one before it.`);
    }
    // Beyond it nothing can be shown, whatever comes: this keeps whoever sends entries from sending for ever.
    if (entry.seq >= this.#states.checkpoint.size)
      return fail('period/not-included', 'The entries go on after the checkpoint.', '/entries');
    invariant(this.#frontier !== undefined, 'the first entry begins the tree');
    this.#frontier = appendLeaves(this.#frontier, [hash]);
    this.#last = shown;
    return ok(undefined);
  }

  #begin(seq: number): Result<void> {
    if (this.#before === undefined && seq !== 0)
      return fail('period/neighbour-missing', 'The entry before the period is not shown.', '/before');
    if (this.#left.length !== onesOf(seq))
      return fail('period/not-included', `Left of entry ${seq} stand ${onesOf(seq)} subtrees.`, '/left');
    this.#frontier = { size: seq, hashes: this.#left };
    return ok(undefined);
  }
}

/** What was shown stands in the tree of the checkpoint, at the places that the entries name. */
function verifyRange(shown: Frontier, checkpoint: Checkpoint, path: readonly Uint8Array[]): Result<void> {
  const claim = { first: shown.size, second: checkpoint.size, firstRoot: frontierRoot(shown) };
  const included = verifyConsistency({ ...claim, secondRoot: checkpoint.root, path });
  if (included.ok) return ok(undefined);
  return fail('period/not-included', 'The entries do not lead to the root.', '/right', included.fault);
}

/** Times have one spelling, whose order is that of its characters. */
function isBefore(entry: Entry, period: PeriodBounds): boolean {
  return period.by === 'seq' ? entry.seq < period.from : entry.time < period.from;
}

function isAfter(entry: Entry, period: PeriodBounds): boolean {
  return period.by === 'seq' ? entry.seq >= period.to : entry.time >= period.to;
}
