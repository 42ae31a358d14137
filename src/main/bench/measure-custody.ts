import { formatEvidence, parseEvidence } from '../../core/custody/evidence.ts';
import { unlessKeys } from './bar-sizes.ts';
import { forJson, type Measured } from './bars.ts';
import { startLoadGenerator } from './child-process.ts';
import type { Numbers } from './grow-ledger.ts';
import type { LoadRequest, LoadResult } from './load-job.ts';
import { freshPosts } from './measure-posts.ts';
import { detailsOfArrivals } from './measure-receipts.ts';
import { seededRandom } from './seeded-random.ts';
import { type Bench, runAll, type Stand } from './stand.ts';
import { median, percentile, summarise } from './statistics.ts';
import { digestOf } from './workload.ts';

const GATE_PER_SECOND = 500;
const GATE_CONNECTIONS = 128;
/** So few that each is used again before the service closes it as idle. */
const POST_CONNECTIONS = 8;
/** Images that the gate is asked about, over and over, as those are that run in a cluster. */
const GATE_IMAGES = 200;
/** Posts that arrive meanwhile, so that the ledger does not stand still while answers are given. */
const POSTS_MEANWHILE_PER_SECOND = 10;
const SEED = 9;

/** A service over a ledger of `treeSize` entries and a map of `keys` that has such images. */
export type GrownStand = {
  readonly stand: Stand;
  readonly images: Numbers;
  readonly treeSize: number;
  readonly keys: number;
};

/**
 * How long the service takes over a verification of an image that it was never asked about: every check of ten stages under a
 * contract that demands them, over HTTP, one at a time. Fails where a verdict is not pass. Gives milliseconds.
 */
export async function timeVerifications(
  bench: Bench,
  stand: Stand,
  images: readonly number[],
): Promise<readonly number[]> {
  const requests = images.map((image, index): LoadRequest => {
    const token = stand.tokens[index % stand.tokens.length] ?? '';
    const body = Buffer.from(JSON.stringify({ subject: digestOf(image) }));
    return { method: 'POST', path: '/v1/verifications', token, contentType: 'application/json', body };
  });
  const pace = { kind: 'closed', connections: 1 } as const;
  const result = await runAll(bench, { target: stand.service.target, requests, pace, keepEvery: 1 }, 200);
  for (const { body } of result.kept) {
    const { verdict, checks } = JSON.parse(Buffer.from(body).toString('utf8')) as {
      verdict: string;
      checks: unknown[];
    };
    if (verdict !== 'pass')
      throw new Error(`an image with every stage was judged ${verdict}: ${JSON.stringify(checks)}`);
  }
  return result.latencies;
}

/** Distinct images, drawn at random from all of them. */
export function drawImages({ first, count }: Numbers, wanted: number, seed: number): readonly number[] {
  const random = seededRandom(seed);
  const drawn = new Set<number>();
  while (drawn.size < Math.min(wanted, count)) drawn.add(first + Math.floor(random() * count));
  return [...drawn];
}

/** p50 of verifying ten stages, each image for the first time. */
export async function measureVerification(bench: Bench, { stand, images, treeSize }: GrownStand): Promise<Measured> {
  const count = bench.quick ? 100 : 500;
  bench.log(`verification: ${count} images of 10 stages, among ${treeSize} entries`);
  const drawn = drawImages(images, count + 20, SEED);
  await timeVerifications(bench, stand, drawn.slice(0, 20));
  const summary = summarise(await timeVerifications(bench, stand, drawn.slice(20)));
  return { value: summary.p50, details: forJson({ samples: summary.samples, p99Ms: summary.p99, treeSize }) };
}

/**
 * p99 of gate answers while 500 a second arrive about images that were asked about before, and posts go on. Anything but
 * a yes counts as an answer that never came.
 */
export async function measureGate(bench: Bench, { stand, images, treeSize }: GrownStand): Promise<Measured> {
  const seconds = bench.quick ? 4 : 30;
  const count = GATE_PER_SECOND * seconds;
  bench.log(`gate: ${count} questions arriving at ${GATE_PER_SECOND}/s`);
  const drawn = drawImages(images, bench.quick ? GATE_IMAGES / 2 : GATE_IMAGES, SEED + 3);
  const random = seededRandom(SEED);
  const ask = (image: number, index: number): LoadRequest => ({
    method: 'GET',
    path: `/v1/gate/${digestOf(image)}`,
    token: stand.tokens[index % stand.tokens.length] ?? '',
  });
  const target = stand.service.target;
  const first = { target, requests: drawn.map(ask), pace: { kind: 'closed', connections: 1 }, keepEvery: 1 } as const;
  const before = await runAll(bench, first, 200);
  const requests = Array.from({ length: count }, (_, index) =>
    ask(drawn[Math.floor(random() * drawn.length)] ?? 0, index),
  );
  const posts = freshPosts(stand, POSTS_MEANWHILE_PER_SECOND * seconds);
  const poster = startLoadGenerator(bench.children);
  const arriving = { kind: 'open', connections: GATE_CONNECTIONS, seed: SEED, patienceSeconds: 1 } as const;
  const posting = poster.run({
    target,
    requests: posts,
    pace: { ...arriving, connections: POST_CONNECTIONS, perSecond: POSTS_MEANWHILE_PER_SECOND },
    keepEvery: posts.length,
  });
  // It is waited for below; where this run ends before, nobody else hears of its failure.
  posting.catch(() => undefined);
  const pace = { ...arriving, perSecond: GATE_PER_SECOND };
  const result = await bench.load.run({ target, requests, pace, keepEvery: count });
  await posting;
  await poster.stop();
  const otherThanYes = count - (result.statuses['200'] ?? 0);
  return {
    value: p99OfYes(result, otherThanYes),
    ...(otherThanYes > 0
      ? { why: `${otherThanYes} of ${count} questions got no yes, and count as never answered` }
      : {}),
    details: {
      ...detailsOfArrivals(result, GATE_PER_SECOND),
      ...forJson({
        images: drawn.length,
        treeSize,
        firstAnswerP50Ms: summarise(before.latencies).p50,
        postsMeanwhilePerSecond: POSTS_MEANWHILE_PER_SECOND,
      }),
    },
  };
}

/** Refusals come fast, and what was given up never does: both count as endless. */
function p99OfYes(result: LoadResult, otherThanYes: number): number {
  const refused = otherThanYes - result.givenUp;
  const answered = [...result.latencies].sort((a, b) => a - b).slice(refused);
  return percentile([...answered, ...Array.from({ length: otherThanYes }, () => Number.POSITIVE_INFINITY)], 0.99);
}

/** Size of the evidence of an image with ten stages, less the bytes of its payloads; in KB of 1,000 bytes. */
export async function measureEvidence({ stand, images, treeSize, keys }: GrownStand): Promise<Measured> {
  const sizes: number[] = [];
  const whole: number[] = [];
  for (const image of drawImages(images, 9, SEED + 4)) {
    const bytes = await stand.client.evidence({ digest: digestOf(image) });
    const evidence = parseEvidence(bytes);
    if (!evidence.ok) throw new Error(`the evidence does not read: ${evidence.fault.code}`);
    const { question, checkpoint, logKey, lists, entries } = evidence.value;
    const bare = formatEvidence({ question, checkpoint, logKey, lists, entries, payloads: [] });
    sizes.push(Buffer.byteLength(bare) / 1_000);
    whole.push(bytes.length / 1_000);
  }
  return {
    value: median(sizes),
    details: forJson({
      images: sizes.length,
      treeSize,
      keys,
      maxKb: Math.max(...sizes),
      withPayloadsKb: median(whole),
    }),
    ...unlessKeys(keys),
  };
}
