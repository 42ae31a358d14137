import type { JsonObject } from '../../core/encoding/json.ts';
import { forJson, type Measured } from './bars.ts';
import { type Ceiling, startCeiling } from './child-process.ts';
import type { LoadRequest, LoadResult } from './load-job.ts';
import { type Bench, checkReceipts, runAll, type Stand } from './stand.ts';
import { readGrown } from './stand-database.ts';
import { mean, median, ratioOfRounds, rounded, summarise } from './statistics.ts';
import { type AttestationPlace, envelopeOf, placesOver } from './workload.ts';

const CLIENTS = 64;
/** How single posts are sent: each client posts again when it has its receipt. */
export const POSTING_PACE = { kind: 'closed', connections: CLIENTS } as const;
const PATH = '/v1/attestations';
/** One in so many receipts is verified offline. */
const VERIFY_EVERY = 50;

/** What posting gave: the bar, and the rate that other measurements build on. */
export type PostsMeasured = {
  readonly single: Measured;
  /** Single posts a second when 64 clients wait for nothing but their receipts. */
  readonly perSecond: number;
  readonly bodyBytes: number;
  readonly answerBytes: number;
  readonly clients: number;
  /** Entries of the ledger after the last round. */
  readonly treeSize: number;
};

/** Images whose attestations this run posts get numbers that no other measurement uses. */
let nextImage = 1_000_000;

/** Requests that post `count` attestations which were never posted before. */
export function freshPosts(stand: Stand, count: number): readonly LoadRequest[] {
  const places = placesOver(nextImage, count);
  nextImage += count;
  return places.map((place, index) => postOf(stand, place, index));
}

function postOf(stand: Stand, place: AttestationPlace, index: number): LoadRequest {
  const token = stand.tokens[index % stand.tokens.length] ?? '';
  const body = envelopeOf(stand.workload, place);
  return { method: 'POST', path: PATH, token, contentType: 'application/json', body };
}

/** One round on one side: the client's result, and the processor time of the server, microseconds a post. */
type Side = { readonly result: LoadResult; readonly perSecond: number; readonly cpuUs: number };

type Rounds = { readonly served: readonly Side[]; readonly reached: readonly Side[]; readonly verified: number };

/**
 * Single posts against the ceiling: rounds of the same requests, first to the service and then to the ceiling, by the
 * same client. Fails where an answer is no 201, a sampled receipt does not verify, or the ledger lacks an entry.
 */
export async function measurePosts(bench: Bench, stand: Stand): Promise<PostsMeasured> {
  const [rounds, seconds, warming] = bench.quick ? [3, 2, 640] : [9, 6, 6_400];
  // Twice: by the first the program's hot paths are compiled, by the second it is known how fast it is then.
  const cold = await post(bench, stand, freshPosts(stand, warming));
  const warm = freshPosts(stand, Math.max(warming, Math.round((warming / cold.seconds) * 1.5)));
  const warmed = await post(bench, stand, warm);
  // As many as take the service some seconds; both sides get the same.
  const count = Math.max(CLIENTS * 5, Math.round((warm.length / warmed.seconds) * seconds));
  bench.log(`single posts: ${rounds} rounds of ${count} on each side`);
  const answerBytes = Math.round(warmed.bytesReceived / warm.length);
  const keys = Object.fromEntries(stand.workload.signers.map(({ signer, publicKeyPem }) => [signer, publicKeyPem]));
  const ceiling = await startCeiling(bench.children, keys, answerBytes);
  await runAll(bench, { target: ceiling.target, requests: warm, pace: POSTING_PACE, keepEvery: warm.length }, 201);
  const before = await readGrown(stand, 0);
  const measured = await runRounds(bench, stand, ceiling, rounds, count);
  await ceiling.stop();
  const grown = await readGrown(stand, before.size);
  const posted = grown.entries - grown.sizes.batches;
  if (posted !== rounds * count || grown.size !== before.size + grown.entries)
    throw new Error(`${rounds * count} posts were acknowledged, and the ledger grew by ${posted} entries`);
  const bytes = warm.reduce((sum, { body }) => sum + (body?.length ?? 0), 0);
  return {
    perSecond: median(measured.served.map(({ perSecond }) => perSecond)),
    bodyBytes: Math.round(bytes / warm.length),
    answerBytes,
    clients: CLIENTS,
    treeSize: grown.size,
    single: compareSides(measured, {
      rounds,
      postsOfARound: count,
      batches: forJson(grown.sizes),
      treeSizeBefore: before.size,
      treeSizeAfter: grown.size,
      receiptsVerifiedOffline: measured.verified,
    }),
  };
}

/** Posts once, and checks the receipts that come back. */
async function post(bench: Bench, stand: Stand, requests: readonly LoadRequest[]): Promise<LoadResult> {
  const job = { target: stand.service.target, requests, pace: POSTING_PACE, keepEvery: VERIFY_EVERY };
  const result = await runAll(bench, job, 201);
  checkReceipts(stand, requests, result.kept);
  return result;
}

async function runRounds(bench: Bench, stand: Stand, ceiling: Ceiling, rounds: number, count: number): Promise<Rounds> {
  const served: Side[] = [];
  const reached: Side[] = [];
  let verified = 0;
  for (let round = 0; round < rounds; round += 1) {
    const requests = freshPosts(stand, count);
    const run = async (server: Pick<Ceiling, 'target' | 'cpuUs'>, keepEvery: number): Promise<Side> => {
      const before = await server.cpuUs();
      const result = await runAll(bench, { target: server.target, requests, pace: POSTING_PACE, keepEvery }, 201);
      const cpuUs = ((await server.cpuUs()) - before) / count;
      return { result, perSecond: rounded(count / result.seconds, 5), cpuUs };
    };
    const own = await run(stand.service, VERIFY_EVERY);
    verified += checkReceipts(stand, requests, own.result.kept);
    const most = await run(ceiling, count);
    served.push(own);
    reached.push(most);
    bench.log(`  round ${round + 1}: ${own.perSecond}/s, ceiling ${most.perSecond}/s`);
  }
  return { served, reached, verified };
}

function compareSides({ served, reached }: Rounds, rest: JsonObject): Measured {
  const compared = ratioOfRounds(
    served.map(({ perSecond }, index) => ({ value: perSecond, ceiling: reached[index]?.perSecond ?? 0 })),
  );
  const latency = summarise(served.flatMap(({ result }) => result.latencies));
  return {
    value: compared.ratio,
    ceiling: {
      what: 'Express 5: parses, verifies natively, stores nothing, answers as many bytes',
      ...describeSide(reached),
    },
    details: {
      ...describeSide(served),
      ...forJson({
        ratioMin: compared.min,
        ratioMax: compared.max,
        latencyP50Ms: latency.p50,
        latencyP99Ms: latency.p99,
        ...rest,
      }),
    },
  };
}

function describeSide(sides: readonly Side[]): JsonObject {
  const rates = sides.map(({ perSecond }) => perSecond);
  return forJson({
    perSecond: Math.round(median(rates)),
    perSecondMin: Math.round(Math.min(...rates)),
    perSecondMax: Math.round(Math.max(...rates)),
    serverCpuUsOfAPost: median(sides.map(({ cpuUs }) => cpuUs)),
    clientCpuShare: mean(sides.map(({ result }) => result.cpuShare)),
  });
}
