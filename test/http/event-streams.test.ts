import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { fail, ok } from '../../src/core/fault.ts';
import { followEvents, SERVER_SENT } from '../../src/http/event-parts.ts';
import { openService } from '../../src/service/open-service.ts';
import { attestStage, growLedger } from '../harness/grown-ledger.ts';
import { openFollower } from './event-follower.ts';
import { leavesOf, listen, openEvents } from './events-under-test.ts';
import { stubService } from './stub-service.ts';

test('a stream goes on with what comes, as server-sent events whose ids are seqs', async () => {
  await using log = await openEvents();
  await growLedger(log.under, 2);
  const size = (await leavesOf(log.under)).length;
  await using follower = await log.follow('?after=newest', log.admin, { accept: 'text/event-stream' });
  assert.equal(follower.contentType, 'text/event-stream');
  await attestStage(log.under.context, log.under.admin, 'later');
  await follower.until(() => follower.events.some(({ kind }) => kind === 'attestation.recorded'));
  assert.equal(follower.retryMs(), 2_000);
  for (const [place, event] of follower.events.entries()) {
    assert.equal(event.seq, size + place);
    assert.equal(follower.ids[place], String(event.seq));
  }
});

test('a revoked token, a revoked principal and a narrowed grant end what a stream tells at once', async () => {
  await using log = await openEvents();
  for (const name of ['one', 'two', 'three']) await log.grant(name, 'auditor', ['*']);
  const [one, two, three] = [await log.tokenOf('one'), await log.tokenOf('two'), await log.tokenOf('three')];
  const stream = { accept: 'text/event-stream' };
  await using first = await log.follow('?after=newest', one.token, stream);
  await using second = await log.follow('?after=newest', two.token, stream);
  await using third = await log.follow(
    '?after=newest&kind=attestation.recorded&kind=image.signed',
    three.token,
    stream,
  );
  await log.service.revokeToken(log.under.admin, one.id);
  await log.service.revokePrincipal(log.under.admin, 'two');
  await first.ended;
  await second.ended;
  assert.deepEqual(first.refusals, ['auth/token-revoked']);
  assert.deepEqual(second.refusals, ['auth/principal-revoked']);
  await log.grant('three', 'auditor', ['bank/*']);
  await growLedger(log.under, 2);
  await log.service.revokePrincipal(log.under.admin, 'three');
  await third.ended;
  assert.deepEqual(third.events, [], 'nothing of a repository that the grant no longer reaches');
});

test('a stream that waits for what is to come says where it begins, so that a break before its first event is no gap', async () => {
  await using log = await openEvents();
  const last = String((await leavesOf(log.under)).length - 1);
  await using lines = await log.follow('?after=newest&follow=true');
  await using stream = await log.follow('?after=newest', log.admin, { accept: 'text/event-stream' });
  await stream.until(() => stream.sent().includes('\n\n'));
  assert.equal(lines.reached, last);
  // A block with an id alone: clients remember it, and send it along when they come again.
  assert.equal(stream.sent(), `retry: 2000\nid: ${last}\n\n`);
});

test('who may read is asked again before each part, so that a slow reader is sent nothing more once that is over', async () => {
  const caller = { principal: 'a', role: 'auditor', repositories: ['*'], stages: ['*'], grants: 1 } as const;
  const line = JSON.stringify({ filler: 'x'.repeat(60_000) });
  let revoked = false;
  const parts = followEvents({
    readEvents: async (_caller, { after }) => {
      const seqs = [1, 2, 3].map((step) => Number(after) + step);
      return ok({ events: seqs.map((seq) => ({ event: { seq } as never, line })), reached: Number(after) + 3 });
    },
    caller,
    request: { after: 0 },
    readmit: async () => (revoked ? fail('auth/token-revoked', 'It was revoked.') : ok(caller)),
    ending: new AbortController().signal,
    form: SERVER_SENT,
    noteError: (error) => assert.fail(String(error)),
  });
  const next = async () => String((await parts.next()).value);
  assert.match(await next(), /^retry/);
  assert.deepEqual(
    [(await next()).slice(0, 6), (await next()).slice(0, 6)],
    ['id: 1\n', 'id: 2\n'],
    'none is left out',
  );
  revoked = true;
  assert.equal(await next(), 'event: refused\ndata: {"code":"auth/token-revoked"}\n\n');
  assert.equal((await parts.next()).done, true);
});

test('a stop ends every stream at once, and each goes on elsewhere behind its last event', async () => {
  await using log = await openEvents();
  const seen: unknown[] = [];
  await using before = await log.follow('', log.admin, { accept: 'text/event-stream' });
  await before.until(() => before.events.length >= 5);
  log.served.stop();
  await before.ended;
  seen.push(...before.events.map(({ seq }) => seq));
  await using other = await listen(openService(log.under.context));
  await growLedger(log.under, 2);
  const size = (await leavesOf(log.under)).length;
  await using after = await openFollower(`${other.url}/v1/events`, {
    authorization: `Bearer ${log.admin}`,
    'last-event-id': before.ids.at(-1) ?? '',
    accept: 'text/event-stream',
  });
  await after.until(() => seen.length + after.events.length >= size);
  seen.push(...after.events.map(({ seq }) => seq));
  assert.deepEqual(
    seen.slice(0, size),
    Array.from({ length: size }, (_, seq) => seq),
  );
});

test('a stream that nobody reads is cut off, and nothing is read ahead for it', async () => {
  let asked = 0;
  const line = JSON.stringify({ filler: 'x'.repeat(60_000) });
  const endless = stubService({
    readEvents: async (_caller, { limit }) => {
      asked += 1;
      const events = limit === 0 ? [] : Array.from({ length: 64 }, () => ({ event: { seq: asked } as never, line }));
      return ok({ events, reached: asked });
    },
  });
  await using served = await listen(endless, { readingTimes: { graceMs: 300, bytesPerSecondMin: 1 } });
  const socket = connect(served.port, '127.0.0.1');
  socket.pause();
  socket.write(
    'GET /v1/events?follow=true HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer wbt_auditor\r\nConnection: close\r\n\r\n',
  );
  await once(socket, 'connect');
  // What the kernel takes is sent; then the reader is waited for, and given up. Only reading shows the end of it.
  for (let before = -1; before !== asked; ) {
    before = asked;
    await new Promise((resume) => setTimeout(resume, 700));
  }
  assert(asked < 500, `${asked} parts of 60 KB were made for nobody`);
  let received = 0;
  socket.on('data', (part) => {
    received += part.length;
  });
  socket.on('error', () => undefined);
  socket.resume();
  await once(socket, 'close');
  assert(received < 64 * 1024 * 1024);
});

test('one principal follows so many streams and no more (http/too-many-at-once); who leaves makes room', async () => {
  await using log = await openEvents({ streams: { perPrincipal: 2, together: 3 } });
  await log.grant('other', 'auditor', ['*']);
  await log.grant('third', 'auditor', ['*']);
  const [other, third] = [await log.tokenOf('other'), await log.tokenOf('third')];
  await using first = await log.follow('?follow=true');
  await using _second = await log.follow('?follow=true');
  const refused = await log.page('?follow=true');
  assert.deepEqual([refused.status, refused.code], [429, 'http/too-many-at-once']);
  await using _others = await log.follow('?follow=true', other.token);
  const full = await log.page('?follow=true', third.token);
  assert.deepEqual([full.status, full.code], [503, 'service/overloaded']);
  await first[Symbol.asyncDispose]();
  let again = await log.follow('?follow=true', third.token).catch(() => undefined);
  while (again === undefined) again = await log.follow('?follow=true', third.token).catch(() => undefined);
  await again[Symbol.asyncDispose]();
});
