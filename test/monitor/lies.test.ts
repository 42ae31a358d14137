import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ALARM_EXIT } from '../../src/cli/exit-codes.ts';
import { NOTE_ED25519 } from '../../src/core/checkpoint/note-key.ts';
import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import { formatHex } from '../../src/core/encoding/hex.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { type Entry, entryHash, parseEntry } from '../../src/core/entry/entry.ts';
import type { MapCommitted } from '../../src/core/entry/kinds/map-committed.ts';
import { ALARMS, type AlarmCode } from '../../src/core/monitor/alarm.ts';
import { exitOf } from '../../src/main/monitor/render-round.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';
import { type Shown, serveLog } from './lying-log.ts';
import { growEntries, newSigner, openFolder } from './monitor-under-test.ts';

/** Entries that the monitor has seen before the log lies; neither is a whole number of bundles. */
const HONEST = 270;
const ALL = 530;

/** What a real service wrote, and the key that it signs with. */
const { origin, signer, LEAVES } = await readRealLog();

async function readRealLog() {
  await using service = await openServiceUnderTest();
  const { logSigner, store } = service.context;
  return { origin: store.origin, signer: logSigner, LEAVES: await growEntries(service.context, ALL) };
}

const honest = (): Shown => ({ origin, signer, leaves: LEAVES });
const answering = (pattern: RegExp, status: number, body: string | Uint8Array = '{}') => ({
  ...honest(),
  answer: (path: string) => (pattern.test(path) ? { status, body } : undefined),
});

/** The entries with one changed, and nothing linked anew. */
function altered(seq: number, change: (entry: Entry) => unknown): readonly Uint8Array[] {
  const entry = parseEntry(LEAVES[seq] ?? new Uint8Array());
  assert(entry.ok);
  return LEAVES.with(seq, encodeUtf8(formatCanonicalJson(change(entry.value) as Json)));
}

const last = LEAVES.length - 1;
const early = { time: new Date(Date.now() - 60_000).toISOString() };
const committed = ({ body }: Entry) => body as MapCommitted;
const renamed = (seq: number) => altered(seq, (entry) => ({ ...entry, principal: 'mallory' }));

const LIES: readonly (readonly [what: string, code: AlarmCode, lie: () => Shown])[] = [
  ['shows an older checkpoint', 'monitor/rolled-back', () => ({ ...honest(), size: HONEST - 1 })],
  ['signs another tree of the same size', 'monitor/forked', () => ({ ...honest(), leaves: renamed(7), size: HONEST })],
  ['signs a larger tree with another past', 'monitor/forked', () => ({ ...honest(), leaves: renamed(7) })],
  [
    'signs a larger tree with another newest entry',
    'monitor/forked',
    () => ({ ...honest(), leaves: renamed(HONEST - 1) }),
  ],
  [
    'signs with another key of its name',
    'monitor/other-key',
    () => ({ ...honest(), signer: newSigner(origin, NOTE_ED25519) }),
  ],
  [
    'signs another origin',
    'monitor/other-key',
    () => ({ ...honest(), origin: 'waybill-other', signer: { ...signer, sign: (bytes) => signer.sign(bytes) } }),
  ],
  ['hands out one entry rewritten', 'monitor/rewritten', () => ({ ...honest(), handedOut: renamed(400) })],
  ['hands out the newest entry rewritten', 'monitor/rewritten', () => ({ ...honest(), handedOut: renamed(last) })],
  [
    'hands out an entry rewritten, with the tiles to it',
    'monitor/rewritten',
    () => ({ ...honest(), handedOut: renamed(400), tiled: renamed(400) }),
  ],
  ['hands out tiles of another tree', 'monitor/rewritten', () => ({ ...honest(), tiled: renamed(last) })],
  [
    'swaps two entries of a bundle',
    'monitor/rewritten',
    () => ({
      ...honest(),
      handedOut: LEAVES.map((leaf, seq) => LEAVES[seq === 400 ? 401 : seq === 401 ? 400 : seq] ?? leaf),
    }),
  ],
  [
    'hands out fewer entries than it signed',
    'monitor/malformed-answer',
    () => ({ ...honest(), handedOut: LEAVES.slice(0, -1) }),
  ],
  ['withholds the newest bundle', 'monitor/truncated', () => answering(/entries\/002/, 404)],
  ['withholds a tile', 'monitor/truncated', () => answering(/tile\/1\//, 404)],
  [
    'cannot prove what it signed',
    'monitor/truncated',
    () => answering(/consistency/, 422, '{"code":"service/out-of-range"}'),
  ],
  ['answers with a proof that is none', 'monitor/malformed-answer', () => answering(/consistency/, 200, '{"path":[]}')],
  ['answers with a page', 'monitor/malformed-answer', () => answering(/checkpoint/, 200, '<html>welcome</html>')],
  ['cuts a tile short', 'monitor/malformed-answer', () => answering(/tile\/1\//, 200, new Uint8Array(32))],
  ['refuses the token', 'monitor/refused', () => answering(/entries/, 401)],
  ['does not answer', 'monitor/unreachable', () => answering(/./, 503)],
  [
    'signs an entry with a clock set back',
    'monitor/clock-back',
    () => ({ ...honest(), leaves: altered(last, (entry) => ({ ...entry, ...early })) }),
  ],
  [
    'signs an entry that is not linked to the one before',
    'monitor/not-replayable',
    () => ({ ...honest(), leaves: altered(last, (entry) => ({ ...entry, prev: 'ab'.repeat(32) })) }),
  ],
  [
    'signs an entry of another log',
    'monitor/not-replayable',
    () => ({ ...honest(), leaves: altered(last, (entry) => ({ ...entry, log: 'waybill-ff00' })) }),
  ],
  [
    'signs what is no entry',
    'monitor/not-replayable',
    () => ({ ...honest(), leaves: LEAVES.with(last, encodeUtf8('{}')) }),
  ],
  [
    'signs an entry twice',
    'monitor/not-replayable',
    () => ({ ...honest(), leaves: LEAVES.with(last, LEAVES[last - 1] ?? encodeUtf8('')) }),
  ],
  [
    'commits to a false map',
    'monitor/map-false',
    () => ({
      ...honest(),
      leaves: altered(last, (entry) => ({ ...entry, body: { ...committed(entry), root: 'ab'.repeat(32) } })),
    }),
  ],
  [
    'commits to a map of more keys',
    'monitor/map-false',
    () => ({
      ...honest(),
      leaves: altered(last, (entry) => ({ ...entry, body: { ...committed(entry), keys: committed(entry).keys + 1 } })),
    }),
  ],
];

for (const [what, code, lie] of LIES) {
  test(`a log that ${what} is told by ${code}, and nothing is cosigned`, async () => {
    using folder = openFolder(signer.vkey);
    const shown: Shown = { ...honest(), size: HONEST };
    await using log = await serveLog(shown);
    const clean = await folder.round(log.url);
    assert.deepEqual([clean.alarms, clean.isClean, clean.replayed], [[], true, HONEST]);
    const before = folder.vouched();
    assert.equal(before?.size, HONEST);
    Object.assign(shown, { size: undefined, ...lie() });
    const round = await folder.round(log.url);
    assert.deepEqual([...new Set(round.alarms.map((alarm) => alarm.code))], [code]);
    assert.equal(exitOf(round), ALARM_EXIT[code]);
    assert.equal(round.cosigned, undefined);
    assert.deepEqual(folder.vouched(), before);
    // Once the log is honest again, it goes on; unless it is convicted, and then only after somebody has looked.
    const again = Object.assign(
      shown,
      { handedOut: undefined, tiled: undefined, answer: undefined, size: undefined },
      honest(),
    );
    await assertAfterwards(folder, log.url, code, again.leaves.length);
  });
}

async function assertAfterwards(
  folder: ReturnType<typeof openFolder>,
  url: string,
  code: AlarmCode,
  size: number,
): Promise<void> {
  const round = await folder.round(url);
  if (!ALARMS[code].convicts) {
    assert.deepEqual([round.alarms, round.isClean, round.replayed, folder.vouched()?.size], [[], true, size, size]);
    return;
  }
  assert.equal(folder.vouched()?.size, HONEST);
  assert(exitOf(round) === ALARM_EXIT['monitor/halted'] || exitOf(round) === ALARM_EXIT['monitor/forked']);
  assert(existsSync(join(folder.path, `${code.replace('/', '-')}.json`)));
  const acknowledged = await folder.withMonitor(url, (monitor) => monitor.acknowledge());
  assert(acknowledged.includes(code));
}

test('a log that hides an entry from its list is told by chain and map (monitor/not-replayable, monitor/map-false)', async () => {
  using folder = openFolder(signer.vkey);
  // The entry says to follow not the newest one of its list, but the one before that.
  const forged = altered(last - 1, (entry) => ({
    ...entry,
    keys: entry.keys.map((link) => ({ ...link, n: Math.max(2, link.n - 1), prevSeq: 3, prev: 'ab'.repeat(32) })),
  }));
  const hidden = formatHex(entryHash(forged[last - 1] ?? new Uint8Array()));
  const relinked = altered(last, (entry) => ({ ...entry, prev: hidden }))[last] ?? new Uint8Array();
  await using log = await serveLog({ ...honest(), leaves: forged.with(last, relinked) });
  const round = await folder.round(log.url);
  assert.deepEqual(
    round.alarms.map(({ code, cause }) => [code, cause]),
    [
      ['monitor/not-replayable', 'list/link-broken'],
      ['monitor/map-false', 'map/root-mismatch'],
    ],
  );
  assert.deepEqual([exitOf(round), folder.vouched()], [ALARM_EXIT['monitor/not-replayable'], undefined]);
});

test('one lie that was handed out and not signed does not get into the replay: after --acknowledge it goes on', async () => {
  using folder = openFolder(signer.vkey);
  const shown: Shown = { ...honest(), handedOut: renamed(280) };
  await using log = await serveLog(shown);
  assert.deepEqual(
    (await folder.round(log.url)).alarms.map(({ code }) => code),
    ['monitor/rewritten'],
  );
  shown.handedOut = undefined;
  const halted = await folder.round(log.url);
  assert.deepEqual([halted.alarms, halted.isClean, exitOf(halted)], [[], true, ALARM_EXIT['monitor/halted']]);
  await folder.withMonitor(log.url, (monitor) => monitor.acknowledge());
  const round = await folder.round(log.url);
  assert.deepEqual([exitOf(round), folder.vouched()?.size], [0, LEAVES.length]);
});

test('a log whose newest entry is old, or of a time to come, is not cosigned (monitor/stale, monitor/clock-ahead)', async () => {
  using folder = openFolder(signer.vkey);
  await using log = await serveLog(honest());
  const codes = async (shiftMs: number) => {
    const round = await folder.round(log.url, { now: () => new Date(Date.now() + shiftMs) });
    return round.alarms.map(({ code }) => code);
  };
  assert.deepEqual(await codes(3_700_000), ['monitor/stale']);
  assert.deepEqual(await codes(-400_000), ['monitor/clock-ahead']);
  assert.equal(folder.vouched(), undefined);
  assert.deepEqual(await codes(0), []);
  assert.equal(folder.vouched()?.size, LEAVES.length);
});

test('an address at which nothing listens is monitor/unreachable', async () => {
  using folder = openFolder(signer.vkey);
  const round = await folder.round('http://127.0.0.1:1');
  assert.deepEqual([round.alarms.map(({ code }) => code), exitOf(round)], [['monitor/unreachable'], 20]);
});

test('what convicts a log is kept as both checkpoints', async () => {
  using folder = openFolder(signer.vkey);
  const shown: Shown = { ...honest(), size: HONEST };
  await using log = await serveLog(shown);
  await folder.round(log.url);
  Object.assign(shown, { leaves: renamed(7) });
  await folder.round(log.url);
  const kept = JSON.parse(readFileSync(join(folder.path, 'monitor-forked.json'), 'utf8')) as Record<string, string>;
  assert.deepEqual([kept.code, kept.cause], ['monitor/forked', 'merkle/forked']);
  assert(kept.seen?.startsWith(`${origin}\n${HONEST}\n`) && kept.shown?.startsWith(`${origin}\n${HONEST}\n`));
});
