/**
 * Where the processor time of a post goes: `node scripts/profile-posts.ts [posts] [--batch]`. The bench's own service, client
 * and requests: 64 clients, each posts again when it has its receipt; with `--batch` the same attestations over the batch
 * route, as the bench posts them. Prints three tables: processes and threads, the main thread by who had the work done,
 * and the statements of Postgres. `--frames` adds the functions that took most of the main thread. Linux only.
 */
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { BATCH_LINES, postBatches } from '../src/main/bench/measure-batches.ts';
import { freshPosts, POSTING_PACE } from '../src/main/bench/measure-posts.ts';
import { startService } from '../src/main/bench/service-process.ts';
import { type Bench, checkReceipts, openBench, openStand, runAll, type Stand } from '../src/main/bench/stand.ts';
import { readGrown } from '../src/main/bench/stand-database.ts';
import { DATABASE_NAME, SUPERUSER } from '../src/postgres/embedded/cluster.ts';
import { readPidFile } from '../src/postgres/embedded/postmaster.ts';
import { profileMainThread, shareByGroup, sharesByFrame } from './profile/main-thread.ts';
import { findService, readProcessorTime, timeBetween } from './profile/processor-time.ts';

const POSTS = 15_000;
const WARMING = 8_000;
const FRAMES = 60;
const { values: options, positionals } = parseArgs({
  options: { batch: { type: 'boolean', default: false }, frames: { type: 'boolean', default: false } },
  allowPositionals: true,
});

type Statement = { readonly text: string; readonly calls: number; readonly milliseconds: number };

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

/** Runs statements as the superuser of the stand's server, and gives the rows of the last. */
async function ask<T extends object>(stand: Stand, ...statements: readonly string[]): Promise<readonly T[]> {
  const folder = realpathSync(join(stand.folder, 'data', 'postgres'));
  const credentials: Readonly<Record<string, string>> = JSON.parse(
    readFileSync(join(folder, 'credentials.json'), 'utf8'),
  );
  const host = encodeURIComponent(readPidFile(join(folder, 'cluster'))?.socketFolder ?? '');
  const client = new pg.Client(`postgresql://${SUPERUSER}:${credentials[SUPERUSER]}@${host}:5432/${DATABASE_NAME}`);
  await client.connect();
  try {
    let rows: readonly T[] = [];
    for (const statement of statements) rows = (await client.query<T & pg.QueryResultRow>(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

/** The stand with a service that can be profiled, over a server that counts its statements. */
async function openProfiled(bench: Bench): Promise<Stand> {
  const stand = await openStand(bench, 'single');
  await ask(stand, "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'");
  await stand.service.stop();
  const inspected = ['--inspect=127.0.0.1:0'];
  const service = await startService(bench.children, stand.folder, bench.environment, inspected);
  await ask({ ...stand, service }, 'CREATE EXTENSION pg_stat_statements');
  return { ...stand, service };
}

async function profilePosts(bench: Bench, count: number): Promise<void> {
  const stand = await openProfiled(bench);
  const pid = findService(stand.folder);
  const file = join(stand.folder, 'data', 'postgres', 'cluster', 'postmaster.pid');
  const postmaster = Number(readFileSync(file, 'utf8').split('\n')[0]);
  await post(bench, stand, WARMING);
  await post(bench, stand, WARMING);

  await ask(stand, 'SELECT pg_stat_statements_reset()');
  const { size } = await readGrown(stand, 0);
  const before = readProcessorTime(pid, postmaster);
  const { clientUs, seconds } = await post(bench, stand, count);
  const times = timeBetween(before, readProcessorTime(pid, postmaster), count);
  const { sizes } = await readGrown(stand, size);
  const statements = await ask<Statement>(
    stand,
    `SELECT regexp_replace(query, '\\s+', ' ', 'g') AS text, calls::float8 AS calls, total_exec_time AS milliseconds
      FROM pg_stat_statements WHERE calls > 10 ORDER BY total_exec_time DESC LIMIT 14`,
  );
  const log = readFileSync(join(stand.folder, 'serve.log'), 'utf8');
  const inspector = /ws:\/\/\S+/.exec(log)?.[0];
  if (inspector === undefined) throw new Error('the service names no inspector');
  const profile = await profileMainThread(inspector, () => post(bench, stand, count).then(() => undefined));

  const rows = [...Object.entries(times), ['client', clientUs] as const].filter(([, time]) => time >= 0.5);
  const total = rows.reduce((sum, [, time]) => sum + time, 0);
  print(
    `${count} posts, ${Math.round(count / seconds)}/s, ${sizes.batches} transactions of ${sizes.mean.toFixed(1)}`,
    ['process and thread', 'µs a post'],
    [...rows.map(([name, time]) => [name, Math.round(time)] as const), ['all', Math.round(total)]],
  );
  const main = times['service: main thread'] ?? 0;
  print(
    'Main thread',
    ['who had it done', 'µs a post'],
    [...[...shareByGroup(profile)].map(([name, share]) => [name, (share * main).toFixed(1)] as const)].filter(
      ([, time]) => Number(time) >= 0.5,
    ),
  );
  if (options.frames)
    print(
      'Main thread, innermost functions',
      ['function', 'µs a post'],
      sharesByFrame(profile, FRAMES).map(([name, share]) => [name, (share * main).toFixed(1)]),
    );
  print(
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

function print(title: string, head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |\n`;
  process.stdout.write(`\n${title}\n\n${line(head)}${line(head.map(() => '---'))}${rows.map(line).join('')}`);
}

const { bench, close } = openBench({ environment: process.env, quick: false, share: 1, log: () => undefined });
try {
  await profilePosts(bench, Number(positionals[0] ?? POSTS));
} finally {
  await close();
}
