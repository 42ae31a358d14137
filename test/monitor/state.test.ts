import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Stop } from '../../src/cli/stop.ts';
import { NOTE_ED25519 } from '../../src/core/checkpoint/note-key.ts';
import { openStateFolder } from '../../src/main/monitor/state-folder.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';
import { type Shown, serveLog } from './lying-log.ts';
import { growEntries, newSigner, openFolder } from './monitor-under-test.ts';

const { origin, signer, LEAVES } = await readRealLog();

async function readRealLog() {
  await using service = await openServiceUnderTest();
  const { logSigner, store } = service.context;
  return { origin: store.origin, signer: logSigner, LEAVES: await growEntries(service.context, 1_100) };
}

const isUnusable = (error: unknown) =>
  error instanceof Stop && error.complaint.code === 'cli/state-unusable' && error.exit === 5;
const bundlesOf = (asked: readonly string[]) => asked.filter((path) => path.includes('/entries/'));

test('a monitor that starts again reads what is new and nothing else', async () => {
  using folder = openFolder(signer.vkey);
  const shown: Shown = { origin, signer, leaves: LEAVES, size: 700 };
  await using log = await serveLog(shown);
  assert.equal((await folder.round(log.url)).replayed, 700);
  assert.deepEqual(
    bundlesOf(log.asked),
    ['000', '001', '002.p/188'].map((tile) => `/log/tile/entries/${tile}`),
  );
  log.asked.length = 0;
  assert.equal((await folder.round(log.url)).isClean, true);
  assert.deepEqual(log.asked, ['/log/checkpoint']);
  shown.size = undefined;
  log.asked.length = 0;
  const round = await folder.round(log.url);
  assert.deepEqual([round.replayed, round.isClean, folder.vouched()?.size], [LEAVES.length, true, LEAVES.length]);
  assert.deepEqual(
    bundlesOf(log.asked),
    ['002', '003', `004.p/${LEAVES.length - 1_024}`].map((tile) => `/log/tile/entries/${tile}`),
  );
});

test('a log that dropped its partial tiles is read by the full ones', async () => {
  using folder = openFolder(signer.vkey);
  const shown: Shown = { origin, signer, leaves: LEAVES, size: 700 };
  await using log = await serveLog(shown);
  shown.answer = (path) => {
    if (path.includes('.p/')) return { status: 404, body: '{}' };
    // The full ones of a log that has grown since.
    if (path.endsWith('/entries/002') || path === '/log/tile/0/002' || path === '/log/tile/1/000')
      shown.size = undefined;
    else shown.size = 700;
    return undefined;
  };
  const round = await folder.round(log.url);
  // Of level 1 there is no full tile yet, which is withheld then.
  assert.deepEqual(
    round.alarms.map(({ code }) => code),
    ['monitor/truncated'],
  );
  shown.answer = (path) => {
    if (/tile\/(0|entries)\/.*\.p\//.test(path)) return { status: 404, body: '{}' };
    shown.size = path.endsWith('/002') ? undefined : 700;
    return undefined;
  };
  assert.deepEqual([(await folder.round(log.url)).isClean, folder.vouched()?.size], [true, 700]);
});

test('a saved replay with a bit flipped is refused, and --restart replays from the first entry (5 cli/state-unusable)', async () => {
  using folder = openFolder(signer.vkey);
  await using log = await serveLog({ origin, signer, leaves: LEAVES });
  await folder.round(log.url);
  const path = join(folder.path, 'replay.state');
  const bytes = readFileSync(path);
  bytes[900] = (bytes[900] ?? 0) ^ 4;
  writeFileSync(path, bytes);
  await assert.rejects(folder.round(log.url), isUnusable);
  log.asked.length = 0;
  const opened = await openStateFolder(folder.path);
  opened.forgetReplay();
  opened.close();
  const round = await folder.round(log.url);
  assert.deepEqual([round.isClean, round.replayed, bundlesOf(log.asked).length], [true, LEAVES.length, 5]);
});

test('a memory that was damaged, or is of another log, is refused and never taken for a missing one (5 cli/state-unusable)', async () => {
  using folder = openFolder(signer.vkey);
  await using log = await serveLog({ origin, signer, leaves: LEAVES });
  await folder.round(log.url);
  const path = join(folder.path, 'monitor.json');
  const text = readFileSync(path, 'utf8');
  for (const damaged of [
    text.replace('"told"', '"Told"').replace('"seen"', '"sEen"'),
    text.slice(0, -1),
    text.slice(0, 40),
    '',
    `${text}x`,
  ]) {
    writeFileSync(path, damaged);
    await assert.rejects(folder.round(log.url), isUnusable, damaged.slice(-20));
  }
  writeFileSync(path, text);
  using other = openFolder(newSigner(origin, NOTE_ED25519).vkey);
  writeFileSync(join(other.path, 'monitor.json'), text);
  await assert.rejects(other.round(log.url), (error) => error instanceof Stop && error.exit === 5);
  assert.equal((await folder.round(log.url)).isClean, true);
});

test('a replay ahead of what was seen is refused (5 cli/state-unusable)', async () => {
  using folder = openFolder(signer.vkey);
  const shown: Shown = { origin, signer, leaves: LEAVES, size: 300 };
  await using log = await serveLog(shown);
  await folder.round(log.url);
  const before = readFileSync(join(folder.path, 'monitor.json'));
  shown.size = undefined;
  await folder.round(log.url);
  writeFileSync(join(folder.path, 'monitor.json'), before);
  await assert.rejects(folder.round(log.url), isUnusable);
});

test('a second monitor on the same folder is refused (5 cli/state-unusable)', {
  skip: process.platform !== 'linux',
}, async () => {
  using folder = openFolder(signer.vkey);
  await using log = await serveLog({ origin, signer, leaves: LEAVES });
  await folder.withMonitor(log.url, async (monitor) => {
    await assert.rejects(folder.round(log.url), isUnusable);
    assert.equal((await monitor.round()).isClean, true);
  });
  assert.equal((await folder.round(log.url)).isClean, true);
});

test('a monitor that is asked to stop in the middle says nothing of the log, and goes on from there', async () => {
  using folder = openFolder(signer.vkey);
  await using log = await serveLog({ origin, signer, leaves: LEAVES });
  let done = 0;
  const options = { onProgress: (replayed: number) => (done = replayed), isStopping: () => done >= 512 };
  const stopped = await folder.round(log.url, options);
  assert.deepEqual([stopped.isClean, stopped.alarms, stopped.replayed, folder.vouched()], [false, [], 512, undefined]);
  log.asked.length = 0;
  assert.equal((await folder.round(log.url)).isClean, true);
  assert.equal(bundlesOf(log.asked).length, 3);
});

test('an alarm that somebody is told of while the next round goes on is not told again', async () => {
  using folder = openFolder(signer.vkey);
  const shown: Shown = { origin, signer, leaves: LEAVES };
  await using log = await serveLog(shown);
  await folder.withMonitor(log.url, async (monitor) => {
    await monitor.round();
    shown.size = 5;
    await monitor.round();
    shown.answer = () => {
      monitor.told(['monitor/rolled-back']);
      return undefined;
    };
    const { standing } = await monitor.round();
    assert.deepEqual(
      standing.map(({ code, told }) => [code, told]),
      [['monitor/rolled-back', true]],
    );
  });
  // The next process knows, too.
  const { standing } = await folder.round(log.url);
  assert.deepEqual(
    standing.map(({ told }) => told),
    [true],
  );
});
