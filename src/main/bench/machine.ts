import { closeSync, existsSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { readConfig } from '../../config/config.ts';
import type { JsonObject } from '../../core/encoding/json.ts';
import { withDatabase } from '../with-database.ts';
import { forJson } from './bars.ts';
import type { Stand } from './stand.ts';
import { rounded, summarise } from './statistics.ts';

const FSYNCS = 100;
const BLOCK_BYTES = 8_192;

/** The machine that the numbers belong to: processor, memory, versions, and how long its disk takes to be sure. */
export function describeMachine(folder: string): JsonObject {
  const fsync = summarise(timeFsyncs(folder));
  return forJson({
    platform: `${platform()} ${release()} ${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: rounded(totalmem() / 2 ** 30, 3),
    node: process.version,
    loadAverageBefore: loadavg()[0] ?? 0,
    fdatasyncP50Ms: fsync.p50,
    fdatasyncP99Ms: fsync.p99,
  });
}

/** Milliseconds that each of a hundred writes of one database page takes until it is on disk. */
function timeFsyncs(folder: string): readonly number[] {
  const path = join(folder, 'fsync-probe');
  const file = openSync(path, 'w');
  try {
    return Array.from({ length: FSYNCS }, (_, index) => {
      const startedAt = performance.now();
      writeSync(file, Buffer.alloc(BLOCK_BYTES, index));
      fdatasyncSync(file);
      return performance.now() - startedAt;
    });
  } finally {
    closeSync(file);
    rmSync(path);
  }
}

/** The database server of a stand: version, and the settings that durability and speed hang on. */
export function describeDatabase(stand: Stand): Promise<JsonObject> {
  const config = readConfig(stand.service.environment, stand.folder);
  return withDatabase(
    config,
    'service',
    () => undefined,
    async (database) => {
      const { rows } = await sql<{ name: string; setting: string }>`
      SELECT name, setting FROM pg_settings WHERE name IN ('server_version', 'fsync', 'synchronous_commit',
        'full_page_writes', 'wal_sync_method', 'shared_buffers', 'max_wal_size') ORDER BY name`.execute(database);
      return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
    },
  );
}

/** The commit that the checkout stands at, or undefined for a package. */
export function readCommit(checkout: string): string | undefined {
  const read = (name: string) => readFileSync(join(checkout, '.git', name), 'utf8').trim();
  try {
    const head = read('HEAD');
    if (!head.startsWith('ref: ')) return head;
    const name = head.slice('ref: '.length);
    if (existsSync(join(checkout, '.git', name))) return read(name);
    return read('packed-refs')
      .split('\n')
      .find((line) => line.endsWith(` ${name}`))
      ?.slice(0, 40);
  } catch {
    return undefined;
  }
}
