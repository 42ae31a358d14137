import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { concatBytes, equalBytes } from '../encoding/bytes.ts';
import { invariant } from '../fault.ts';
import { verifyConsistency } from '../merkle/consistency.ts';
import { appendLeaves, EMPTY_FRONTIER, type Frontier, frontierRoot } from '../merkle/frontier.ts';
import { HASH_BYTES } from '../merkle/hash.ts';
import { onesOf } from '../merkle/size.ts';
import { type TileId, tileAt, tileRoot } from '../merkle/tile.ts';
import { TILE_WIDTH } from '../merkle/tile-path.ts';
import { alarmOver, type Judged, pass, raise } from './alarm.ts';

/**
 * What a log signed of one step of its growth: the root of each full bundle of entries, and the hashes of the entries
 * after the last full one. With it each bundle is known for the signed one before it is replayed, so that nothing false
 * ever gets into a replay.
 */
export type SignedGrowth = {
  /** Index of the first bundle that is not wholly replayed. */
  readonly firstBundle: number;
  /** Roots of the full bundles from there on: at most 256. */
  readonly bundleRoots: readonly Uint8Array[];
  /** Leaf hashes of the last, partial bundle: 0 to 255. */
  readonly edge: readonly Uint8Array[];
};

/** One step of a growth: where it ends, and the tiles to read for it, each as wide as it is at that size. */
export type GrowthStep = {
  /** Leaves replayed once the step is done. */
  readonly end: number;
  /** The tile of level 1 that the step lies in, where it reaches one full bundle. */
  readonly bundles?: TileId;
  /** The partial tile of level 0 at the end. */
  readonly edge?: TileId;
};

/** Entries of one step at most: those under one full tile of level 1. */
export const STEP_ENTRIES_MAX = TILE_WIDTH ** 2;

/**
 * The first step of the growth from `from` to `to` > `from` leaves: to the end of the tile of level 1 that `from` lies in,
 * or to the end of the growth. However large a size was signed, a step is at most 65,536 entries, and its tiles 16 KiB.
 */
export function nextStep(from: number, to: number): GrowthStep {
  invariant(from < to, 'a growth has an entry');
  const tile = Math.floor(from / STEP_ENTRIES_MAX);
  const end = Math.min(to, (tile + 1) * STEP_ENTRIES_MAX);
  const bundles = tileAt(1, tile, end);
  const edge = tileAt(0, Math.floor(end / TILE_WIDTH), end);
  return { end, ...(bundles === undefined ? {} : { bundles }), ...(edge === undefined ? {} : { edge }) };
}

/** What was read for a step: the tiles that it names, each of the width asked for, and the way from its end to the target. */
export type StepAnswers = {
  readonly bundles?: Uint8Array;
  readonly edge?: Uint8Array;
  /** Consistency path from the end of the step to the target; empty where that is the end. */
  readonly path: readonly Uint8Array[];
};

/**
 * The growth of one step out of what was read for it. It holds where the frontier replayed, the bundles and the edge
 * together are what the signed tree begins with, or is; otherwise `monitor/rewritten`: the tiles that are handed out are
 * not the signed ones. `monitor/malformed-answer` where the path is none between the two sizes.
 */
export function judgeStep(
  replayed: Frontier,
  target: Checkpoint,
  { end }: GrowthStep,
  answers: StepAnswers,
): Judged<SignedGrowth> {
  const firstBundle = Math.floor(replayed.size / TILE_WIDTH);
  const skipped = firstBundle % TILE_WIDTH;
  const bundleRoots = hashesOf(answers.bundles).slice(skipped);
  const edge = hashesOf(answers.edge);
  invariant(
    (firstBundle + bundleRoots.length) * TILE_WIDTH + edge.length === end,
    'the tiles of a step hold what it grows by',
  );
  const full = { size: firstBundle, hashes: replayed.hashes.slice(0, onesOf(firstBundle)) };
  const upper = appendLeaves(full, bundleRoots);
  const lower = appendLeaves(EMPTY_FRONTIER, edge);
  const root = frontierRoot({ size: end, hashes: [...upper.hashes, ...lower.hashes] });
  const proved = verifyConsistency({
    first: end,
    second: target.size,
    firstRoot: root,
    secondRoot: target.root,
    path: answers.path,
  });
  if (proved.ok) return pass({ firstBundle, bundleRoots, edge });
  if (proved.fault.code === 'merkle/forked' || proved.fault.code === 'merkle/inconsistent') {
    const message = `The hash tiles of ${end} entries do not have the root that the log signed.`;
    return raise({ code: 'monitor/rewritten', message, cause: 'merkle/root-mismatch' });
  }
  const about = `The first ${end} of ${target.size} entries are not shown to be what the log signed.`;
  return raise(alarmOver('monitor/malformed-answer', about, proved.fault));
}

/**
 * Whether the leaf hashes of bundle `index`, from its first entry on, are those that the log signed, and begin with what
 * was replayed of it. `monitor/rewritten`, or `monitor/forked` where the log signed both.
 */
export function judgeBundle(
  growth: SignedGrowth,
  index: number,
  hashes: readonly Uint8Array[],
  replayed: Frontier,
): Judged<void> {
  const expected = growth.bundleRoots[index - growth.firstBundle];
  const wrong =
    expected === undefined
      ? hashes.findIndex((hash, place) => !equalBytes(hash, growth.edge[place] ?? new Uint8Array()))
      : equalBytes(tileRoot(concatBytes(...hashes)), expected)
        ? -1
        : 0;
  if (wrong >= 0) {
    const first = index * TILE_WIDTH + wrong;
    const message = `The entries from ${first} to ${index * TILE_WIDTH + hashes.length - 1} are not those that the log signed.`;
    return raise({ code: 'monitor/rewritten', message, cause: 'merkle/root-mismatch' });
  }
  const known = replayed.size - index * TILE_WIDTH;
  if (known <= 0) return pass(undefined);
  const before = appendLeaves(EMPTY_FRONTIER, hashes.slice(0, known)).hashes;
  const kept = replayed.hashes.slice(onesOf(Math.floor(replayed.size / TILE_WIDTH)));
  if (before.length === kept.length && before.every((hash, place) => equalBytes(hash, kept[place] ?? hash)))
    return pass(undefined);
  const message = `Of the ${replayed.size} entries replayed, the log has signed others since.`;
  return raise({ code: 'monitor/forked', message, cause: 'merkle/inconsistent' });
}

function hashesOf(tile: Uint8Array = new Uint8Array()): readonly Uint8Array[] {
  return Array.from({ length: tile.length / HASH_BYTES }, (_, place) =>
    tile.slice(place * HASH_BYTES, (place + 1) * HASH_BYTES),
  );
}
