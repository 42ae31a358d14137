import { entryHash } from '../core/entry/entry.ts';
import {
  type ExportHeadParts,
  formatExportEnd,
  formatExportHead,
  formatExportRow,
} from '../core/export/export-lines.ts';
import { SHOWN_DOCUMENTS, showsDocument } from '../core/export/shown-documents.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import { EXPORT_DOCUMENT_BYTES_MAX } from '../core/limits.ts';
import { appendLeaves, type Frontier } from '../core/merkle/frontier.ts';
import { frontierFromTiles, tilesForFrontier } from '../core/merkle/tile.ts';
import type { PeriodBounds } from '../core/period/period.ts';
import { authoriseWholeLedger } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import type { LedgerStore, StoredHead } from './ports.ts';
import { findPlaces, type Places } from './prove-period.ts';
import { signPublished } from './published-checkpoints.ts';
import { notOurs, readStored, requireBelowHead } from './stored-leaves.ts';
import { readConsistencyPath } from './tree-proofs.ts';

/** Entries of one statement and of one part of the answer: a quarter of a megabyte as a rule, 16 MiB at the most. */
const ENTRIES_PER_PART = 256;

/** Which period, and how an answer that broke off is gone on with. */
export type ExportRequest = {
  readonly period: PeriodBounds;
  /** As the log was with so many entries: the size of the checkpoint that the first answer named. The newest where absent. */
  readonly size?: number;
  /** Seq of the last entry that the caller has: the answer begins with the line after it. */
  readonly after?: number;
};

/**
 * All entries of a period as lines, made only as fast as they are read: some at a time, each read in a statement of its own. Of
 * the same period and size they are the same lines, whoever asks, whenever, and wherever an answer goes on.
 *
 * Faults: those of authorisation, `service/not-found` (an empty log, a size that was not published), `service/out-of-range` (a
 * period that begins after the last entry, by seq; an `after` that is not of it). The lines throw `head/not-ours` where the
 * stored entries are not those of the tree: what was sent by then has no end, and proves nothing.
 */
export async function exportPeriod(
  context: ServiceContext,
  caller: Caller,
  { period, size, after }: ExportRequest,
): Promise<Result<AsyncIterable<string>>> {
  const allowed = authoriseWholeLedger(caller);
  if (!allowed.ok) return allowed;
  const state = await findState(context, size);
  if (!state.ok) return state;
  const places = await findPlaces(context.store, period, state.value);
  if (!places.ok) return places;
  const { from, to, end } = places.value;
  if (after !== undefined && (after < from || after >= to))
    return fail('service/out-of-range', `The period has the entries from ${from} up to but without ${to}.`);
  const head = await context.store.headCovering(end - 1);
  if (head === undefined) throw notOurs('No head covers the entries.');
  const next = after === undefined ? from : after + 1;
  return ok(writeLines(context, { period, places: places.value, head, next, whole: after === undefined }));
}

type Export = {
  readonly period: PeriodBounds;
  readonly places: Places;
  readonly head: StoredHead;
  /** The entry that the lines begin with; the first line before it only where they are `whole`. */
  readonly next: number;
  readonly whole: boolean;
};

async function findState(context: ServiceContext, size: number | undefined): Promise<Result<number>> {
  const newest = (await context.sequencer.checkpoint())?.head;
  if (newest === undefined) return fail('service/not-found', 'The log is empty.');
  if (size === undefined) return ok(newest.frontier.size);
  const [head] = size > 0 && size < Number.MAX_SAFE_INTEGER ? await context.store.heads(size + 1, 1) : [];
  if (head?.frontier.size === size) return ok(size);
  return fail('service/not-found', `No checkpoint of size ${size} was published.`);
}

async function* writeLines(context: ServiceContext, wanted: Export): AsyncGenerator<string, void, undefined> {
  const { store } = context;
  const { from, to, first, end } = wanted.places;
  const left = await frontierOf(store, first);
  const [before] = first < from ? await readLeaves(store, first, from) : [];
  if (wanted.whole) yield formatExportHead(await headParts(context, wanted, left, before));
  let frontier = wanted.next === first ? left : await frontierOf(store, wanted.next);
  for (let at = wanted.next; at < to; ) {
    const leaves = await readLeaves(store, at, Math.min(at + ENTRIES_PER_PART, to));
    requireInside(wanted.period, leaves);
    frontier = appendLeaves(frontier, leaves.map(entryHash));
    yield await formatRows(store, leaves);
    at += leaves.length;
  }
  const [after] = to < end ? await readLeaves(store, to, end) : [];
  if (after !== undefined) frontier = appendLeaves(frontier, [entryHash(after)]);
  const right = await readConsistencyPath(store, end, wanted.head.frontier.size);
  requireBelowHead(wanted.head, frontier, right);
  yield formatExportEnd({ ...(after === undefined ? {} : { after }), right });
}

async function headParts(
  context: ServiceContext,
  { period, places, head }: Export,
  left: Frontier,
  before: Uint8Array | undefined,
): Promise<ExportHeadParts> {
  const { from, to } = places;
  const [earlierHead] = from === 0 ? [] : await context.store.heads(from + 1, 1);
  const [signed, earlier] = await signPublished(context, earlierHead === undefined ? [head] : [head, earlierHead]);
  if (signed === undefined) throw notOurs('No head covers the entries.');
  const size = head.frontier.size;
  const path = earlierHead && (await readConsistencyPath(context.store, earlierHead.frontier.size, size));
  return {
    period,
    seqs: { from, to },
    checkpoint: signed.checkpoint,
    logKey: signed.logKey,
    ...(earlier === undefined || path === undefined ? {} : { earlier: earlier.checkpoint, consistency: path }),
    left: left.hashes,
    ...(before === undefined ? {} : { before }),
  };
}

/** The lines of the entries, each with its document where its kind brings one and it is there. */
async function formatRows(store: LedgerStore, leaves: readonly Uint8Array[]): Promise<string> {
  const rows = leaves.map((leaf) => formatExportRow(leaf));
  const commitments = rows.map((row, index) => (MAY_SHOW.test(row) ? commitmentOf(leaves[index]) : undefined));
  const wanted = commitments.flatMap((commitment) => commitment ?? []);
  if (wanted.length === 0) return rows.join('');
  const payloads = await store.payloads(wanted);
  return rows
    .map((row, index) => {
      const payload = payloads.get(commitments[index] ?? '');
      const leaf = leaves[index];
      if (leaf === undefined || payload === undefined || payload.bytes.length > EXPORT_DOCUMENT_BYTES_MAX) return row;
      return formatExportRow(leaf, { salt: payload.salt, bytes: payload.bytes });
    })
    .join('');
}

/** Most entries are of kinds without documents; those in whose text this does not stand need not be read. */
const MAY_SHOW = new RegExp(`"kind":"(?:${SHOWN_DOCUMENTS.map((kind) => kind.replace('.', '[.]')).join('|')})"`);

function commitmentOf(leaf: Uint8Array | undefined): string | undefined {
  const { kind, payload } = readStored(leaf);
  return showsDocument(kind) ? payload?.commitment : undefined;
}

async function frontierOf(store: LedgerStore, size: number): Promise<Frontier> {
  const frontier = frontierFromTiles(size, await store.tiles(tilesForFrontier(size)));
  if (frontier.ok) return frontier.value;
  throw notOurs('The stored tiles do not hold the tree.');
}

async function readLeaves(store: LedgerStore, from: number, to: number): Promise<readonly Uint8Array[]> {
  const leaves = await store.leaves(from, to - from);
  if (leaves.length > 0) return leaves;
  throw notOurs(`Entry ${from} is missing.`);
}

/** A time was searched among entries that were not proved yet; what is sent lies where it was looked for. */
function requireInside(period: PeriodBounds, leaves: readonly Uint8Array[]): void {
  if (period.by === 'seq') return;
  const [first, last] = [readStored(leaves[0]).time, readStored(leaves.at(-1)).time];
  if (first < period.from || last >= period.to) throw notOurs('The times of the entries do not ascend.');
}
