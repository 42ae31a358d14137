import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { entryHash } from '../core/entry/entry.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import { PERIOD_BYTES_MAX, PERIOD_ENTRIES_MAX } from '../core/limits.ts';
import { appendLeaves } from '../core/merkle/frontier.ts';
import { frontierFromTiles, tilesForFrontier } from '../core/merkle/tile.ts';
import { formatPeriod, type PeriodBounds, type PeriodParts } from '../core/period/period.ts';
import { authoriseWholeLedger } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { firstNotBefore } from './find-by-time.ts';
import type { LedgerStore } from './ports.ts';
import { signPublished } from './published-checkpoints.ts';
import { notOurs, readStored, requireBelowHead } from './stored-leaves.ts';
import { readConsistencyPath } from './tree-proofs.ts';

/** Entries of one statement: some megabytes at most, so that none holds a connection for long. */
const LEAVES_PER_READ = 1_000;

/** The period as places in a log of `size` entries: [from, to), and with the neighbours [first, end). */
export type Places = { readonly from: number; readonly to: number; readonly first: number; readonly end: number };

/**
 * The proof that these are all entries of a period, as its canonical bytes. Of a period that had ended when it is asked
 * the bytes are the same for ever.
 *
 * Faults: those of authorisation, `service/not-found` (an empty log), `service/out-of-range` (a period that begins after
 * the last entry, by seq), `period/too-large`. Throws `head/not-ours` where the stored entries are not those of the tree.
 */
export async function provePeriod(
  context: ServiceContext,
  caller: Caller,
  period: PeriodBounds,
): Promise<Result<Uint8Array>> {
  const allowed = authoriseWholeLedger(caller);
  if (!allowed.ok) return allowed;
  const newest = (await context.sequencer.checkpoint())?.head;
  if (newest === undefined) return fail('service/not-found', 'The log is empty.');
  const places = await findPlaces(context.store, period, newest.frontier.size);
  if (!places.ok) return places;
  const { from, to, first, end } = places.value;
  if (to - from > PERIOD_ENTRIES_MAX) return tooLarge(places.value);
  const bytes = await context.store.leafBytes(first, end);
  if (bytes > PERIOD_BYTES_MAX) return tooLarge(places.value);
  const leave = context.evidenceRoom.enter(bytes * 3);
  try {
    return ok(encodeUtf8(formatPeriod(await collectParts(context, period, places.value))));
  } finally {
    leave();
  }
}

function tooLarge({ from, to }: Places): Result<never> {
  return fail(
    'period/too-large',
    `The period holds the ${to - from} entries from seq ${from} up to but without ${to}; one answer holds ` +
      `${PERIOD_ENTRIES_MAX} of ${PERIOD_BYTES_MAX} bytes together. Ask for it in parts, by seq.`,
  );
}

/** Where a period lies in the first `size` entries of the log. Fault: `service/out-of-range` (it begins after them, by seq). */
export async function findPlaces(store: LedgerStore, period: PeriodBounds, size: number): Promise<Result<Places>> {
  const isSeq = period.by === 'seq';
  if (isSeq && period.from >= size) {
    return fail('service/out-of-range', `The log has ${size} entries, so that none has the seq ${period.from}.`);
  }
  const from = isSeq ? period.from : await firstNotBefore(store, period.from, 0, size);
  const to = isSeq ? Math.min(period.to, size) : await firstNotBefore(store, period.to, from, size);
  return ok({ from, to, first: Math.max(0, from - 1), end: Math.min(size, to + 1) });
}

async function collectParts(context: ServiceContext, period: PeriodBounds, places: Places): Promise<PeriodParts> {
  const { store } = context;
  const { from, to, first, end } = places;
  const leaves = await readLeaves(store, first, end);
  const head = await store.headCovering(end - 1);
  if (head === undefined) throw notOurs('No head covers the entries.');
  const [earlierHead] = from === 0 ? [] : await store.heads(from + 1, 1);
  const [signed, earlier] = await signPublished(context, earlierHead === undefined ? [head] : [head, earlierHead]);
  if (signed === undefined) throw notOurs('No head covers the entries.');
  const left = frontierFromTiles(first, await store.tiles(tilesForFrontier(first)));
  if (!left.ok) throw notOurs('The stored tiles do not hold the tree.');
  const right = await readConsistencyPath(store, end, head.frontier.size);
  requireBelowHead(head, appendLeaves(left.value, leaves.map(entryHash)), right);
  requireOutside(period, places, leaves);
  const before = from > first ? leaves[0] : undefined;
  const after = end > to ? leaves.at(-1) : undefined;
  const path = earlierHead && (await readConsistencyPath(store, earlierHead.frontier.size, head.frontier.size));
  return {
    period,
    ...(earlier === undefined || path === undefined ? {} : { earlier: { checkpoint: earlier.checkpoint, path } }),
    checkpoint: signed.checkpoint,
    logKey: signed.logKey,
    left: left.value.hashes,
    ...(before === undefined ? {} : { before }),
    entries: leaves.slice(from - first, to - first),
    ...(after === undefined ? {} : { after }),
    right,
  };
}

async function readLeaves(store: LedgerStore, from: number, to: number): Promise<readonly Uint8Array[]> {
  const leaves: Uint8Array[] = [];
  while (from + leaves.length < to) {
    const at = from + leaves.length;
    const read = await store.leaves(at, Math.min(LEAVES_PER_READ, to - at));
    if (read.length === 0) throw notOurs(`Entry ${at} is missing.`);
    leaves.push(...read);
  }
  return leaves;
}

/** A time was searched among entries that were not proved yet; now they are, and must be where they were found. */
function requireOutside(period: PeriodBounds, { from, to, first, end }: Places, leaves: readonly Uint8Array[]): void {
  if (period.by === 'seq') return;
  const timeAt = (seq: number) => readStored(leaves[seq - first]).time;
  const misplaced =
    (from > first && timeAt(first) >= period.from) ||
    (from < to && (timeAt(from) < period.from || timeAt(to - 1) >= period.to)) ||
    (end > to && timeAt(to) < period.to);
  if (misplaced) throw notOurs('The times of the entries do not ascend.');
}
