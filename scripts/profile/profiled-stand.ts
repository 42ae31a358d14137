import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { startService } from '../../src/main/bench/service-process.ts';
import { type Bench, openStand, type Stand, type StandName } from '../../src/main/bench/stand.ts';
import { DATABASE_NAME, SUPERUSER } from '../../src/postgres/embedded/cluster.ts';
import { readPidFile } from '../../src/postgres/embedded/postmaster.ts';
import { type CpuProfile, profileMainThread } from './main-thread.ts';
import { findService, type ProcessorTime, readProcessorTime, timeBetween } from './processor-time.ts';

/** A statement as `pg_stat_statements` counts it: milliseconds on the clock within the server, and blocks of 8 KiB. */
export type Statement = {
  readonly text: string;
  readonly calls: number;
  readonly milliseconds: number;
  readonly blocksFound: number;
  readonly blocksRead: number;
};

/** What `count` units of work took: microseconds of processor time of each, by process and thread; and all statements. */
export type Counted = { readonly times: ProcessorTime; readonly statements: readonly Statement[] };

/** A stand with a service that can be profiled, over a server that counts its statements. */
export async function openProfiled(
  bench: Bench,
  name: StandName,
  settings: Readonly<Record<string, string>> = {},
): Promise<Stand> {
  const stand = await openStand(bench, name);
  await ask(stand, "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'");
  for (const [setting, value] of Object.entries(settings))
    await ask(stand, `ALTER SYSTEM SET ${pg.escapeIdentifier(setting)} = ${pg.escapeLiteral(value)}`);
  await stand.service.stop();
  const inspected = ['--inspect=127.0.0.1:0'];
  const service = await startService(bench.children, stand.folder, bench.environment, inspected);
  await ask({ ...stand, service }, 'CREATE EXTENSION pg_stat_statements');
  return { ...stand, service };
}

/** Runs statements as the superuser of the stand's server, and gives the rows of the last. */
export async function ask<T extends object>(stand: Stand, ...statements: readonly string[]): Promise<readonly T[]> {
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

/** What `work`, which is `count` units, takes of the processors and of the server's statements. */
export async function countWork(stand: Stand, count: number, work: () => Promise<void>): Promise<Counted> {
  const service = findService(stand.folder);
  const file = join(stand.folder, 'data', 'postgres', 'cluster', 'postmaster.pid');
  const postmaster = Number(readFileSync(file, 'utf8').split('\n')[0]);
  await ask(stand, 'SELECT pg_stat_statements_reset()');
  const before = readProcessorTime(service, postmaster);
  await work();
  const times = timeBetween(before, readProcessorTime(service, postmaster), count);
  const statements = await ask<Statement>(
    stand,
    `SELECT regexp_replace(query, '\\s+', ' ', 'g') AS text, calls::float8 AS calls, total_exec_time AS milliseconds,
        shared_blks_hit::float8 AS "blocksFound", shared_blks_read::float8 AS "blocksRead"
      FROM pg_stat_statements WHERE calls > 10 ORDER BY total_exec_time DESC LIMIT 14`,
  );
  return { times, statements };
}

/** V8's profile of the main thread of the stand's service during `work`. */
export function profileStand(stand: Stand, work: () => Promise<void>): Promise<CpuProfile> {
  const inspector = /ws:\/\/\S+/.exec(readFileSync(join(stand.folder, 'serve.log'), 'utf8'))?.[0];
  if (inspector === undefined) throw new Error('the service names no inspector');
  return profileMainThread(inspector, work);
}

/** The beginning of a statement, as a cell of such a table. */
export function shorten(text: string): string {
  return text.replaceAll('|', '¦').slice(0, 90);
}

/** Prints a table in Markdown. */
export function printTable(
  title: string,
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |\n`;
  process.stdout.write(`\n${title}\n\n${line(head)}${line(head.map(() => '---'))}${rows.map(line).join('')}`);
}
