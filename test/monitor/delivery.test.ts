import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ALARM_EXIT } from '../../src/cli/exit-codes.ts';
import { nextStep, STEP_ENTRIES_MAX } from '../../src/core/monitor/signed-growth.ts';
import type { MonitorOptions } from '../../src/main/monitor/monitor.ts';
import { exitOf } from '../../src/main/monitor/render-round.ts';
import { joinRounds, type Round } from '../../src/main/monitor/round.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';
import { promise, type Shown, serveLog } from './lying-log.ts';
import { growEntries, openFolder } from './monitor-under-test.ts';

/** Entries that the monitor has seen before the log signs more: one bundle, and a piece of the next. */
const HONEST = 300;
/** What a log has in truth that signs more: two bundles, and a piece of the next. */
const TRUE = 530;
const IMPOSSIBLE = 2 ** 53 - 1;

const { origin, signer, LEAVES } = await readRealLog();

async function readRealLog() {
  await using service = await openServiceUnderTest();
  const { logSigner, store } = service.context;
  return { origin: store.origin, signer: logSigner, LEAVES: await growEntries(service.context, TRUE) };
}

const codesOf = ({ alarms }: Round) => alarms.map(({ code }) => code);
const silentAt = (pattern: RegExp) => (path: string) => (pattern.test(path) ? { status: 503, body: '{}' } : undefined);
/** A monitor whose clock is so many seconds ahead, and which waits for 100. */
const after = (seconds: number): Partial<MonitorOptions> => ({
  ...{ ageSecondsMax: 86_400, waitSecondsMax: 100 },
  now: () => new Date(Date.now() + seconds * 1000),
});

/** A log that has been followed up to its honest size, and then shows something else. */
async function followed(lie: Partial<Shown>) {
  const folder = openFolder(signer.vkey);
  const shown: Shown = { origin, signer, leaves: LEAVES, size: HONEST };
  const log = await serveLog(shown);
  assert.deepEqual(codesOf(await folder.round(log.url)), []);
  Object.assign(shown, { size: undefined, ...lie });
  log.asked.length = 0;
  return {
    ...{ folder, shown, log },
    round: (seconds = 0, options: Partial<MonitorOptions> = {}) =>
      folder.round(log.url, { ...after(seconds), ...options }),
    [Symbol.asyncDispose]: async () => {
      await log[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
}

for (const size of [IMPOSSIBLE, LEAVES.length + 1])
  test(`a log that signs ${size} entries and does not have them is told at once (monitor/truncated)`, async () => {
    await using at = await followed({ promised: promise(LEAVES, size) });
    const round = await at.round();
    assert.deepEqual([codesOf(round), round.shown?.size, round.cosigned], [['monitor/truncated'], size, undefined]);
    // All that it has in full is replayed and kept, and it was asked for a handful of answers.
    assert.equal(round.replayed, 512);
    assert(at.log.asked.length <= 12, `${at.log.asked.length} requests`);
    at.log.asked.length = 0;
    assert.deepEqual([codesOf(await at.round()), (await at.round()).replayed], [['monitor/truncated'], 512]);
    assert(!at.log.asked.some((path) => path.endsWith('/entries/001')), 'what was replayed is not asked for again');
  });

for (const [what, size, silent] of [
  ['the entries of an impossible size', IMPOSSIBLE, /entries/],
  ['the tiles of an impossible size', IMPOSSIBLE, /tile\/1/],
  ['the proof of an impossible size', IMPOSSIBLE, /consistency/],
  ['one entry more', LEAVES.length + 1, /entries\/002/],
] as const)
  test(`a log that signs ${what} and goes on to say "not now" is told once the time is up (monitor/withheld)`, async () => {
    await using at = await followed({ promised: promise(LEAVES, size), answer: silentAt(silent) });
    // A process each, as a timer starts them. The last case has something to hand out at first.
    await at.round();
    assert.deepEqual(codesOf(await at.round(10)), ['monitor/unreachable']);
    assert.deepEqual(codesOf(await at.round(90)), ['monitor/unreachable']);
    const late = await at.round(120);
    assert.deepEqual([codesOf(late), exitOf(late)], [['monitor/withheld'], ALARM_EXIT['monitor/withheld']]);
    assert.deepEqual(
      late.cleared.map(({ code }) => code),
      ['monitor/unreachable'],
    );
    const evidence = readFileSync(join(at.folder.path, 'monitor-withheld.json'), 'utf8');
    assert((JSON.parse(evidence) as { readonly shown: string }).shown.startsWith(`${origin}\n${size}\n`));
    assert.equal(existsSync(join(at.folder.path, 'monitor-unreachable.json')), false);
    const still = await at.round(500);
    assert.deepEqual([codesOf(still), still.raised], [['monitor/withheld'], []]);
  });

test('what was withheld and comes after all ends the alarm, and is cosigned', async () => {
  await using at = await followed({ answer: silentAt(/entries/) });
  for (const seconds of [0, 120]) await at.round(seconds);
  at.shown.answer = undefined;
  const round = await at.round(130);
  assert.deepEqual([codesOf(round), round.isClean, at.folder.vouched()?.size], [[], true, LEAVES.length]);
  assert.deepEqual(
    round.cleared.map(({ code }) => code),
    ['monitor/withheld'],
  );
  // Its time begins anew.
  at.shown.promised = promise(LEAVES, LEAVES.length + 1);
  at.shown.answer = silentAt(/entries/);
  assert.deepEqual(codesOf(await at.round(400)), ['monitor/unreachable']);
});

test('a service that does not answer at all withholds nothing, however long (monitor/unreachable)', async () => {
  await using at = await followed({ answer: silentAt(/./) });
  for (const seconds of [0, 1_000, 2_000]) assert.deepEqual(codesOf(await at.round(seconds)), ['monitor/unreachable']);
  // Nor does one that is back and slow to begin with.
  at.shown.answer = silentAt(/entries/);
  assert.deepEqual(codesOf(await at.round(3_000)), ['monitor/unreachable']);
});

test('a log that hands out one bundle in a time that is nearly up is slow, and no alarm', async () => {
  await using at = await followed({});
  const sizes: number[] = [];
  for (let seconds = 0; sizes.at(-1) !== LEAVES.length; seconds += 99) {
    // The next bundle, and of all after it "not now".
    const next = `/entries/00${1 + sizes.length}`;
    at.shown.answer = (path) =>
      path.includes('entries') && !path.includes(next) ? { status: 503, body: '{}' } : undefined;
    const round = await at.round(seconds, { roundMsMax: 0 });
    assert.deepEqual([codesOf(round), round.goesOn], [[], round.replayed < LEAVES.length]);
    sizes.push(round.replayed);
  }
  assert.deepEqual(sizes, [512, LEAVES.length]);
  assert.equal(at.folder.vouched()?.size, LEAVES.length);
});

test('a round that is overdue ends after one bundle, and the next ones go on to the same checkpoint', async () => {
  using folder = openFolder(signer.vkey);
  const shown: Shown = { origin, signer, leaves: LEAVES, size: HONEST };
  await using log = await serveLog(shown);
  const rounds = await folder.withMonitor(
    log.url,
    async (monitor) => {
      const first = await monitor.round();
      shown.size = undefined;
      return [first, await monitor.round(), await monitor.round()];
    },
    { roundMsMax: 0 },
  );
  assert.deepEqual(
    rounds.map(({ replayed, goesOn, isClean }) => [replayed, goesOn, isClean]),
    [
      [256, true, false],
      [HONEST, false, true],
      [512, true, false],
    ],
  );
  assert.equal(folder.vouched()?.size, HONEST);
});

test('an alarm that the end of a growth decides stands until then', async () => {
  await using at = await followed({ size: HONEST });
  assert.deepEqual(codesOf(await at.round(0, { ageSecondsMax: 1, now: () => new Date(Date.now() + 60_000) })), [
    'monitor/stale',
  ]);
  at.shown.size = undefined;
  const round = await at.round(0, { roundMsMax: 0 });
  assert.deepEqual([round.goesOn, round.standing.map(({ code }) => code)], [true, ['monitor/stale']]);
  assert.deepEqual((await at.round()).standing, []);
});

test('rounds that go on are told as one, with all that they found', () => {
  const stale = { code: 'monitor/stale', message: '' } as const;
  const falseMap = { code: 'monitor/map-false', message: '' } as const;
  const round: Round = {
    ...{ alarms: [falseMap], raised: [], cleared: [], standing: [], replayed: 256, lists: 1 },
    ...{ isClean: false, goesOn: true },
  };
  const joined = joinRounds(round, { ...round, alarms: [stale, falseMap], replayed: 512, goesOn: false });
  assert.deepEqual([joined.alarms, joined.replayed], [[stale, falseMap], 512]);
  const clean = { ...round, alarms: [], isClean: true, goesOn: false };
  assert.deepEqual([joinRounds(round, clean).isClean, exitOf(joinRounds(round, clean))], [false, 29]);
});

test('no step is longer than the entries below one tile of level 1, and steps leave nothing out', () => {
  for (const [from, to] of [
    [0, 1],
    [0, 255],
    [255, 256],
    [256, 257],
    [65_535, 65_537],
    [0, 3 * STEP_ENTRIES_MAX],
    [100_000, 300_001],
    [IMPOSSIBLE - 1, IMPOSSIBLE],
    [IMPOSSIBLE - 200_000, IMPOSSIBLE],
  ] as const) {
    let at: number = from;
    for (let steps = 0; at < to; steps += 1) {
      const { end, bundles, edge } = nextStep(at, to);
      assert(end > at && end <= to && end - at <= STEP_ENTRIES_MAX && steps <= 4, `${at} to ${end}`);
      const tile = Math.floor(at / STEP_ENTRIES_MAX) * STEP_ENTRIES_MAX;
      assert.equal(tile + (bundles?.width ?? 0) * 256 + (edge?.width ?? 0), end);
      at = end;
    }
  }
});
