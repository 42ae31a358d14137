import { forJson, type Measured } from './bars.ts';
import type { LoadResult } from './load-job.ts';
import { freshPosts } from './measure-posts.ts';
import { type Bench, checkReceipts, runAll, type Stand } from './stand.ts';
import { summarise } from './statistics.ts';

/** Between two posts to an idle service, so that each finds it idle. */
const IDLE_PAUSE_MS = 5;
/** Clients that wait their turn: enough that no arrival waits for a free one below the bar. */
const OPEN_CONNECTIONS = 256;
const SEED = 9;

/** How long one post takes from its first byte to its receipt when nobody else asks: p50 and p99 of the same posts. */
export async function measureIdle(
  bench: Bench,
  stand: Stand,
): Promise<{ readonly p50: Measured; readonly p99: Measured }> {
  const count = bench.quick ? 200 : 2_000;
  bench.log(`idle: ${count} posts, one at a time`);
  const pace = { kind: 'closed', connections: 1, pauseMs: IDLE_PAUSE_MS } as const;
  const target = stand.service.target;
  await runAll(bench, { target, requests: freshPosts(stand, 30), pace, keepEvery: 30 }, 201);
  const requests = freshPosts(stand, count);
  const result = await runAll(bench, { target, requests, pace, keepEvery: 20 }, 201);
  checkReceipts(stand, requests, result.kept);
  const summary = summarise(result.latencies);
  const details = forJson({
    samples: summary.samples,
    meanMs: summary.mean,
    maxMs: summary.max,
    pauseMs: IDLE_PAUSE_MS,
  });
  return { p50: { value: summary.p50, details }, p99: { value: summary.p99, details } };
}

/**
 * How long a receipt takes while posts arrive by themselves at half the rate that the service can take: each is timed
 * from the instant at which it was due, so that time spent waiting for the service to come back counts.
 */
export async function measureHalfRate(bench: Bench, stand: Stand, saturated: number): Promise<Measured> {
  const seconds = bench.quick ? 3 : 30;
  const perSecond = saturated / 2;
  const count = Math.max(100, Math.round(perSecond * seconds));
  bench.log(`half rate: ${count} posts arriving at ${Math.round(perSecond)}/s`);
  const requests = freshPosts(stand, count);
  const pace = { kind: 'open', connections: OPEN_CONNECTIONS, perSecond, seed: SEED, patienceSeconds: 60 } as const;
  const job = { target: stand.service.target, requests, pace, keepEvery: 50 };
  const result = await runAll(bench, job, 201);
  checkReceipts(stand, requests, result.kept);
  return { value: summarise(result.latencies).p99, details: detailsOfArrivals(result, perSecond) };
}

/** What belongs to a value that was measured with open arrivals. */
export function detailsOfArrivals(result: LoadResult, perSecond: number) {
  const summary = summarise(result.latencies);
  return forJson({
    perSecond: Math.round(perSecond),
    answeredPerSecond: Math.round(result.latencies.length / result.seconds),
    samples: summary.samples,
    p50Ms: summary.p50,
    maxMs: summary.max,
    clientLatenessP99Ms: summarise(result.lateness).p99,
    clientCpuShare: result.cpuShare,
  });
}
