import { unlessEntries } from './bar-sizes.ts';
import { forJson, type Measured } from './bars.ts';
import { drawImages, type GrownStand, timeVerifications } from './measure-custody.ts';
import type { Bench } from './stand.ts';
import { mean, median } from './statistics.ts';

/** Images that one side is asked about before it is the other's turn: about a quarter of a second. */
const TURN_IMAGES = 10;
const TURNS = 60;
/** So many that the engine has compiled either service alike: one of them may have answered hundreds of questions before. */
const WARMING_IMAGES = 250;
const SEED = 10;

/** One turn of one side: p50 in milliseconds, and the processor time of the service, milliseconds a verification. */
type Turn = { readonly p50Ms: number; readonly cpuMs: number };

/**
 * The same verification in a large ledger and in a small one. Each turn of one is followed by a turn of the other, the order
 * changing every time, so that what else the machine does within a second is done to both; the value is the median of the
 * turns' ratios. Processor time stands beside it: it says what the clock cannot where others use the machine.
 */
export async function measureVerificationGrowth(bench: Bench, small: GrownStand, large: GrownStand): Promise<Measured> {
  bench.log(`verification among ${large.treeSize} entries against ${small.treeSize}: ${TURNS} turns of ${TURN_IMAGES}`);
  const takeSmall = await openTurns(bench, small, SEED);
  const takeLarge = await openTurns(bench, large, SEED + 1);
  const pairs: { readonly small: Turn; readonly large: Turn }[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    const first = turn % 2 === 0 ? await takeSmall() : await takeLarge();
    const second = turn % 2 === 0 ? await takeLarge() : await takeSmall();
    pairs.push(turn % 2 === 0 ? { small: first, large: second } : { small: second, large: first });
  }
  const ratios = pairs.map((pair) => pair.large.p50Ms / pair.small.p50Ms).sort((a, b) => a - b);
  const quarter = Math.floor(ratios.length / 4);
  const sideOf = (turns: readonly Turn[]) => ({
    p50Ms: median(turns.map(({ p50Ms }) => p50Ms)),
    serverCpuMs: mean(turns.map(({ cpuMs }) => cpuMs)),
  });
  return {
    value: median(ratios),
    ceiling: forJson({ ...sideOf(pairs.map((pair) => pair.small)), treeSize: small.treeSize, keys: small.keys }),
    details: forJson({
      ...sideOf(pairs.map((pair) => pair.large)),
      treeSize: large.treeSize,
      keys: large.keys,
      ratioQuarter: ratios[quarter] ?? null,
      ratioThreeQuarters: ratios[ratios.length - 1 - quarter] ?? null,
      turns: TURNS,
      imagesOfATurn: TURN_IMAGES,
    }),
    ...unlessEntries(large.treeSize),
  };
}

/** Warms a side up, and gives what takes its next turn, each about images that it was never asked about. */
async function openTurns(bench: Bench, { stand, images }: GrownStand, seed: number): Promise<() => Promise<Turn>> {
  const drawn = [...drawImages(images, TURNS * TURN_IMAGES + WARMING_IMAGES, seed)];
  await timeVerifications(bench, stand, drawn.splice(0, WARMING_IMAGES));
  return async () => {
    const asked = drawn.splice(0, TURN_IMAGES);
    const before = await stand.service.cpuUs();
    const latencies = await timeVerifications(bench, stand, asked);
    const cpuMs = ((await stand.service.cpuUs()) - before) / 1000 / asked.length;
    return { p50Ms: median(latencies), cpuMs };
  };
}
