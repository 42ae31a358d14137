import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readPidFile } from '../../src/postgres/embedded/postmaster.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/postgres/embedded/start-embedded-postgres.ts';
import { migrate } from '../../src/postgres/migrate.ts';
import { query } from './embedded-folder.ts';
import type { SharedLedger } from './served-replica.ts';

/** A migrated primary and a hot standby that streams from it, both from the embedded binaries. */
export type StandbyPair = {
  readonly primary: SharedLedger['database'];
  /** Of the standby, which is the same server once it was promoted. */
  readonly standby: SharedLedger['database'];
  /** `kill -9` of the primary; resolves when nothing of it runs any more. */
  killPrimary(): Promise<void>;
  stopStandby(): Promise<void>;
  startStandby(): Promise<void>;
  promote(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** With `synchronous`, a COMMIT on the primary waits until the standby has it on disk. */
export async function openStandbyPair({ synchronous }: { readonly synchronous: boolean }): Promise<StandbyPair> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'waybill-test-')));
  chmodSync(folder, 0o711);
  const at = (name: 'primary' | 'standby') => join(folder, name);
  let primary = await startEmbeddedPostgres({ dataFolder: at('primary') });
  await migrate(primary.ownerUrl, join(import.meta.dirname, '..', '..', 'migrations'));
  await primary.stop();
  makeStandby(at('primary'), at('standby'), primary);
  primary = await startEmbeddedPostgres({ dataFolder: at('primary'), mustExist: true });
  let standby = await startEmbeddedPostgres({ dataFolder: at('standby'), mustExist: true });
  if (synchronous) await makeSynchronous(primary.superuserUrl);
  return {
    primary: urlsOf(primary),
    standby: urlsOf(standby),
    killPrimary: async () => {
      process.kill(readPidFile(join(at('primary'), 'cluster'))?.pid ?? 0, 'SIGKILL');
      await primary.exited;
    },
    stopStandby: () => standby.stop(),
    startStandby: async () => {
      standby = await startEmbeddedPostgres({ dataFolder: at('standby'), mustExist: true });
    },
    promote: async () => {
      const [row] = await query(standby.superuserUrl, 'SELECT pg_promote(true, 30) AS promoted');
      if (row?.promoted !== true) throw new Error('the standby was not promoted within 30 s');
    },
    [Symbol.asyncDispose]: async () => {
      await primary.stop();
      await standby.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function urlsOf({ superuserUrl, ownerUrl, serviceUrl }: EmbeddedPostgres): SharedLedger['database'] {
  return { adminUrl: superuserUrl, ownerUrl, serviceUrl };
}

/** A copy of the stopped primary that will follow it. */
function makeStandby(primary: string, standby: string, { superuserUrl, socketFolder }: EmbeddedPostgres): void {
  appendFileSync(join(primary, 'cluster', 'pg_hba.conf'), 'local replication all scram-sha-256\n');
  const copied = spawnSync('cp', ['-a', primary, standby]);
  if (copied.status !== 0) throw new Error(String(copied.stderr));
  const cluster = join(standby, 'cluster');
  const signal = join(cluster, 'standby.signal');
  writeFileSync(signal, '', { mode: 0o600 });
  const { uid, gid } = statSync(cluster);
  chownSync(signal, uid, gid);
  const { username, password } = new URL(superuserUrl);
  const conninfo = `host=${socketFolder} port=5432 user=${username} password=${password} application_name=standby`;
  appendFileSync(
    join(cluster, 'postgresql.auto.conf'),
    `primary_conninfo = '${conninfo}'\nwal_retrieve_retry_interval = '200ms'\n`,
  );
}

async function makeSynchronous(superuserUrl: string): Promise<void> {
  await query(superuserUrl, `ALTER SYSTEM SET synchronous_standby_names = 'standby'`);
  await query(superuserUrl, 'SELECT pg_reload_conf()');
  for (let waited = 0; waited < 20_000; waited += 50) {
    const [row] = await query(superuserUrl, `SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'`);
    if (row !== undefined) return;
    await sleep(50);
  }
  throw new Error('the standby did not become synchronous within 20 s');
}
