import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parseCompleteness } from '../../src/core/completeness/completeness.ts';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { openHttpService } from '../cli/http-service.ts';
import { errorCode, openMachine } from '../cli/run-cli.ts';
import { cosigned, monitorKey } from '../custody/cosign.ts';
import { LedgerUnderTest } from '../custody/ledger-under-test.ts';

const LAYOUT = join(import.meta.dirname, '../../examples/image-layout');
const OTHER = `sha256:${'1'.repeat(64)}`;
const ABSENT = `sha256:${'0'.repeat(64)}`;

describe('completeness of a service that runs', () => {
  let service: Awaited<ReturnType<typeof openHttpService>>;
  let online: ReturnType<typeof openMachine>;
  const offline = openMachine();
  let digest = '';

  before(async () => {
    service = await openHttpService();
    online = openMachine({ WAYBILL_URL: service.url, WAYBILL_TOKEN: service.token, WAYBILL_LOG_KEY: service.logKey });
    const signed = await online.run('sign', LAYOUT, '--repository', 'shop/api', '--json');
    assert.equal(signed.exit, 0, signed.err);
    digest = JSON.parse(signed.out).digest;
    const junit = join(import.meta.dirname, '../../examples/junit.xml');
    for (const stage of ['test', 'test-again']) {
      const ran = await online.run('attest', digest, '--repository', 'shop/api', '--stage', stage, junit);
      assert.equal(ran.exit, 0, ran.err);
    }
  });
  after(async () => {
    await service[Symbol.asyncDispose]();
  });

  const ask = (key: string, token = service.token) =>
    fetch(`${service.url}/v1/proofs/completeness?key=${encodeURIComponent(key)}`, {
      headers: { authorization: `Bearer ${token}` },
    });

  test('any list is proved whole or absent, and checked offline with the file alone (0)', async () => {
    const file = join(offline.home, 'proof.json');
    for (const [list, n] of [
      [digest, 3],
      [ABSENT, 0],
      ['trust', 1],
      ['principal:bootstrap-admin', 1],
      ['contract:nothing', 0],
    ] as const) {
      const ran = await online.run('prove', list, '-o', file, '--json');
      assert.equal(ran.exit, 0, `${list} ${ran.out}${ran.err}`);
      const { holds, assurances, n: counted } = JSON.parse(ran.out);
      assert.deepEqual([holds, counted], [true, n]);
      assert.deepEqual(assurances, { pinned: true, replayed: false, complete: false });
      const checked = await offline.run('verify', file, '--log-key', service.logKey);
      assert.equal(checked.exit, 0, checked.out);
      assert.match(checked.out, /^(?:Complete|Absent), as claimed by the log\n/);
    }
    assert.equal((await offline.run('verify', file)).exit, 12, 'without a key nobody knows whose log it is');
  });

  test('the checkpoint that a monitor of the trust file signed makes it complete, that of another state does not', async () => {
    const file = join(offline.home, 'own.json');
    assert.equal((await online.run('prove', digest, '-o', file)).exit, 0);
    const evidence = join(offline.home, 'own.evidence.json');
    assert.equal((await online.run('report', digest, '--format', 'evidence', '-o', evidence)).exit, 0);
    const desk = new LedgerUnderTest();
    const { vkey } = monitorKey(desk, 'monitor.example');
    const trust = put(
      'trust.json',
      JSON.stringify({
        type: 'waybill/trust/v0',
        origin: service.logKey.split('+', 1)[0],
        logKeys: [{ vkey: service.logKey }],
        monitorKeys: [vkey],
      }),
    );
    const { checkpoint } = JSON.parse(readFileSync(file, 'utf8'));
    const signed = put('checkpoint', cosigned(desk, checkpoint, 'monitor.example'));
    for (const shown of [file, evidence]) {
      const ran = await offline.run('verify', shown, '--trust', trust, '--cosigned', signed, '--json');
      const { assurances } = JSON.parse(ran.out);
      assert.deepEqual([assurances.replayed, assurances.complete], [true, true], ran.out + ran.err);
      const without = await offline.run('verify', shown, '--trust', trust, '--json');
      assert.equal(JSON.parse(without.out).assurances.complete, false);
    }
    const people = await offline.run('verify', file, '--trust', trust, '--cosigned', signed);
    assert.match(people.out, /^Proved to be complete\n/);
    const junit = join(import.meta.dirname, '../../examples/junit.xml');
    assert.equal((await online.run('attest', OTHER, '--repository', 'shop/api', '--stage', 'later', junit)).exit, 0);
    const later = await online.run('prove', 'trust', '--trust', trust, '--cosigned', signed, '--json');
    assert.deepEqual([later.exit, errorCode(later)], [5, 'cli/unusable-file']);
  });

  test('a proof is of the list that was asked for (12, custody/wrong-question)', async () => {
    const file = join(offline.home, 'trust.json');
    assert.equal((await online.run('prove', 'trust', '-o', file)).exit, 0);
    const ran = await offline.run('verify', file, '--image', digest, '--log-key', service.logKey, '--json');
    assert.deepEqual([ran.exit, errorCode(ran)], [12, 'custody/wrong-question']);
  });

  test('a proof that was edited is refused (12)', async () => {
    const file = join(offline.home, 'edited.json');
    const bytes = readFileSync(await kept(), 'utf8');
    writeFileSync(file, bytes.replace('"n":3', '"n":2'));
    const ran = await offline.run('verify', file, '--log-key', service.logKey, '--json');
    assert.deepEqual([ran.exit, errorCode(ran)], [12, 'completeness/hash-wrong']);
  });

  test('a receipt of an entry of the list contradicts nothing, and the same command says so', async () => {
    const receipt = join(offline.home, 'kept.json');
    const signed = await online.run('sign', LAYOUT, '--repository', 'shop/api', '--receipt', receipt);
    assert.equal(signed.exit, 0, signed.err);
    const ran = await offline.run('verify', await kept(), '--receipt', receipt, '--log-key', service.logKey);
    assert.equal(ran.exit, 0, ran.out + ran.err);
    assert.match(ran.err, /Nothing contradicts the receipt/);
  });

  test('what evidence claims of each list is in the same map', async () => {
    const answer = await fetch(`${service.url}/v1/images/${digest}/evidence?repository=shop/api`, {
      headers: { authorization: `Bearer ${service.token}` },
    });
    const evidence = parseEvidence(new Uint8Array(await answer.arrayBuffer()));
    assert(evidence.ok);
    assert(evidence.value.lists.length > 5);
    for (const { key, n } of evidence.value.lists) {
      const proof = parseCompleteness(new Uint8Array(await (await ask(key)).arrayBuffer()));
      assert(proof.ok && proof.value.n === n, key);
    }
  });

  test('a key that is none is a bad request, a caller without a token is asked for one', async () => {
    assert.equal((await ask('No Key')).status, 400);
    assert.equal((await ask('trust', 'wbt_nothing')).status, 401);
  });

  test('a pipeline is shown lists that it may read an entry of, and is told of no other', async () => {
    const limited = async (name: string, repository: string) => {
      const grant = ['principal', 'grant', name, '--role', 'pipeline', '--repository', repository, '--stage', 'test'];
      const granted = await online.run(...grant);
      assert.equal(granted.exit, 0, granted.err);
      const token = await online.run('token', 'create', name, '--title', 'a test', '--json');
      assert.equal(token.exit, 0, token.err);
      return JSON.parse(token.out).token as string;
    };
    const own = await limited('ci-shop', 'shop/*');
    const other = await limited('ci-other', 'other/*');
    assert.equal((await ask(`image:${digest}`, own)).status, 200);
    for (const key of [`image:${digest}`, `image:${ABSENT}`, 'principal:ci-shop', 'principal:nobody'])
      assert.equal((await ask(key, other)).status, 404, key);
    assert.equal((await ask('trust', other)).status, 200, 'everybody follows the keys of the log');
  });

  function put(name: string, content: string): string {
    const file = join(offline.home, name);
    writeFileSync(file, content);
    return file;
  }

  async function kept(): Promise<string> {
    const file = join(offline.home, 'image.json');
    const ran = await online.run('prove', digest, '-o', file);
    assert.equal(ran.exit, 0, ran.out + ran.err);
    return file;
  }
});
