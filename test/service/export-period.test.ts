import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Caller } from '../../src/service/caller.ts';
import { type ExportRequest, exportPeriod } from '../../src/service/export-period.ts';
import { ServiceError } from '../../src/service/ports.ts';
import { shown } from '../export/export-under-test.ts';
import { attestStage } from '../harness/grown-ledger.ts';
import type { ServiceUnderTest } from '../harness/service-under-test.ts';
import { keyOf, openGrown } from '../period/period-under-test.ts';

async function linesOf(service: ServiceUnderTest, request: ExportRequest, caller: Caller = service.admin) {
  const answer = await exportPeriod(service.context, caller, request);
  if (!answer.ok) return answer.fault.code;
  const parts: string[] = [];
  for await (const part of answer.value) parts.push(part);
  return parts.join('').split(/(?<=\n)/);
}

const bySeq = (from: number, to: number) => ({ by: 'seq', from, to }) as const;

test('the lines of every period hold, from every replica, and go on after any of them to the same bytes', async () => {
  const { service, times } = await openGrown();
  await using _ = service;
  const peer = { ...service, context: (await service.openAnother()).context };
  const keys = [keyOf(service)];
  const size = times.length;
  const periods = [bySeq(0, size), bySeq(2, 7), bySeq(size - 1, size + 5)];
  const distinct = [...new Set(times)];
  for (const period of [
    ...periods,
    { by: 'time', from: distinct[1] ?? '', to: distinct.at(-1) ?? '' } as const,
    { by: 'time', from: '2000-01-01T00:00:00.000Z', to: '2001-01-01T00:00:00.000Z' } as const,
    { by: 'time', from: '2998-01-01T00:00:00.000Z', to: '2999-01-01T00:00:00.000Z' } as const,
  ]) {
    const lines = await linesOf(service, { period });
    assert(typeof lines !== 'string', JSON.stringify(period));
    const whole = shown(lines, keys);
    assert(typeof whole !== 'string', `${JSON.stringify(period)}: ${whole}`);
    assert.deepEqual(await linesOf(peer, { period }), lines);
    const { from, to } = whole.seqs;
    assert.equal(lines.length, to - from + 2);
    for (let after = from; after < to; after += 1) {
      const rest = await linesOf(peer, { period, size: whole.checkpoint.size, after });
      assert.deepEqual(rest, lines.slice(after - from + 2), `after ${after}`);
    }
  }
});

test('an export that is gone on with is of the state that it began with, however the log grows meanwhile', async () => {
  const { service } = await openGrown();
  await using _ = service;
  const period = { by: 'time', from: '2000-01-01T00:00:00.000Z', to: '2999-01-01T00:00:00.000Z' } as const;
  const before = await linesOf(service, { period });
  assert(typeof before !== 'string');
  const { size } = (await service.context.store.head()).frontier;
  await attestStage(service.context, service.admin, 'later');
  assert.deepEqual(await linesOf(service, { period, size }), before);
  assert.deepEqual(await linesOf(service, { period, size, after: 3 }), before.slice(5));
  assert.notDeepEqual(await linesOf(service, { period }), before);
  for (const unpublished of [size + 1, 0, Number.MAX_SAFE_INTEGER])
    assert.equal(await linesOf(service, { period, size: unpublished }), 'service/not-found');
  assert.equal(await linesOf(service, { period: bySeq(3, 6), after: 6 }), 'service/out-of-range');
  assert.equal(await linesOf(service, { period: bySeq(3, 6), after: 2 }), 'service/out-of-range');
  assert.equal(await linesOf(service, { period: bySeq(9_999, 10_000) }), 'service/out-of-range');
});

test('only whoever may read the whole ledger gets one (auth/repository-out-of-scope, auth/role-not-allowed)', async () => {
  const { service } = await openGrown();
  await using _ = service;
  const caller = (role: Caller['role'], repositories: readonly string[]) => ({ ...service.admin, role, repositories });
  const code = (one: Caller) => linesOf(service, { period: bySeq(0, 3) }, one);
  assert.equal(await code(caller('auditor', ['shop/*'])), 'auth/repository-out-of-scope');
  assert.equal(await code(caller('release-manager', ['*'])), 'auth/role-not-allowed');
  assert.equal(typeof (await code(caller('auditor', ['*']))), 'object');
});

test('no lines are ended where what is stored is not what the head covers (head/not-ours)', async () => {
  const { service } = await openGrown();
  await using _ = service;
  const { store } = service.context;
  const { leaves } = store;
  Object.assign(store, {
    leaves: async (from: number, limit: number) => {
      const read = await leaves(from, limit);
      return read.map((leaf, place) => (from + place === 4 ? Buffer.from(leaf).fill('x', 5, 6) : leaf));
    },
  });
  const lines: string[] = [];
  await assert.rejects(
    async () => {
      const answer = await exportPeriod(service.context, service.admin, { period: bySeq(2, 7) });
      assert(answer.ok);
      for await (const part of answer.value) lines.push(part);
    },
    (error) => error instanceof ServiceError && error.fault.code === 'head/not-ours',
  );
  Object.assign(store, { leaves });
  assert(!lines.join('').includes('"right"'), 'the last line is not there');
});
