import { unlessKeys } from './bar-sizes.ts';
import { forJson, type Measured } from './bars.ts';
import type { GrownStand } from './measure-custody.ts';
import { freshPosts } from './measure-posts.ts';
import { startService } from './service-process.ts';
import { type Bench, runAll, type Stand } from './stand.ts';
import { mean, median } from './statistics.ts';

const CLIENTS = 64;
const ATTESTATIONS = 100_000;
const SLICES = 40;

/**
 * Seconds from starting the process to the first 200 of `/readyz`, over a data folder that was used before. Stops the
 * service of the stand first, and last.
 */
export async function measureStart(bench: Bench, { stand, treeSize, keys }: GrownStand): Promise<Measured> {
  const starts = bench.quick ? 2 : 5;
  bench.log(`start: ${starts} times over ${treeSize} entries and ${keys} keys`);
  await stand.service.stop();
  const seconds: number[] = [];
  for (let start = 0; start < starts; start += 1) {
    const service = await startService(bench.children, stand.folder, bench.environment);
    seconds.push(service.readyMs / 1000);
    await service.stop();
  }
  return {
    value: median(seconds),
    details: forJson({ starts, minS: Math.min(...seconds), maxS: Math.max(...seconds), treeSize, keys }),
    ...unlessKeys(keys),
  };
}

/**
 * Memory that the service holds after a collection, while 100,000 attestations go in: the mean over the last quarter
 * against that over the second. What it holds is `heapUsed` and `external`; the resident size is told beside it.
 */
export async function measureMemory(bench: Bench, stand: Stand): Promise<Measured> {
  const count = Math.ceil((ATTESTATIONS * bench.share) / SLICES);
  bench.log(`memory: ${count * SLICES} attestations`);
  const held: number[] = [];
  const resident: number[] = [];
  for (let slice = 0; slice < SLICES; slice += 1) {
    const requests = freshPosts(stand, count);
    const pace = { kind: 'closed', connections: CLIENTS } as const;
    await runAll(bench, { target: stand.service.target, requests, pace, keepEvery: count }, 201);
    const { heapUsed, external, rss } = await stand.service.memory();
    held.push(heapUsed + external);
    resident.push(rss);
  }
  const flat = compareQuarters(held);
  return {
    value: flat.ratio,
    ...(count * SLICES < ATTESTATIONS ? { why: 'fewer than 100,000 attestations', undecided: true } : {}),
    details: forJson({
      attestations: count * SLICES,
      secondQuarterMiB: flat.second / 2 ** 20,
      lastQuarterMiB: flat.last / 2 ** 20,
      residentRatio: compareQuarters(resident).ratio,
      residentMaxMiB: Math.max(...resident) / 2 ** 20,
    }),
  };
}

/** The mean of the last quarter of samples against the mean of the second. */
export function compareQuarters(samples: readonly number[]): {
  readonly second: number;
  readonly last: number;
  readonly ratio: number;
} {
  const quarter = Math.floor(samples.length / 4);
  const second = mean(samples.slice(quarter, 2 * quarter));
  const last = mean(samples.slice(samples.length - quarter));
  return { second, last, ratio: last / second };
}
