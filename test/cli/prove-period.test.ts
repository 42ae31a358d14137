import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { PERIOD_BYTES_MAX } from '../../src/core/limits.ts';
import { forkedReceipt } from './forked-receipt.ts';
import { openHttpService } from './http-service.ts';
import { errorCode, openMachine } from './run-cli.ts';

const LAYOUT = join(import.meta.dirname, '../../examples/image-layout');

describe('the proof of a period', () => {
  let service: Awaited<ReturnType<typeof openHttpService>>;
  let online: ReturnType<typeof openMachine>;
  const offline = openMachine();
  const file = join(offline.home, 'period.json');
  const receipt = join(offline.home, 'api.receipt.json');

  before(async () => {
    service = await openHttpService();
    online = openMachine({ WAYBILL_URL: service.url, WAYBILL_TOKEN: service.token });
    const ran = await online.run('sign', LAYOUT, '--repository', 'shop/api', '--receipt', receipt);
    assert.equal(ran.exit, 0, ran.err);
    const taken = await online.run('prove-period', '--from', '2', '--to', '4', '-o', file, '--json');
    assert.equal(taken.exit, 0, taken.out + taken.err);
    assert.equal(JSON.parse(taken.out).entries, 2);
  });
  after(async () => {
    await service[Symbol.asyncDispose]();
  });

  test('holds under the log key without a network, and says which entries it shows', async () => {
    const ran = await offline.run('verify', file, '--log-key', service.logKey, '--json');
    assert.equal(ran.exit, 0, ran.out + ran.err);
    const { period, ended, firstSeq, lastSeq, entries } = JSON.parse(ran.out);
    assert.deepEqual([period, ended, firstSeq, lastSeq, entries], ['holds', true, 2, 3, 2]);
    const { before, after } = JSON.parse(ran.out);
    assert.deepEqual([before.seq, after.seq], [1, 4]);
    const people = await offline.run('verify', file, '--log-key', service.logKey, '--receipt', receipt);
    assert.match(people.out, /^These are all entries of the period\n/);
    assert.match(people.err, /Nothing contradicts the receipt/);
  });

  test('by time, as a date or in any RFC 3339 spelling, ends with 11 where the period had not ended', async () => {
    for (const to of ['2999-01-01', '2999-01-01T00:00:00Z', '2999-01-01T02:00:00.5+02:00']) {
      const open = join(offline.home, 'open.json');
      const taken = await online.run('prove-period', '--from', '2000-01-01', '--to', to, '-o', open, '--json');
      assert.equal(taken.exit, 11, taken.out + taken.err);
      const ran = await offline.run('verify', open, '--log-key', service.logKey, '--json');
      assert.equal(ran.exit, 11);
      assert.equal(JSON.parse(ran.out).ended, false);
      assert.equal(JSON.parse(ran.out).firstSeq, 0);
      const people = await offline.run('verify', open, '--log-key', service.logKey);
      assert.match(people.out, /^The period had not ended: /);
    }
  });

  test('counts for nothing without a log key of the reader’s (12, origin/not-confirmed)', async () => {
    const ran = await offline.run('verify', file, '--json');
    assert.deepEqual([ran.exit, errorCode(ran)], [12, 'origin/not-confirmed']);
  });

  test('does not hold when it was changed (12, period/hash-wrong) or is no proof at all (12, period/malformed)', async () => {
    const changed = join(offline.home, 'changed.json');
    writeFileSync(changed, readFileSync(file, 'utf8').replace('"to":4', '"to":3'));
    const ran = await offline.run('verify', changed, '--log-key', service.logKey, '--json');
    assert.deepEqual([ran.exit, errorCode(ran)], [12, 'period/hash-wrong']);
    writeFileSync(changed, '{ "type": "waybill/period/v1" }\n');
    const none = await offline.run('verify', changed, '--log-key', service.logKey, '--json');
    assert.deepEqual([none.exit, errorCode(none)], [12, 'period/malformed']);
  });

  test('meets a receipt of another entry at a place that it shows (13, checkpoint/forked), of neighbours as well', async () => {
    for (const seq of [1, 3]) {
      const forked = join(offline.home, 'forked.receipt.json');
      writeFileSync(forked, await forkedReceipt(service.under, seq));
      const ran = await offline.run('verify', file, '--log-key', service.logKey, '--receipt', forked, '--json');
      assert.deepEqual([ran.exit, errorCode(ran)], [13, 'checkpoint/forked'], ran.out);
    }
  });

  test('is refused for bounds that are none (2, cli/bad-argument), and beyond the log (3, service/out-of-range)', async () => {
    for (const [from, to] of [
      ['yesterday', '2999-01-01'],
      ['2026-02-30', '2999-01-01'],
      ['1', '2999-01-01'],
      ['2026-01-01', '01'],
    ] as const) {
      const ran = await online.run('prove-period', '--from', from, '--to', to, '-o', '-', '--json');
      assert.deepEqual([ran.exit, errorCode(ran)], [2, 'cli/bad-argument'], `${from} ${to}`);
    }
    const beyond = await online.run('prove-period', '--from', '1000', '--to', '1001', '-o', '-', '--json');
    assert.deepEqual([beyond.exit, errorCode(beyond)], [3, 'service/out-of-range']);
    const backwards = await online.run('prove-period', '--from', '3', '--to', '3', '-o', '-', '--json');
    assert.deepEqual([backwards.exit, errorCode(backwards)], [3, 'http/malformed-parameter']);
  });

  test('is asked for in parts where it is too large (413, period/too-large)', async () => {
    const { store } = service.under.context;
    const leafBytes = store.leafBytes;
    Object.assign(store, { leafBytes: async () => PERIOD_BYTES_MAX + 1 });
    const ran = await online.run('prove-period', '--from', '0', '--to', '4', '-o', '-', '--json');
    Object.assign(store, { leafBytes });
    assert.deepEqual([ran.exit, errorCode(ran)], [3, 'period/too-large']);
    assert.match(ran.out, /entries from seq 0 up to but without 4/);
  });
});
