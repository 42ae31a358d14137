import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PERIOD_BYTES_MAX } from '../../src/core/limits.ts';
import { provePeriod } from '../../src/service/prove-period.ts';
import { attestStage } from '../harness/grown-ledger.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';
import { IN_AGES, PERIOD_MUTATIONS } from './period-mutations.ts';
import {
  bySeq,
  byTime,
  bytesOf,
  documentOf,
  keyOf,
  openGrown,
  prove,
  proveWithEverything,
  shown,
} from './period-under-test.ts';

const AGES_AGO = '2000-01-01T00:00:00.000Z';

test('a period by seq shows exactly its entries, both neighbours, and two checkpoints, wherever it begins and ends', async () => {
  const { service, times } = await openGrown();
  await using _ = service;
  const size = times.length;
  for (let from = 0; from < size; from += 1) {
    for (let to = from + 1; to <= size + 1; to += 1) {
      const bytes = await prove(service, bySeq(from, to));
      const document = documentOf(bytes);
      const end = Math.min(to, size);
      assert.deepEqual(
        document.entries.map(({ seq }) => seq),
        Array.from({ length: end - from }, (_, index) => from + index),
      );
      assert.equal(document.before?.seq, from === 0 ? undefined : from - 1);
      assert.equal(document.after?.seq, to < size ? to : undefined);
      const result = shown(bytes, [keyOf(service)]);
      assert(typeof result !== 'string', `[${from}, ${to}): ${result}`);
      assert.equal(result.entries.length, end - from);
      assert.equal(result.ended, to <= size);
      assert(result.earlier === undefined || result.earlier.size <= from);
      assert.deepEqual(bytesOf(document), bytes, 'its form is canonical');
    }
  }
});

test('a period by time shows every entry of it, of an empty one that there is none, and says when it has not ended', async () => {
  const { service, times } = await openGrown();
  await using _ = service;
  const keys = [keyOf(service)];
  const distinct = [AGES_AGO, ...new Set(times), IN_AGES];
  for (const [place, from] of distinct.entries()) {
    for (const to of distinct.slice(place + 1)) {
      const result = shown(await prove(service, byTime(from, to)), keys);
      assert(typeof result !== 'string', `[${from}, ${to}): ${result}`);
      const expected = times.flatMap((time, seq) => (from <= time && time < to ? [seq] : []));
      assert.deepEqual(
        result.entries.map(({ entry }) => entry.seq),
        expected,
      );
      assert.equal(
        result.ended,
        times.some((time) => time >= to),
      );
    }
  }
  const [before, after] = [
    shown(await prove(service, byTime(AGES_AGO, '2001-01-01T00:00:00.000Z')), keys),
    shown(await prove(service, byTime('2998-01-01T00:00:00.000Z', IN_AGES)), keys),
  ];
  assert(typeof before !== 'string' && before.entries.length === 0 && before.ended);
  assert(typeof after !== 'string' && after.entries.length === 0 && !after.ended);
});

test('the proof of a period that has ended is the same bytes from every replica, however the log grows', async () => {
  const { service, times } = await openGrown();
  await using _ = service;
  const peer = { ...service, context: (await service.openAnother()).context };
  const periods = [bySeq(2, 5), bySeq(0, 1), byTime(times[3] ?? '', times.at(-1) ?? '')];
  const first = await Promise.all(periods.map((period) => prove(service, period)));
  await attestStage(service.context, service.admin, 'later');
  for (const [index, period] of periods.entries())
    for (const each of [service, peer]) assert.deepEqual(await prove(each, period), first[index]);
});

test('every change of a proof meets its code, whatever hash is put at its end', async (t) => {
  const { service } = await openGrown();
  await using _ = service;
  const keys = [keyOf(service)];
  const bytes = await proveWithEverything(service);
  assert.equal(typeof shown(bytes, keys), 'object');
  const sample = documentOf(bytes);
  for (const [name, change, code] of PERIOD_MUTATIONS) {
    await t.test(`${name} (${code})`, () => {
      const document = documentOf(bytes);
      change(document);
      assert.equal(shown(bytesOf(document), keys), code);
      document.sha256 = sample.sha256;
    });
  }
  await t.test('a change without a new hash (period/hash-wrong)', () => {
    const text = Buffer.from(bytes).toString('utf8').replace(`"to":${sample.period.to}`, '"to":9999');
    assert.equal(shown(Buffer.from(text), keys), 'period/hash-wrong');
  });
});

test('a server that shows the first entries as neighbours with paths of its own is found out by their place or time', async () => {
  const { service, times } = await openGrown();
  await using _ = service;
  const keys = [keyOf(service)];
  const [, from = '', ...later] = [...new Set(times)];
  const to = later.at(-1) ?? '';
  const truth = documentOf(await prove(service, byTime(from, to)));
  const first = truth.entries[0]?.seq ?? 0;
  const last = truth.entries.at(-1)?.seq ?? 0;
  // Honest proofs of a smaller range, under the question of the larger one.
  const withoutFirst = documentOf(await prove(service, bySeq(first + 1, last + 1)));
  const withoutLast = documentOf(await prove(service, bySeq(first, last)));
  for (const document of [withoutFirst, withoutLast]) {
    document.period = truth.period;
    assert.equal(shown(bytesOf(document), keys), 'period/neighbour-inside');
  }
  const more = documentOf(await prove(service, bySeq(first - 1, last + 1)));
  more.period = truth.period;
  assert.equal(shown(bytesOf(more), keys), 'period/entry-outside');
  // The neighbour is left out, and everything else made to fit: only the end of the log may have none.
  const cut = documentOf(await prove(service, bySeq(first, last)));
  const { after: _after, ...unbounded } = { ...cut, period: { from: first, to: last + 1 } };
  assert.equal(shown(bytesOf(unbounded), keys), 'period/neighbour-missing');
});

test('a proof counts under the key of its log alone (note/no-known-signature)', async () => {
  const { service } = await openGrown();
  await using _ = service;
  await using other = await openServiceUnderTest();
  assert.equal(shown(await prove(service, bySeq(0, 2)), [keyOf(other)]), 'note/no-known-signature');
  const [mine, theirs] = [documentOf(await proveWithEverything(service)), documentOf(await prove(other, bySeq(0, 2)))];
  mine.earlier = theirs.checkpoint;
  assert.equal(shown(bytesOf(mine), [keyOf(service), keyOf(other)]), 'period/wrong-log');
});

test('the service refuses a period beyond the log (service/out-of-range) and one too large (period/too-large)', async () => {
  const { service, times } = await openGrown();
  await using _ = service;
  const { context, admin } = service;
  const beyond = await provePeriod(context, admin, bySeq(times.length, times.length + 1));
  assert.equal(beyond.ok ? 'ok' : beyond.fault.code, 'service/out-of-range');
  const store = { ...context.store, leafBytes: async () => PERIOD_BYTES_MAX + 1 };
  const large = await provePeriod({ ...context, store }, admin, byTime(AGES_AGO, IN_AGES));
  assert(!large.ok && large.fault.code === 'period/too-large');
  assert(large.fault.message.includes(`from seq 0 up to but without ${times.length}`), large.fault.message);
  // Of a log with far more entries their bytes are not even counted, which would take longer with each of them.
  const head = await context.store.head();
  const checkpoint = async () => ({ checkpoint: '', head: { ...head, frontier: { ...head.frontier, size: 20_000 } } });
  const uncounted = { ...context.store, leafBytes: () => assert.fail('counted') };
  const many = { ...context, store: uncounted, sequencer: { checkpoint } as unknown as typeof context.sequencer };
  const counted = await provePeriod(many, admin, bySeq(0, 15_000));
  assert.equal(counted.ok ? 'ok' : counted.fault.code, 'period/too-large');
  const pipeline = await provePeriod(context, { ...admin, role: 'pipeline' }, bySeq(0, 1));
  assert.equal(pipeline.ok ? 'ok' : pipeline.fault.code, 'auth/role-not-allowed');
});
