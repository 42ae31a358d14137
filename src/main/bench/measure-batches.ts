import { forJson, type Measured } from './bars.ts';
import type { LoadRequest, LoadResult } from './load-job.ts';
import { freshPosts, POSTING_PACE } from './measure-posts.ts';
import { type Bench, runAll, type Stand } from './stand.ts';
import { median, ratioOfRounds } from './statistics.ts';

const PATH = '/v1/attestations/batch';
const CLIENTS = 8;
/** Attestations of one request. */
export const BATCH_LINES = 100;
const NEWLINE = Buffer.from('\n');

/** One round on one side: attestations a second, and processor time of the service, microseconds an attestation. */
type Side = { readonly perSecond: number; readonly cpuUs: number };

/** Attestations a second over the batch route against those over single posts: rounds of either, in turns. */
export async function measureBatches(bench: Bench, stand: Stand): Promise<Measured> {
  const described = (await (await fetch(`${stand.service.url}/openapi.json`)).json()) as { readonly paths?: object };
  if (!(PATH in (described.paths ?? {}))) return { value: null, why: 'the service has no batch route' };
  const [rounds, requests, posts] = bench.quick ? [3, 16, 1_000] : [9, 80, 4_800];
  bench.log(
    `batch route: ${rounds} rounds of ${requests} requests with ${BATCH_LINES} attestations, and ${posts} posts`,
  );
  await postBatches(bench, stand, 2 * CLIENTS);
  const pairs: { readonly batches: Side; readonly single: Side }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const single = await timeSide(stand, posts, () => postSingly(bench, stand, posts));
    const batches = await timeSide(stand, requests * BATCH_LINES, () => postBatches(bench, stand, requests));
    pairs.push({ batches, single });
    bench.log(`  round ${round + 1}: ${Math.round(batches.perSecond)}/s, single ${Math.round(single.perSecond)}/s`);
  }
  const { ratio, min, max } = ratioOfRounds(
    pairs.map(({ batches, single }) => ({ value: batches.perSecond, ceiling: single.perSecond })),
  );
  return {
    value: ratio,
    ceiling: forJson({ what: 'single posts, in turns', ...describe(pairs.map(({ single }) => single)) }),
    details: forJson({
      ...describe(pairs.map(({ batches }) => batches)),
      ratioMin: min,
      ratioMax: max,
      rounds,
      linesOfARequest: BATCH_LINES,
      clients: CLIENTS,
    }),
  };
}

/** Posts so many batches of fresh attestations, and fails unless every line became an entry. */
export async function postBatches(bench: Bench, stand: Stand, count: number): Promise<LoadResult> {
  const requests = Array.from({ length: count }, (_, index) => batchOf(stand, index));
  const pace = { kind: 'closed', connections: CLIENTS } as const;
  const result = await runAll(bench, { target: stand.service.target, requests, pace, keepEvery: 1 }, 200);
  for (const { body } of result.kept) checkLines(Buffer.from(body).toString('utf8'));
  return result;
}

async function postSingly(bench: Bench, stand: Stand, count: number): Promise<LoadResult> {
  const requests = freshPosts(stand, count);
  return runAll(bench, { target: stand.service.target, requests, pace: POSTING_PACE, keepEvery: count }, 201);
}

async function timeSide({ service }: Stand, count: number, run: () => Promise<LoadResult>): Promise<Side> {
  const before = await service.cpuUs();
  const { seconds } = await run();
  return { perSecond: count / seconds, cpuUs: ((await service.cpuUs()) - before) / count };
}

function describe(sides: readonly Side[]) {
  return {
    perSecond: Math.round(median(sides.map(({ perSecond }) => perSecond))),
    serverCpuUs: median(sides.map(({ cpuUs }) => cpuUs)),
  };
}

function batchOf(stand: Stand, index: number): LoadRequest {
  const lines = freshPosts(stand, BATCH_LINES).map(({ body }) => body ?? new Uint8Array());
  const token = stand.tokens[index % stand.tokens.length] ?? '';
  const body = Buffer.concat(lines.flatMap((line) => [line, NEWLINE]));
  return { method: 'POST', path: PATH, token, contentType: 'application/x-ndjson', body };
}

/** Every line must have become an entry of its own. */
function checkLines(text: string): void {
  const lines = text.split('\n').filter((line) => line !== '');
  const recorded = lines.filter((line) => (JSON.parse(line) as { readonly status?: number }).status === 201);
  if (recorded.length !== BATCH_LINES)
    throw new Error(`${recorded.length} of ${BATCH_LINES} lines were recorded: ${lines[0]}`);
}
