import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint.ts';
import { submissionIdentity } from '../../src/service/submission-identity.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';
import { type Shown, serveLog } from './lying-log.ts';
import { startMonitor } from './monitor-process.ts';
import { growEntries, keyOf, openFolder } from './monitor-under-test.ts';

type Told = {
  readonly alarms: readonly { readonly code: string }[];
  readonly replayed: number;
  readonly cosigned: boolean;
};

/** A log of a real service that was sealed, and what it was before. */
async function readSealedLog() {
  await using service = await openServiceUnderTest();
  const { logSigner, store, sequencer } = service.context;
  const before = await growEntries(service.context, 20);
  await sequencer.sequence({
    identity: submissionIdentity('sealing', ['here', 'there']),
    proposal: {
      kind: 'log.sealed',
      principal: 'service',
      body: { successor: 'waybill-00000000000000ff', logKeys: ['waybill-00000000000000ff+01020304+AQ=='] },
    },
    restsOn: [],
  });
  return { origin: store.origin, signer: logSigner, before, sealed: await growEntries(service.context, 0) };
}

const { origin, signer, before, sealed } = await readSealedLog();

test('waybill monitor --once says by its exit code what it found (0, 27 monitor/rolled-back, 2 cli/usage)', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-monitor-'));
  const shown: Shown = { origin, signer, leaves: before };
  await using log = await serveLog(shown);
  const key = join(folder, 'monitor.key');
  writeFileSync(key, generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }), {
    mode: 0o600,
  });
  const run = async (...more: readonly string[]) => {
    const monitor = startMonitor(['--url', log.url, '--state', join(folder, 'state'), '--once', '--json', ...more]);
    return { exit: await monitor.ended(), told: JSON.parse(monitor.out()) as Told, err: monitor.err() };
  };
  try {
    const clean = await run('--log-key', signer.vkey, '--key', key, '--name', 'monitor.example');
    assert.deepEqual(
      [clean.exit, clean.told.alarms, clean.told.replayed, clean.told.cosigned],
      [0, [], before.length, true],
    );
    const note = readFileSync(join(folder, 'state', 'checkpoint'), 'utf8');
    const opened = openCheckpoint(note, [keyOf(signer.vkey)]);
    assert(opened.ok && opened.value.unverified[0]?.name === 'monitor.example');
    shown.size = 5;
    const rolledBack = await run('--log-key', signer.vkey, '--key', key);
    assert.deepEqual([rolledBack.exit, rolledBack.told.alarms.map(({ code }) => code)], [27, ['monitor/rolled-back']]);
    const forPeople = startMonitor([
      '--url',
      log.url,
      '--state',
      join(folder, 'state'),
      '--once',
      '--log-key',
      signer.vkey,
    ]);
    assert.equal(await forPeople.ended(), 27);
    assert.match(forPeople.out(), /^To do: \S.*\. \(monitor\/rolled-back\)$/m);
    const unkeyed = await run();
    assert.equal(unkeyed.exit, 2);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a log that ended well is not stale, however long ago that was', async () => {
  using folder = openFolder(signer.vkey);
  const later = { now: () => new Date(Date.now() + 86_400_000) };
  const shown: Shown = { origin, signer, leaves: before };
  await using log = await serveLog(shown);
  assert.deepEqual(
    (await folder.round(log.url, later)).alarms.map(({ code }) => code),
    ['monitor/stale'],
  );
  shown.leaves = sealed;
  const round = await folder.round(log.url, later);
  assert.deepEqual([round.alarms, round.isClean, round.replayed], [[], true, sealed.length]);
});
