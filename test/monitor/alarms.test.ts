import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Cli } from '../../src/cli/cli.ts';
import { ALARM_EXIT, EXIT } from '../../src/cli/exit-codes.ts';
import { openPrinter } from '../../src/cli/world.ts';
import { formatWebhookSecret } from '../../src/core/event/webhook-signature.ts';
import { ALARMS, type AlarmCode, alarmOfFinding, gravest } from '../../src/core/monitor/alarm.ts';
import { type StandingAlarm, settleAlarms } from '../../src/core/monitor/standing.ts';
import { AlarmDesk } from '../../src/main/monitor/alarm-desk.ts';
import {
  formatMetrics,
  noteProgress,
  noteRound,
  serveMetrics,
  startCounting,
} from '../../src/main/monitor/monitor-metrics.ts';
import { tellRound } from '../../src/main/monitor/render-round.ts';
import type { Round } from '../../src/main/monitor/round.ts';
import type { AlarmData } from '../../src/main/monitor/webhook.ts';
import { verified } from '../webhooks/receiver.ts';

const NOW = '2026-03-01T12:00:00.000Z';
const alarm = (code: AlarmCode) => ({ code, message: `about ${code}` });
const standing = (code: AlarmCode, told = false): StandingAlarm => ({ ...alarm(code), since: NOW, told });

function roundOf(changes: Partial<Round>): Round {
  const clean = { alarms: [], raised: [], cleared: [], standing: [], isClean: true, goesOn: false };
  return { ...clean, replayed: 10, lists: 2, ...changes };
}

/** A post: its message, and how it came. */
type Post = {
  readonly type: string;
  readonly timestamp: string;
  readonly data: AlarmData;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
};

/** A webhook that answers what it is told to, the last of it again and again, and keeps what was posted. */
async function openWebhook(...statuses: readonly number[]) {
  const posts: Post[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      posts.push({
        ...(JSON.parse(body) as Pick<Post, 'type' | 'timestamp' | 'data'>),
        body,
        headers: request.headers,
      });
      response.statusCode = statuses[posts.length - 1] ?? statuses.at(-1) ?? 200;
      response.end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    posts,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A monitor as its desk sees it. */
function standIn(...alarms: readonly StandingAlarm[]) {
  const monitor = {
    origin: 'waybill-00',
    standing: alarms,
    told: (codes: readonly AlarmCode[]) => {
      monitor.standing = monitor.standing.map((each) => (codes.includes(each.code) ? { ...each, told: true } : each));
    },
  };
  return monitor;
}

const PATIENCE = { attempts: 3, timeoutMs: 2_000, backoffMs: 1 };
const stateAndCode = (posts: readonly Post[]) => posts.map(({ data: { state, code } }) => [state, code]);

test('an alarm that stands keeps its beginning, and is raised once', () => {
  const first = settleAlarms([], [alarm('monitor/stale')], NOW);
  assert.deepEqual(
    first.raised.map(({ code }) => code),
    ['monitor/stale'],
  );
  const second = settleAlarms(first.standing, [alarm('monitor/stale')], '2026-03-01T13:00:00.000Z');
  assert.deepEqual([second.raised, second.cleared, second.standing], [[], [], first.standing]);
  const third = settleAlarms(second.standing, [], NOW);
  assert.deepEqual([third.standing, third.cleared], [[], first.standing]);
});

test('an alarm that convicts the log does not pass by itself', () => {
  for (const code of Object.keys(ALARMS) as AlarmCode[]) {
    const left = settleAlarms([standing(code)], [], NOW).standing.length;
    assert.equal(left, ALARMS[code].convicts ? 1 : 0, code);
  }
});

test('what the replay finds is told by its own alarm (monitor/clock-back, monitor/map-false, monitor/not-replayable)', () => {
  const codeOf = (code: Parameters<typeof alarmOfFinding>[0]['code']) =>
    alarmOfFinding({ code, seq: 4, message: '' }).code;
  assert.equal(codeOf('entry/time-backwards'), 'monitor/clock-back');
  assert.equal(codeOf('map/root-mismatch'), 'monitor/map-false');
  assert.equal(codeOf('map/count-differs'), 'monitor/map-false');
  for (const code of ['entry/link-broken', 'list/link-broken', 'entry/after-seal', 'entry/malformed'] as const)
    assert.equal(codeOf(code), 'monitor/not-replayable');
  assert.equal(
    gravest([alarm('monitor/stale'), alarm('monitor/forked'), alarm('monitor/truncated')])?.code,
    'monitor/forked',
  );
});

test('a webhook hears of an alarm once, of its end once, and not at every round', async () => {
  using webhook = await openWebhook(200);
  const monitor = standIn(standing('monitor/rolled-back'));
  const desk = new AlarmDesk(monitor, 'http://log.example', { url: webhook.url }, PATIENCE);
  for (let round = 0; round < 3; round += 1) {
    desk.hear(roundOf({ isClean: false }));
    await desk.close(true);
  }
  assert.deepEqual(stateAndCode(webhook.posts), [['raised', 'monitor/rolled-back']]);
  const [raised] = webhook.posts;
  assert.deepEqual([raised?.type, raised?.timestamp], ['monitor.alarm', NOW]);
  const { origin, url, since } = raised?.data ?? {};
  assert.deepEqual([origin, url, since], ['waybill-00', 'http://log.example', NOW]);
  assert.equal(raised?.headers['webhook-signature'], undefined);
  const passed = monitor.standing;
  monitor.standing = [];
  desk.hear(roundOf({ cleared: passed }));
  await desk.close(true);
  assert.deepEqual(stateAndCode(webhook.posts).slice(1), [['cleared', 'monitor/rolled-back']]);
});

test('a webhook that fails is asked again so many times and no more, and once more after the next round', async () => {
  using webhook = await openWebhook(502, 502, 502, 503, 200);
  const monitor = standIn(standing('monitor/forked'));
  const desk = new AlarmDesk(monitor, 'http://log.example', { url: webhook.url }, PATIENCE);
  desk.hear(roundOf({ isClean: false }));
  await desk.close(true);
  assert.deepEqual([webhook.posts.length, monitor.standing[0]?.told], [3, false]);
  desk.hear(roundOf({ isClean: false }));
  await desk.close(true);
  assert.deepEqual([webhook.posts.length, monitor.standing[0]?.told], [5, true]);
});

test('a post is signed where its receiver has a secret, so that a library that is not ours accepts it, under one id', async () => {
  using webhook = await openWebhook(502, 200);
  const secret = Buffer.alloc(32, 7);
  const desk = new AlarmDesk(
    standIn(standing('monitor/forked')),
    'http://log.example',
    { url: webhook.url, secret },
    PATIENCE,
  );
  desk.hear(roundOf({ isClean: false }));
  await desk.close(true);
  assert.equal(webhook.posts.length, 2);
  for (const post of webhook.posts) assert.equal(verified(formatWebhookSecret(secret), post).type, 'monitor.alarm');
  assert.equal(new Set(webhook.posts.map(({ headers }) => headers['webhook-id'])).size, 1);
});

test('a webhook that nobody serves, or that leads elsewhere, keeps no round waiting', async () => {
  using elsewhere = await openWebhook(200);
  const lost = new AlarmDesk(
    standIn(standing('monitor/stale')),
    'http://log.example',
    { url: 'http://127.0.0.1:1/' },
    PATIENCE,
  );
  lost.hear(roundOf({}));
  lost.hear(roundOf({}));
  await lost.close(true);
  using redirecting = await openWebhook(302);
  const monitor = standIn(standing('monitor/stale'));
  const desk = new AlarmDesk(monitor, 'http://log.example', { url: redirecting.url }, PATIENCE);
  desk.hear(roundOf({}));
  await desk.close(true);
  assert.deepEqual([elsewhere.posts.length, monitor.standing[0]?.told], [0, false]);
});

test('the metrics say what is replayed, how far behind, and which alarms stand and were raised', async () => {
  const counts = startCounting(1_000, 5);
  const shown = { origin: 'waybill-00', size: 10, root: new Uint8Array(32) };
  noteRound(counts, roundOf({ shown, cosigned: 'note\n' }), 1_010);
  const forked = standing('monitor/forked');
  noteRound(
    counts,
    roundOf({ shown: { ...shown, size: 25 }, isClean: false, alarms: [forked], raised: [forked], standing: [forked] }),
    1_020,
  );
  const served = await serveMetrics(0, counts, () => 1_040);
  try {
    const base = `http://127.0.0.1:${served.port}`;
    const text = await (await fetch(`${base}/metrics`)).text();
    assert.equal(text, formatMetrics(counts, 1_040));
    for (const line of [
      'rounds_total 2',
      'entries_total 5',
      'replayed_entries 10',
      'checkpoint_entries 25',
      'lag_entries 15',
      'lag_seconds 30',
      'last_success_timestamp_seconds 1010',
      'alarms_total{code="monitor/forked"} 1',
      'alarm{code="monitor/forked"} 1',
      'alarm{code="monitor/halted"} 1',
      'alarm{code="monitor/stale"} 0',
    ])
      assert(text.includes(`\nwaybill_monitor_${line}\n`), line);
    // While a round goes on, too.
    noteProgress(counts, 20, 30);
    const moved = await (await fetch(`${base}/metrics`)).text();
    for (const line of ['entries_total 15', 'replayed_entries 20', 'lag_entries 10', 'rounds_total 2'])
      assert(moved.includes(`\nwaybill_monitor_${line}\n`), line);
    assert.equal(await (await fetch(`${base}/checkpoint`)).text(), 'note\n');
    const other = await fetch(`${base}/other`);
    assert.equal(`${other.status} ${await other.text()}`, '404 There are /metrics and /checkpoint.\n');
  } finally {
    served.server.close();
  }
});

test('a monitor says once that it follows the log, and then nothing of rounds that hold', () => {
  const told: string[] = [];
  const keep = (text: string | Uint8Array) => told.push(String(text));
  const world = {
    ...{ version: '0', environment: {}, home: '/', now: () => new Date(0), colour: false, knownPrograms: [] },
    ...{ write: keep, note: keep },
  };
  const cli: Cli = { world, print: openPrinter(world, false), connect: () => assert.fail() };
  const took = { seconds: 1, entries: 10 };
  tellRound(cli, roundOf({}), 'first', took, 'waybill-00');
  tellRound(cli, roundOf({}), 'later', took, 'waybill-00');
  assert.deepEqual(told.join('').trimEnd().split('\n').length, 1, told.join(''));
  assert.match(told.join(''), /^follows waybill-00: 10 entries hold; /);
  const stale = standing('monitor/stale');
  tellRound(cli, roundOf({ isClean: false, alarms: [stale], raised: [stale] }), 'first', took, 'waybill-00');
  assert.match(told.slice(1).join(''), /^ALARM monitor\/stale: about monitor\/stale\n$/);
});

test('the guide names every alarm with its exit code, and no exit code has two meanings', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/monitor.md'), 'utf8');
  for (const [code, exit] of Object.entries(ALARM_EXIT)) assert(guide.includes(`| \`${code}\` | ${exit} |`), code);
  const all = [...Object.values(ALARM_EXIT), ...Object.values(EXIT)];
  assert.equal(new Set(all).size, all.length);
});
