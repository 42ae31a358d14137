import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { formatVkey } from '../../src/core/checkpoint/signed-note.ts';
import { parseCsv } from '../export/parse-csv.ts';
import { openHttpService } from './http-service.ts';
import { errorCode, openMachine } from './run-cli.ts';

const LAYOUT = join(import.meta.dirname, '../../examples/image-layout');

describe('a report as signed JSON, and as a table', () => {
  let service: Awaited<ReturnType<typeof openHttpService>>;
  const offline = openMachine();
  const file = join(offline.home, 'custody.json');
  const evidence = join(offline.home, 'evidence.json');
  const key = () => ['--log-key', service.logKey] as const;

  before(async () => {
    service = await openHttpService();
    const online = openMachine({ WAYBILL_URL: service.url, WAYBILL_TOKEN: service.token });
    for (const command of [
      ['sign', LAYOUT, '--repository', 'shop/api'],
      ['report', LAYOUT, '--format', 'json', '-o', file],
      ['report', LAYOUT, '--format', 'evidence', '-o', evidence],
      ['report', LAYOUT, '--format', 'csv', '-o', join(offline.home, 'online.csv')],
    ]) {
      const ran = await online.run(...command);
      assert.equal(ran.exit, 0, ran.out + ran.err);
    }
  });
  after(async () => {
    await service[Symbol.asyncDispose]();
  });

  test('is verified without the service, says what it found and whose word that is, and exits as the verdict says', async () => {
    const ran = await offline.run('verify', file, ...key(), '--json');
    assert.equal(ran.exit, 11, ran.out + ran.err);
    const { signedReport, judgedHere, verdict, repository, signed } = JSON.parse(ran.out);
    assert.deepEqual([signedReport, judgedHere, verdict, repository], ['holds', false, 'unjudged', 'shop/api']);
    assert.equal(signed.origin, service.logKey.split('+')[0]);
    const people = await offline.run('verify', file, ...key());
    assert.match(people.out, /^The service of this log signed that the verdict was: unjudged\n/);
    assert.match(people.out, /This is the word of the service; nothing was judged here\./);
  });

  test('names the very evidence that the service hands out', async () => {
    const { evidenceSha256 } = JSON.parse((await offline.run('verify', file, ...key(), '--json')).out);
    assert.equal(evidenceSha256, createHash('sha256').update(readFileSync(evidence)).digest('hex'));
  });

  test('counts for nothing without a log key, under another, or where it was changed (12)', async () => {
    const bare = await offline.run('verify', file, '--json');
    assert.deepEqual([bare.exit, errorCode(bare)], [12, 'origin/not-confirmed']);
    const { publicKey } = generateKeyPairSync('ed25519');
    const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
    const other = formatVkey(service.logKey.split('+', 1)[0] ?? '', 1, raw);
    const foreign = await offline.run('verify', file, '--log-key', other, '--json');
    assert.deepEqual([foreign.exit, errorCode(foreign)], [12, 'note/no-known-signature']);
    const changed = join(offline.home, 'changed.json');
    const envelope = JSON.parse(readFileSync(file, 'utf8'));
    const payload = Buffer.from(envelope.payload, 'base64').toString().replaceAll('"unjudged"', '"pass"');
    writeFileSync(changed, JSON.stringify({ ...envelope, payload: Buffer.from(payload).toString('base64') }));
    const ran = await offline.run('verify', changed, ...key(), '--json');
    assert.deepEqual([ran.exit, errorCode(ran)], [12, 'dsse/no-trusted-signature']);
  });

  test('about another image than was asked for is refused (12, custody/wrong-question)', async () => {
    const image = `sha256:${'00'.repeat(32)}`;
    const ran = await offline.run('verify', file, ...key(), '--image', image, '--json');
    assert.deepEqual([ran.exit, errorCode(ran)], [12, 'custody/wrong-question']);
  });

  test('is held against its evidence, which is then judged here (12, report/other-evidence)', async () => {
    const own = await offline.run('verify', file, ...key(), '--against', evidence, '--json');
    assert.deepEqual([own.exit, JSON.parse(own.out).judgedHere], [11, true], own.out + own.err);
    const people = await offline.run('verify', file, ...key(), '--against', evidence);
    assert.match(people.out, /was judged here as of then, and gives the same verdict\./);
    const other = join(offline.home, 'other.json');
    const online = openMachine({ WAYBILL_URL: service.url, WAYBILL_TOKEN: service.token });
    const asked = ['-e', 'production', '--format', 'evidence', '-o', other];
    assert.equal((await online.run('report', LAYOUT, ...asked)).exit, 0);
    const wrong = await offline.run('verify', file, ...key(), '--against', other, '--json');
    assert.deepEqual([wrong.exit, errorCode(wrong)], [12, 'report/other-evidence']);
    const none = await offline.run('verify', file, ...key(), '--against', LAYOUT, '--json');
    assert.deepEqual([none.exit, errorCode(none)], [5, 'cli/unusable-file']);
    const alone = await offline.run('verify', evidence, ...key(), '--against', file, '--json');
    assert.deepEqual([alone.exit, errorCode(alone)], [2, 'cli/usage']);
  });

  test('names its environment, and is of no other (12, custody/wrong-question)', async () => {
    const there = join(offline.home, 'production.json');
    const online = openMachine({ WAYBILL_URL: service.url, WAYBILL_TOKEN: service.token });
    const asked = ['-e', 'production', '--format', 'json', '-o', there];
    assert.equal((await online.run('report', LAYOUT, ...asked)).exit, 0);
    const named = await offline.run('verify', there, ...key(), '-e', 'production', '--json');
    assert.deepEqual([named.exit, JSON.parse(named.out).environment], [11, 'production'], named.out);
    assert.match((await offline.run('verify', there, ...key())).out, /environment +production\n/);
    for (const [path, environment] of [
      [there, 'staging'],
      [file, 'production'],
    ] as const) {
      const ran = await offline.run('verify', path, ...key(), '-e', environment, '--json');
      assert.deepEqual([ran.exit, errorCode(ran)], [12, 'custody/wrong-question'], environment);
    }
  });

  test('a table of evidence in a file is made without the service, with the checks that the reader’s key allows', async () => {
    const table = join(offline.home, 'own.csv');
    const ran = await offline.run('report', evidence, '--format', 'csv', '-o', table, ...key());
    assert.equal(ran.exit, 0, ran.out + ran.err);
    const [own, online] = ['own.csv', 'online.csv'].map((name) =>
      parseCsv(readFileSync(join(offline.home, name), 'utf8')).map(({ time: _time, ...row }) => row),
    );
    // But for the time of evaluation and what only control keys could say, both find the same.
    assert.deepEqual(own, online);
    const bare = await offline.run('report', evidence, '--format', 'csv', '-o', '-');
    assert.match(bare.out, /check,sha256:[0-9a-f]{64},shop\/api,,,origin,not-run,origin\/not-confirmed/);
  });
});
