import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { View } from '../../src/core/custody/as-of.ts';
import { formatTime, parseTime } from '../../src/core/entry/time.ts';
import { attest, custodyLedger, QUESTION, revoke } from '../custody/custody-under-test.ts';
import { openHttpService } from './http-service.ts';
import { errorCode, openMachine, type Ran } from './run-cli.ts';

const said = (ran: Ran) => JSON.parse(ran.out);

describe('a file about the past', () => {
  const { home, run } = openMachine();
  const ledger = custodyLedger();
  const { size, time } = ledger;
  revoke(ledger, 'pipeline', ledger.entry(6).time);
  attest(ledger, { stage: 'lint', key: 'service', entry: { time: '2026-05-01T00:00:00.000Z' } });
  const put = (name: string, view?: View) => {
    const question = view === undefined ? QUESTION : { ...QUESTION, asOf: { size, view } };
    writeFileSync(join(home, name), ledger.evidenceBytes(question));
    return join(home, name);
  };
  const [then, now, newest] = [put('then.json', 'then'), put('now.json', 'now'), put('newest.json')];
  const verify = (file: string, ...more: readonly string[]) =>
    run('verify', file, '--log-key', ledger.vkey, '--json', ...more);

  test('that says yes is not taken for one of now (15), unless it was asked for (0)', async () => {
    const unasked = await verify(then);
    assert.equal(unasked.exit, 15, unasked.err);
    const people = await run('verify', then, '--log-key', ledger.vkey);
    assert.equal(people.exit, 15);
    assert.match(people.err, /about a past state.*--as-of/s);
    const { verdict, asOf, evaluatedAt } = said(unasked);
    assert.deepEqual([verdict, asOf.size, asOf.view, asOf.time, evaluatedAt], ['pass', size, 'then', time, time]);
    for (const place of [String(size), time, '2026-04-01'])
      assert.equal((await verify(then, '--as-of', place)).exit, 0, place);
    assert.equal((await verify(then, '--as-of', String(size), '--view', 'then')).exit, 0);
  });

  test('that says no says it either way (10)', async () => {
    assert.equal((await verify(now)).exit, 10);
    assert.equal((await verify(now, '--as-of', String(size), '--view', 'now')).exit, 10);
  });

  test('of another state or view than was asked for, or of now, is no answer (12, custody/wrong-question)', async () => {
    const reasons = (ran: Ran) => said(ran).checks.flatMap(({ reason }: { reason?: string }) => reason ?? []);
    for (const [file, ...asked] of [
      [then, '--as-of', String(size + 2)],
      [then, '--as-of', String(size), '--view', 'now'],
      [newest, '--as-of', String(size)],
      [newest, '--as-of', time],
    ] as [string, ...string[]][]) {
      const ran = await verify(file, ...asked);
      assert.equal(ran.exit, 12, asked.join(' '));
      assert(reasons(ran).includes('custody/wrong-question'), asked.join(' '));
    }
    const before = formatTime((parseTime(time) ?? 0) - 1);
    const late = await verify(then, '--as-of', before);
    assert.deepEqual([late.exit, errorCode(late)], [12, 'custody/wrong-question']);
  });

  test('tells people in its first line which question it answers', async () => {
    const ran = await run('verify', then, '--log-key', ledger.vkey, '--as-of', String(size));
    assert.match(ran.out, /^Custody is proved, as known at 2026-03-01 12:11:00 UTC\n/);
    assert.match(ran.out, /^ {2}as of +12 entries, the newest of .*; judged by what was known then$/m);
    const about = await run('verify', now, '--log-key', ledger.vkey);
    assert.match(about.out, /judged by what is known now, 2026-05-01T00:00:00.000Z$/m);
  });

  test('is evaluated at another time where one is given', async () => {
    const ran = await verify(then, '--as-of', String(size), '--at', '2026-06-01T00:00:00Z');
    assert.deepEqual([ran.exit, said(ran).evaluatedAt], [0, '2026-06-01T00:00:00.000Z']);
  });

  test('is asked for in words that mean something (2, cli/bad-argument)', async () => {
    for (const more of [
      ['--view', 'now'],
      ['--as-of', 'yesterday'],
      ['--as-of', '2026-02-30'],
    ]) {
      const ran = await verify(then, ...more);
      assert.deepEqual([ran.exit, errorCode(ran)], [2, 'cli/bad-argument'], more.join(' '));
    }
    assert.equal((await verify(then, '--as-of', '7', '--view', 'later')).exit, 2);
  });
});

describe('the past of a service', () => {
  let service: Awaited<ReturnType<typeof openHttpService>>;
  const { home, runWith } = openMachine();
  const run = (...args: readonly string[]) =>
    runWith(undefined)(...args, '--url', service.url, '--token-file', join(home, 'token'), '--json');
  let image = '';

  before(async () => {
    service = await openHttpService();
    writeFileSync(join(home, 'token'), service.token, { mode: 0o600 });
    const config = {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: `sha256:${'1'.repeat(64)}`,
      size: 2,
    };
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config,
      layers: [],
    });
    writeFileSync(join(home, 'manifest.json'), manifest);
    image = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
    const signed = await run('sign', join(home, 'manifest.json'), '--repository', 'shop/api');
    assert.equal(signed.exit, 0, signed.out + signed.err);
  });
  after(() => service[Symbol.asyncDispose]());

  test('is verified here, by size and by time, and reported (11: no contract covers it)', async () => {
    const plain = await run('verify', image, '--log-key', service.logKey);
    const { size, time } = said(plain).checkpoint;
    writeFileSync(join(home, 'c.yaml'), 'contract: shop\nrepositories: ["shop/*"]\nstages:\n  - stage: test\n');
    assert.equal((await run('contract', 'publish', join(home, 'c.yaml'))).exit, 0);
    for (const [exit, ...past] of [
      [10],
      [11, '--as-of', String(size)],
      [11, '--as-of', time],
      [10, '--as-of', String(size), '--view', 'now'],
    ] as [number, ...string[]][]) {
      const ran = await run('verify', image, '--log-key', service.logKey, ...past);
      assert.equal(ran.exit, exit, ran.out + ran.err);
      assert.equal(said(ran).asOf?.size, past.length === 0 ? undefined : size);
    }
    for (const format of ['html', 'evidence']) {
      const file = join(home, `report.${format}`);
      const made = await run('report', image, '--as-of', String(size), '--view', 'now', '--format', format, '-o', file);
      assert.equal(made.exit, 0, made.out + made.err);
      const ran = await runWith(undefined)('verify', file, '--evidence-only', '--log-key', service.logKey, '--json');
      assert.deepEqual([ran.exit, said(ran).asOf.view], [10, 'now'], ran.out);
    }
  });

  test('that was never published is refused by the service (3, asof/not-published)', async () => {
    const ran = await run('verify', image, '--log-key', service.logKey, '--as-of', '2020-01-01');
    assert.deepEqual([ran.exit, errorCode(ran)], [3, 'asof/not-published']);
  });
});
