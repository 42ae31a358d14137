import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLogWatch, parseLogKeys } from '../../src/cli/log-watch.ts';
import { Stop } from '../../src/cli/stop.ts';
import type { World } from '../../src/cli/world.ts';
import type { Client } from '../../src/client/client.ts';
import { ClientError } from '../../src/client/client-error.ts';
import { formatCheckpoint } from '../../src/core/checkpoint/checkpoint.ts';
import { formatNote, formatVkey } from '../../src/core/checkpoint/signed-note.ts';
import { formatBase64 } from '../../src/core/encoding/base64.ts';
import { leafHash } from '../../src/core/merkle/hash.ts';
import { consistencyPath, rootOf } from '../../src/core/merkle/tree.ts';

const URL_A = 'http://a.example';

/** A log with entries of its own choice, signed by its own key, that answers for consistency as an honest one does. */
function openLog(origin: string, contents: string) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const vkey = formatVkey(origin, 1, raw);
  const leaves = [...contents].map((letter) => leafHash(Buffer.from(letter)));
  const note = (size: number) =>
    formatNote(formatCheckpoint({ origin, size, root: rootOf(leaves.slice(0, size)) }), [
      { vkey, sign: (message) => sign(null, message, privateKey) },
    ]);
  const client = {
    completeness: () => Promise.reject(new ClientError({ code: 'service/not-found', message: 'no', status: 404 })),
    consistency: (from: number, to: number) => {
      if (to > leaves.length) throw new ClientError({ code: 'service/out-of-range', message: 'no', status: 422 });
      const path = consistencyPath(leaves.slice(0, to), from).map(formatBase64);
      return Promise.resolve({ value: { path }, json: null, status: 200 });
    },
  } as unknown as Client;
  return { vkey, note, client, privateKey };
}
type Log = ReturnType<typeof openLog>;

function openMachine() {
  const home = mkdtempSync(join(tmpdir(), 'waybill-watch-'));
  const notes: string[] = [];
  const world: World = {
    version: '0',
    environment: {},
    home,
    now: () => new Date(),
    write: () => undefined,
    colour: false,
    knownPrograms: [],
    note: (text) => notes.push(text),
  };
  const watch = (log: Log, url = URL_A, given: readonly string[] = []) =>
    openLogWatch({ world, client: log.client, url, given: parseLogKeys(given) });
  const see = async (log: Log, size: number, fresh = true, url = URL_A, given: readonly string[] = []) => {
    const opened = watch(log, url, given);
    const trusted = await opened.keysFor(log.vkey);
    await opened.accept(log.note(size), trusted, { fresh });
    return trusted.source;
  };
  return { home, folder: join(home, '.local/state/waybill'), notes, watch, see };
}

async function code(run: Promise<unknown>): Promise<string> {
  try {
    await run;
  } catch (error) {
    if (error instanceof Stop) return `${error.exit} ${error.complaint.code}`;
    throw error;
  }
  return 'none';
}

test('believes a log on first use, remembers it, and follows it as it grows', async () => {
  const machine = openMachine();
  const log = openLog('waybill-1', 'abcdefgh');
  assert.equal(await machine.see(log, 3), 'first-use');
  assert.equal(await machine.see(log, 3), 'remembered');
  assert.equal(await machine.see(log, 8), 'remembered');
  assert.equal(await machine.see(log, 8, true, 'http://b.example'), 'remembered');
});

test('refuses a log that is smaller than it was (13 checkpoint/rolled-back)', async () => {
  const machine = openMachine();
  const log = openLog('waybill-1', 'abcdefgh');
  await machine.see(log, 8);
  assert.equal(await code(machine.see(log, 5)), '13 checkpoint/rolled-back');
  // An old receipt may be under an old checkpoint, as long as the log still has what came after it.
  assert.equal(await machine.see(log, 5, false), 'remembered');
  const cut = { ...log, client: openLog('waybill-1', 'abcde').client };
  assert.equal(await code(machine.see(cut, 5, false)), '13 checkpoint/rolled-back');
  assert.equal(await machine.see(log, 8), 'remembered');
});

test('refuses a log with another history, larger, equal or smaller (13 checkpoint/forked)', async () => {
  const machine = openMachine();
  const log = openLog('waybill-1', 'abcdefgh');
  await machine.see(log, 5);
  const other = openLog('waybill-1', 'abXdefghij');
  const forged: Log = {
    ...other,
    vkey: log.vkey,
    note: (size) => {
      const root = rootOf([...'abXdefghij'].slice(0, size).map((letter) => leafHash(Buffer.from(letter))));
      const signer = { vkey: log.vkey, sign: (message: Uint8Array) => sign(null, message, log.privateKey) };
      return formatNote(formatCheckpoint({ origin: 'waybill-1', size, root }), [signer]);
    },
  };
  assert.equal(await code(machine.see(forged, 9)), '13 checkpoint/forked');
  assert.equal(await code(machine.see(forged, 5)), '13 checkpoint/forked');
  assert.equal(await code(machine.see(forged, 4, false)), '13 checkpoint/forked');
  assert.equal(await machine.see(log, 8), 'remembered');
});

test('refuses another log, and another key, at an address that it knows (13 log-key/changed)', async () => {
  const machine = openMachine();
  await machine.see(openLog('waybill-1', 'abc'), 3);
  assert.equal(await code(machine.see(openLog('waybill-1', 'abc'), 3)), '13 log-key/changed');
  assert.equal(await code(machine.see(openLog('waybill-2', 'abc'), 3)), '13 log-key/changed');
});

test('takes another log at the same address once its key is given', async () => {
  const machine = openMachine();
  await machine.see(openLog('waybill-1', 'abc'), 3);
  const successor = openLog('waybill-2', 'xyz');
  assert.equal(await machine.see(successor, 3, true, URL_A, [successor.vkey]), 'given');
  assert.equal(await machine.see(successor, 3), 'remembered');
});

test('refuses a checkpoint that the given key did not sign (12 note/no-known-signature)', async () => {
  const machine = openMachine();
  const given = openLog('waybill-1', 'a').vkey;
  assert.equal(
    await code(machine.see(openLog('waybill-1', 'abc'), 3, true, URL_A, [given])),
    '12 note/no-known-signature',
  );
  assert.deepEqual(readdirSync(machine.home), []);
});

test('never takes a damaged memory for a missing one (5 cli/state-unusable)', () => {
  const machine = openMachine();
  mkdirSync(machine.folder, { recursive: true });
  writeFileSync(join(machine.folder, 'waybill-1.json'), '{');
  assert.throws(
    () => machine.watch(openLog('waybill-1', 'abc')),
    (error: Stop) => {
      assert.equal(`${error.exit} ${error.complaint.code}`, '5 cli/state-unusable');
      return true;
    },
  );
});

test('takes two commands that ran at once for no rollback', async () => {
  const machine = openMachine();
  const log = openLog('waybill-1', 'abcdefgh');
  await machine.see(log, 2);
  const slow = machine.watch(log);
  await machine.see(log, 6);
  // Opened when 2 was known, so 4 is no rollback; it must be a prefix of 6 all the same.
  await slow.accept(log.note(4), await slow.keysFor(log.vkey), { fresh: true });
  assert.equal(await code(machine.see(log, 5)), '13 checkpoint/rolled-back');
});

test('goes on where the memory cannot be written, and says so', async () => {
  const machine = openMachine();
  writeFileSync(join(machine.home, '.local'), 'a file where a folder should be');
  const log = openLog('waybill-1', 'abc');
  const watch = machine.watch(log);
  await watch.accept(log.note(3), await watch.keysFor(log.vkey), { fresh: true });
  assert.match(machine.notes.join(''), /not remembered/);
});
