import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { formatVkey } from '../../src/core/checkpoint/signed-note.ts';
import { openHttpService } from './http-service.ts';
import { errorCode, openMachine } from './run-cli.ts';

const LAYOUT = join(import.meta.dirname, '../../examples/image-layout');

describe('a receipt in a file', () => {
  let service: Awaited<ReturnType<typeof openHttpService>>;
  let file: string;
  const offline = openMachine();

  before(async () => {
    service = await openHttpService();
    file = join(offline.home, 'api.receipt.json');
    const online = openMachine({ WAYBILL_URL: service.url, WAYBILL_TOKEN: service.token });
    const ran = await online.run('sign', LAYOUT, '--repository', 'shop/api', '--receipt', file);
    assert.equal(ran.exit, 0, ran.err);
  });
  after(async () => {
    await service[Symbol.asyncDispose]();
  });

  test('holds under the log key, and says what it is about', async () => {
    const ran = await offline.run('verify', file, '--log-key', service.logKey, '--json');
    assert.equal(ran.exit, 0, ran.out + ran.err);
    const { receipt, entry } = JSON.parse(ran.out);
    assert.deepEqual([receipt, entry.kind, entry.repository], ['holds', 'image.signed', 'shop/api']);
    const people = await offline.run('verify', file, '--log-key', service.logKey);
    assert.match(people.out, /^The entry is in the log\n/);
  });

  test('is found in an answer of the service that was kept as it came', async () => {
    const answer = join(offline.home, 'answer.json');
    writeFileSync(
      answer,
      JSON.stringify({ seq: 5, duplicate: false, receipt: JSON.parse(readFileSync(file, 'utf8')) }),
    );
    assert.equal((await offline.run('verify', answer, '--log-key', service.logKey)).exit, 0);
  });

  test('counts for nothing without a log key of the reader’s (12, origin/not-confirmed)', async () => {
    const ran = await offline.run('verify', file, '--json');
    assert.deepEqual([ran.exit, errorCode(ran)], [12, 'origin/not-confirmed']);
  });

  test('does not hold under another log’s key, or with one character changed (12)', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
    const other = formatVkey(service.logKey.split('+', 1)[0] ?? '', 1, raw);
    const foreign = await offline.run('verify', file, '--log-key', other, '--json');
    assert.deepEqual([foreign.exit, errorCode(foreign)], [12, 'note/no-known-signature']);
    const changed = join(offline.home, 'changed.json');
    writeFileSync(changed, readFileSync(file, 'utf8').replace('shop/api', 'shop/apj'));
    const ran = await offline.run('verify', changed, '--log-key', service.logKey, '--json');
    assert.deepEqual([ran.exit, errorCode(ran)], [12, 'receipt/not-included']);
  });

  test('that is none is named as such (12)', async () => {
    const broken = join(offline.home, 'broken.json');
    writeFileSync(broken, '{"type":"waybill/receipt/v0"}');
    const ran = await offline.run('verify', broken, '--log-key', service.logKey, '--json');
    assert.deepEqual([ran.exit, errorCode(ran)], [12, 'receipt/malformed']);
  });
});
