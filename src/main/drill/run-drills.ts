import type { Drill, Played, Sighting } from './drill.ts';
import type { Scene } from './scene.ts';

/** What a drill came to, as `waybill drill --json` prints it. */
export type DrillResult = {
  readonly id: string;
  readonly sentence: string;
  readonly caught: boolean;
  /** Who noticed, and as what: the first of those who had to; null where the drill was missed. */
  readonly by: string | null;
  readonly code: string | null;
  readonly done: string;
  readonly expected: readonly Sighting[];
  readonly noticed: readonly Sighting[];
  /** What was noticed before anything was done; a drill of which there is any is missed. */
  readonly control: readonly Sighting[];
  readonly milliseconds: number;
};

/** A result with the played drill behind it. */
export type RunDrill = { readonly drill: Drill; readonly played: Played; readonly result: DrillResult };

export type RunOptions = {
  /** False plays everything but the attacks: then every drill must be missed. */
  readonly attack?: boolean;
  /** Hears of each drill before it is played, and says whether to go on. */
  readonly onDrill?: (drill: Drill, index: number) => boolean;
};

/** Plays the drills one after the other, each on its own copy of the scene's ledger. */
export async function runDrills(
  scene: Scene,
  drills: readonly Drill[],
  { attack = true, onDrill = () => true }: RunOptions = {},
): Promise<readonly RunDrill[]> {
  const run: RunDrill[] = [];
  for (const [index, drill] of drills.entries()) {
    if (!onDrill(drill, index)) break;
    const startedAt = performance.now();
    const played = await drill.play(scene, attack);
    run.push({ drill, played, result: resultOf(drill, played, Math.round(performance.now() - startedAt)) });
  }
  return run;
}

function resultOf(drill: Drill, played: Played, milliseconds: number): DrillResult {
  const { id, sentence, expected } = drill;
  const { said, control, noticed } = played;
  const seen = (one: Sighting) => noticed.some(({ by, code }) => by === one.by && code === one.code);
  const stirred = noticed.some(({ by }) => drill.unmoved?.includes(by));
  const caught = control.length === 0 && expected.every(seen) && !stirred;
  const [first] = expected;
  return {
    id,
    sentence,
    caught,
    by: caught ? first.by : null,
    code: caught ? first.code : null,
    done: said,
    expected,
    noticed,
    control,
    milliseconds,
  };
}
