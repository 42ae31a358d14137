/**
 * Where the processor time of a post goes: `node scripts/profile-posts.ts [posts] [--batch]`. The bench's own service, client
 * and requests: 64 clients, each posts again when it has its receipt; with `--batch` the same attestations over the batch
 * route, as the bench posts them. Prints three tables: processes and threads, the main thread by who had the work done,
 * and the statements of Postgres. `--frames` adds the functions that took most of the main thread. Linux only.
 */
import { parseArgs } from 'node:util';
import { BATCH_LINES, postBatches } from '../src/main/bench/measure-batches.ts';
import { freshPosts, POSTING_PACE } from '../src/main/bench/measure-posts.ts';
import { type Bench, checkReceipts, openBench, runAll, type Stand } from '../src/main/bench/stand.ts';
import { readGrown } from '../src/main/bench/stand-database.ts';
import { shareByGroup, sharesByFrame } from './profile/main-thread.ts';
import { countWork, openProfiled, printTable, profileStand } from './profile/profiled-stand.ts';

const POSTS = 15_000;
const WARMING = 8_000;
const FRAMES = 60;
const { values: options, positionals } = parseArgs({
  options: { batch: { type: 'boolean', default: false }, frames: { type: 'boolean', default: false } },
  allowPositionals: true,
});

type Posted = { readonly clientUs: number; readonly seconds: number };

async function post(bench: Bench, stand: Stand, count: number): Promise<Posted> {
  if (options.batch) {
    const { cpuShare, seconds } = await postBatches(bench, stand, Math.ceil(count / BATCH_LINES));
    return { clientUs: (cpuShare * seconds * 1e6) / count, seconds };
  }
  const requests = freshPosts(stand, count);
  const result = await runAll(
    bench,
    { target: stand.service.target, requests, pace: POSTING_PACE, keepEvery: 50 },
    201,
  );
  checkReceipts(stand, requests, result.kept);
  return { clientUs: (result.cpuShare * result.seconds * 1e6) / count, seconds: result.seconds };
}

async function profilePosts(bench: Bench, count: number): Promise<void> {
  const stand = await openProfiled(bench, 'single');
  await post(bench, stand, WARMING);
  await post(bench, stand, WARMING);

  const { size } = await readGrown(stand, 0);
  let posted: Posted = { clientUs: 0, seconds: 0 };
  const { times, statements } = await countWork(stand, count, async () => {
    posted = await post(bench, stand, count);
  });
  const { clientUs, seconds } = posted;
  const { sizes } = await readGrown(stand, size);
  const profile = await profileStand(stand, () => post(bench, stand, count).then(() => undefined));

  const rows = [...Object.entries(times), ['client', clientUs] as const].filter(([, time]) => time >= 0.5);
  const total = rows.reduce((sum, [, time]) => sum + time, 0);
  printTable(
    `${count} posts, ${Math.round(count / seconds)}/s, ${sizes.batches} transactions of ${sizes.mean.toFixed(1)}`,
    ['process and thread', 'µs a post'],
    [...rows.map(([name, time]) => [name, Math.round(time)] as const), ['all', Math.round(total)]],
  );
  const main = times['service: main thread'] ?? 0;
  printTable(
    'Main thread',
    ['who had it done', 'µs a post'],
    [...[...shareByGroup(profile)].map(([name, share]) => [name, (share * main).toFixed(1)] as const)].filter(
      ([, time]) => Number(time) >= 0.5,
    ),
  );
  if (options.frames)
    printTable(
      'Main thread, innermost functions',
      ['function', 'µs a post'],
      sharesByFrame(profile, FRAMES).map(([name, share]) => [name, (share * main).toFixed(1)]),
    );
  printTable(
    'Postgres, time within statements',
    ['statement', 'calls', 'µs a post'],
    [
      ...statements.map(({ text, calls, milliseconds }) => [
        text.slice(0, 60),
        calls,
        ((milliseconds * 1000) / count).toFixed(1),
      ]),
    ],
  );
}

const { bench, close } = openBench({ environment: process.env, quick: false, share: 1, log: () => undefined });
try {
  await profilePosts(bench, Number(positionals[0] ?? POSTS));
} finally {
  await close();
}
