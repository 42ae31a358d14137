import type { Checkpoint } from '../../core/checkpoint/checkpoint.ts';
import { entryHash } from '../../core/entry/entry.ts';
import type { LedgerReplay } from '../../core/entry/replay.ts';
import { TILE_WIDTH } from '../../core/merkle/tile-path.ts';
import { type Alarm, alarmOfFinding, type Judged, pass, raise } from '../../core/monitor/alarm.ts';
import {
  type GrowthStep,
  judgeBundle,
  judgeStep,
  nextStep,
  type SignedGrowth,
} from '../../core/monitor/signed-growth.ts';
import type { LogSource } from './log-source.ts';

/** Bundles that are asked for while one is replayed. */
const BUNDLES_AHEAD = 4;

export type CatchUpHooks = {
  /** After each bundle: entries replayed so far, and what was found in it. */
  readonly onBundle: (replayed: number, found: readonly Alarm[]) => void;
  /** At once, even where a bundle has come. */
  readonly isStopping: () => boolean;
  /** After a bundle that was replayed: every step gets on by one at least. */
  readonly isOverdue: () => boolean;
};

/**
 * Replays one step of what the log has under the checkpoint and the replay has not, each bundle only after it is known for
 * what the log signed. True where all is replayed, false where there is more, or it was to stop; an alarm where it could not
 * go on. What the replay itself found, which the log then has signed, is handed to the hook.
 *
 * Bounds, whatever size was signed: 65,536 entries, and in memory two tiles and five bundles (16 KiB, and 17 MB each).
 */
export async function catchUp(
  source: LogSource,
  replay: LedgerReplay,
  target: Checkpoint,
  hooks: CatchUpHooks,
): Promise<Judged<boolean>> {
  if (replay.size === target.size) return replay.agrees(target.root) ? pass(true) : otherTree(target);
  const step = nextStep(replay.size, target.size);
  const growth = await readStep(source, replay, target, step);
  if (!growth.ok) return growth;
  const last = Math.floor((step.end - 1) / TILE_WIDTH);
  const widthOf = (index: number) => Math.min(TILE_WIDTH, step.end - index * TILE_WIDTH);
  const ahead: Promise<Judged<readonly Uint8Array[]>>[] = [];
  let asked = growth.value.firstBundle;
  for (let index = growth.value.firstBundle; index <= last; index += 1) {
    for (; asked <= Math.min(last, index + BUNDLES_AHEAD); asked += 1) {
      const reading = source.bundle(asked, widthOf(asked));
      // Who fails while an earlier one is replayed is heard when its turn comes.
      reading.catch(() => undefined);
      ahead.push(reading);
    }
    const entries = await ahead.shift();
    if (entries === undefined || hooks.isStopping()) return pass(false);
    if (!entries.ok) return entries;
    const replayed = replayBundle(replay, growth.value, index, entries.value);
    if (!replayed.ok) return replayed;
    hooks.onBundle(replay.size, replayed.value);
    if (hooks.isOverdue()) break;
  }
  if (replay.size < target.size) return pass(false);
  return replay.agrees(target.root) ? pass(true) : otherTree(target);
}

async function readStep(
  source: LogSource,
  replay: LedgerReplay,
  target: Checkpoint,
  step: GrowthStep,
): Promise<Judged<SignedGrowth>> {
  const bundles = step.bundles === undefined ? undefined : await source.tile(step.bundles);
  if (bundles !== undefined && !bundles.ok) return bundles;
  const edge = step.edge === undefined ? undefined : await source.tile(step.edge);
  if (edge !== undefined && !edge.ok) return edge;
  const path = step.end === target.size ? pass([]) : await source.consistency(step.end, target.size);
  if (!path.ok) return path;
  return judgeStep(replay.state.frontier, target, step, {
    ...(bundles === undefined ? {} : { bundles: bundles.value }),
    ...(edge === undefined ? {} : { edge: edge.value }),
    path: path.value,
  });
}

/** Replays what is new in one bundle, after it is known for the signed one. */
function replayBundle(
  replay: LedgerReplay,
  growth: SignedGrowth,
  index: number,
  entries: readonly Uint8Array[],
): Judged<readonly Alarm[]> {
  const signed = judgeBundle(growth, index, entries.map(entryHash), replay.state.frontier);
  if (!signed.ok) return signed;
  const fresh = entries.slice(replay.size - index * TILE_WIDTH);
  return pass(fresh.flatMap((entry) => replay.next(entry).findings.map(alarmOfFinding)));
}

function otherTree({ size }: Checkpoint): { readonly ok: false; readonly alarm: Alarm } {
  const message = `The ${size} entries replayed do not have the root that the log signed.`;
  return raise({ code: 'monitor/forked', message, cause: 'merkle/root-mismatch' });
}
