import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { readConfig } from '../../src/config/config.ts';
import { ROTATED_KEY_NAMES, type RotatedKeyName } from '../../src/keys/next-key.ts';
import { openServiceKeys } from '../../src/keys/service-keys.ts';
import { openReplica } from '../../src/main/open-replica.ts';
import { rotateOwnKey } from '../../src/main/rotate-own-key.ts';
import { verifyInPool } from '../../src/native/verify-in-pool.ts';
import type { Caller } from '../../src/service/caller.ts';
import { openService } from '../../src/service/open-service.ts';
import type { Service } from '../../src/service/service.ts';
import { audit, IMAGE_REPOSITORY, MANIFEST } from '../harness/grown-ledger.ts';
import { createSharedLedger, replicaFolders, type SharedLedger } from '../harness/served-replica.ts';

const PROGRAM = join(import.meta.dirname, '../../bin/waybill.js');
const KILLER = pathToFileURL(join(import.meta.dirname, 'killed-at-call.fixture.ts')).href;
/** More calls than a rotation makes: one that is never left alone would be noticed by this. */
const CALLS_MAX = 200;
const ADMIN: Caller = {
  principal: 'bootstrap-admin',
  role: 'admin',
  repositories: ['*'],
  stages: ['*'],
  grants: 1,
};

function environmentOf(ledger: SharedLedger): Readonly<Record<string, string>> {
  const { dataFolder, stateFolder } = replicaFolders(ledger, 'only');
  return {
    WAYBILL_DATA: dataFolder,
    WAYBILL_STATE: stateFolder,
    WAYBILL_KEYS: join(ledger.folder, 'keys'),
    WAYBILL_KEY_PASSPHRASE_FILE: join(ledger.folder, 'passphrase'),
    DATABASE_URL: ledger.database.serviceUrl,
    DATABASE_OWNER_URL: ledger.database.ownerUrl,
  };
}

const passphraseOf = ({ folder }: SharedLedger) => readFileSync(join(folder, 'passphrase'), 'utf8').trim();

/** The keys as they lie there: all of them must be there, whole, and open. */
function keysOf(ledger: SharedLedger) {
  return openServiceKeys(join(ledger.folder, 'keys'), passphraseOf(ledger), { mustExist: true });
}

/** `waybill keys rotate` in a process of its own, ended before that call; whether it was. */
function rotateUntil(ledger: SharedLedger, name: RotatedKeyName, call: number, sockets: boolean): boolean {
  const ran = spawnSync(process.execPath, [PROGRAM, 'keys', 'rotate', name, '--overlap', '1h', '--json'], {
    cwd: ledger.folder,
    env: {
      PATH: process.env.PATH ?? '',
      ...environmentOf(ledger),
      NODE_OPTIONS: `--import=${KILLER}`,
      KILLED_AT: String(call),
      KILLED_IN: ledger.folder,
      ...(sockets ? { KILLED_AT_SOCKETS: 'yes' } : {}),
    },
    encoding: 'utf8',
  });
  if (ran.signal === 'SIGKILL') return true;
  assert.equal(ran.status, 0, `${name} ${call}: ${ran.stdout}${ran.stderr}`);
  return false;
}

/** Starts a service with the keys as they lie there, has each of them sign, and gives what `ask` finds. */
async function served<T>(ledger: SharedLedger, note: string, ask: (service: Service) => Promise<T>): Promise<T> {
  const replica = await openReplica({
    serviceUrl: ledger.database.serviceUrl,
    connections: 4,
    stateFolder: replicaFolders(ledger, 'only').stateFolder,
    keys: keysOf(ledger),
  });
  try {
    const service = openService(replica.context);
    const image = { manifest: MANIFEST, repository: IMAGE_REPOSITORY, annotations: { note } };
    const signed = await service.signImage(ADMIN, image);
    assert(signed.ok, `${note}: ${JSON.stringify(signed)}`);
    const { digest } = signed.value;
    const tool = { version: '2.1.0', runs: [{ tool: { driver: { name: note } }, results: [] }] };
    const attested = await service.submitAttestation(ADMIN, {
      body: Buffer.from(JSON.stringify(tool)),
      subject: digest,
      repository: IMAGE_REPOSITORY,
      stage: 'lint',
    });
    assert(attested.ok, `${note}: ${JSON.stringify(attested)}`);
    const recorded = await service.recordVerdict(ADMIN, { digest, repository: IMAGE_REPOSITORY });
    assert(recorded.ok, `${note}: ${JSON.stringify(recorded)}`);
    assert.equal(recorded.value.result.verdict, 'unjudged', note);
    return await ask(service);
  } finally {
    await replica.close();
  }
}

/** The rotation comes to its end: one key follows, it lies in the old one's place, and the old one is kept. */
async function endRotation(ledger: SharedLedger, name: RotatedKeyName, old: string, note: string): Promise<void> {
  if (keysOf(ledger)[name].signer === old) {
    const config = readConfig(environmentOf(ledger), ledger.folder);
    const options = { overlapSeconds: 3_600, passphrase: passphraseOf(ledger), log: () => undefined };
    await rotateOwnKey(config, name, options);
  }
  const next = keysOf(ledger)[name].signer;
  assert.notEqual(next, old, note);
  const shown = await served(ledger, `${note}, ended`, (service) => service.readSigner(ADMIN, old));
  assert(shown.ok, note);
  assert.equal(shown.value.successor, next, note);
  const files = readdirSync(join(ledger.folder, 'keys'));
  assert(files.includes(`${name}-${old.slice(0, 12)}.old.key`), `${note}: ${files.join()}`);
  assert(!files.includes(`${name}.next.key`), `${note}: ${files.join()}`);
}

for (const name of ROTATED_KEY_NAMES) {
  // The same is done for each of them: of the first every call is struck, with those to the database, of the others every fourth.
  const sockets = name === 'image';
  const step = sockets ? 1 : 4;
  test(`kill -9 of a rotation of the ${name} key before what it does: the service starts, and it is ended by another run`, async (t) => {
    await using ledger = await createSharedLedger();
    const origin = await served(ledger, `${name}, before`, async (service) => service.origin);
    let kills = 0;
    for (let call = 1; ; call += step) {
      assert(call <= CALLS_MAX, 'a rotation that nobody ends comes to its end');
      const old = keysOf(ledger)[name].signer;
      const killed = rotateUntil(ledger, name, call, sockets);
      const note = `${name} ${call}`;
      await served(ledger, `${note}, between`, async () => undefined);
      await endRotation(ledger, name, old, note);
      if (!killed) break;
      kills += 1;
    }
    assert(kills >= (sockets ? 20 : 4), `only ${kills} kills`);
    t.diagnostic(`${kills} kills`);
    const audited = await audit(ledger.database.ownerUrl, {
      origin,
      authenticator: ledger.keys.headAuthenticator,
      verifySignature: verifyInPool,
    });
    assert.deepEqual(audited.findings, []);
  });
}
