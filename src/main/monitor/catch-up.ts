import type { Checkpoint } from '../../core/checkpoint/checkpoint.ts';
import { entryHash } from '../../core/entry/entry.ts';
import type { LedgerReplay } from '../../core/entry/replay.ts';
import { TILE_WIDTH } from '../../core/merkle/tile-path.ts';
import { type Alarm, alarmOfFinding, type Judged, pass, raise } from '../../core/monitor/alarm.ts';
import { judgeBundle, judgeSignedGrowth, type SignedGrowth, tilesOfGrowth } from '../../core/monitor/signed-growth.ts';
import type { LogSource } from './log-source.ts';

/** Bundles that are asked for while one is replayed. */
const BUNDLES_AHEAD = 4;

export type CatchUpHooks = {
  /** After each bundle: entries replayed so far, and what was found in it. */
  readonly onBundle: (replayed: number, found: readonly Alarm[]) => void;
  readonly isStopping: () => boolean;
};

/**
 * Replays what the log has under the checkpoint and the replay has not, each bundle only after it is known for what the
 * log signed. True at the end, false where it was to stop; an alarm where it could not go on. What the replay itself found,
 * which the log then has signed, is handed to the hook.
 */
export async function catchUp(
  source: LogSource,
  replay: LedgerReplay,
  target: Checkpoint,
  hooks: CatchUpHooks,
): Promise<Judged<boolean>> {
  if (replay.size === target.size) return replay.agrees(target.root) ? pass(true) : otherTree(target);
  const growth = await readGrowth(source, replay, target);
  if (!growth.ok) return growth;
  const last = Math.floor((target.size - 1) / TILE_WIDTH);
  const widthOf = (index: number) => Math.min(TILE_WIDTH, target.size - index * TILE_WIDTH);
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
  }
  return replay.agrees(target.root) ? pass(true) : otherTree(target);
}

async function readGrowth(source: LogSource, replay: LedgerReplay, target: Checkpoint): Promise<Judged<SignedGrowth>> {
  const ids = tilesOfGrowth(replay.size, target.size);
  const bundles: Uint8Array[] = [];
  for (const id of ids.bundles) {
    const tile = await source.tile(id);
    if (!tile.ok) return tile;
    bundles.push(tile.value);
  }
  const edge = ids.edge === undefined ? undefined : await source.tile(ids.edge);
  if (edge !== undefined && !edge.ok) return edge;
  const { frontier } = replay.state;
  return judgeSignedGrowth(frontier, target, { bundles, ...(edge === undefined ? {} : { edge: edge.value }) });
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
