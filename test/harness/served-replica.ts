import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NoteKey, parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { openAnchorFile } from '../../src/keys/anchor-file.ts';
import { openServiceKeys } from '../../src/keys/service-keys.ts';
import { type RunningService, startService } from '../../src/main/serve.ts';
import type { Anchor, ServiceKeys } from '../../src/service/ports.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';
import type { Endpoint } from './traced-requests.ts';

const PASSPHRASE = 'correct horse battery staple';

/** What replicas share: a folder with the keys, their passphrase, and a database. */
export type SharedLedger = {
  readonly folder: string;
  readonly keys: ServiceKeys;
  readonly database: Pick<TestDatabase, 'adminUrl' | 'ownerUrl' | 'serviceUrl'>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** New keys, and a database of its own unless one is given. Replicas keep data and state below `folder/<their name>`. */
export async function createSharedLedger(given?: SharedLedger['database']): Promise<SharedLedger> {
  const database = given ?? (await createTestDatabase());
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'waybill-test-')));
  writeFileSync(join(folder, 'passphrase'), `${PASSPHRASE}\n`, { mode: 0o600 });
  return {
    folder,
    keys: openServiceKeys(join(folder, 'keys'), PASSPHRASE),
    database,
    [Symbol.asyncDispose]: async () => {
      if (given === undefined) await (database as TestDatabase).drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The folders of the replica `name`. */
export function replicaFolders(ledger: SharedLedger, name: string) {
  const dataFolder = join(ledger.folder, name);
  return { dataFolder, stateFolder: join(dataFolder, 'state'), tokenFile: join(dataFolder, 'admin.token') };
}

/** What the replica `name` remembers of the log; undefined where it never committed anything. */
export function readReplicaAnchor(ledger: SharedLedger, name: string): Promise<Anchor | undefined> {
  return openAnchorFile(join(replicaFolders(ledger, name).stateFolder, 'anchor.json')).read();
}

/** Gives the replica `name` the anchor of `peer`, as an operator does who adds a replica. */
export async function copyAnchor(ledger: SharedLedger, peer: string, name: string): Promise<void> {
  const anchor = await readReplicaAnchor(ledger, peer);
  assert(anchor !== undefined, 'the peer has an anchor');
  const { stateFolder } = replicaFolders(ledger, name);
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  await openAnchorFile(join(stateFolder, 'anchor.json')).write(anchor);
}

/** A replica in this process, over HTTP, on its way to the database. */
export type ServedReplica = {
  readonly running: RunningService;
  readonly endpoint: Endpoint;
  [Symbol.asyncDispose](): Promise<void>;
};

/**
 * Starts the replica `name` as `waybill serve` does, in this process; `databaseUrl` may lead through a proxy. The token is
 * empty where another replica of the ledger was the first to start.
 */
export async function serveReplica(
  ledger: SharedLedger,
  name: string,
  databaseUrl = ledger.database.serviceUrl,
): Promise<ServedReplica> {
  const { dataFolder, stateFolder, tokenFile } = replicaFolders(ledger, name);
  const running = await startService(
    {
      dataFolder,
      stateFolder,
      keysFolder: join(ledger.folder, 'keys'),
      host: '127.0.0.1',
      port: 0,
      portRequired: true,
      databaseUrl,
      databaseOwnerUrl: ledger.database.ownerUrl,
      databaseConnections: 4,
      publicLog: false,
      trustedProxies: 0,
      runSecondsMax: 86_400,
      logLevel: 'silent',
      passphraseFile: join(ledger.folder, 'passphrase'),
    },
    () => undefined,
    // Whoever counts round trips, or cuts one of them, is to find those of the request alone.
    { sweepMs: 60 * 60 * 1000, noticeMs: 60 * 60 * 1000 },
  );
  const endpoint = {
    url: running.url,
    token: existsSync(tokenFile) ? readFileSync(tokenFile, 'utf8').trim() : '',
    logKey: readLogKey(running.logVkey),
  };
  return { running, endpoint, [Symbol.asyncDispose]: running.stop };
}

/** A log key as its vkey says it. */
export function readLogKey(vkey: string): NoteKey {
  const key = parseVkey(vkey);
  assert(key.ok, 'the log key of a service is one');
  return key.value;
}
