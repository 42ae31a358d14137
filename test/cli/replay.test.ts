import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { trustFileSha256, trustLogKey } from '../../src/core/custody/trust-file.ts';
import { EVALUATOR } from '../../src/core/custody/verify-custody.ts';
import { DSSE_MEDIA_TYPE } from '../../src/core/dsse/envelope.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import type { VerdictRecorded } from '../../src/core/entry/kinds/verdict-recorded.ts';
import { appendEntry } from '../../src/service/append-entry.ts';
import { sealPayload } from '../../src/service/seal-payload.ts';
import { submissionIdentity } from '../../src/service/submission-identity.ts';
import { custodyLedger } from '../custody/custody-under-test.ts';
import { openHttpService } from './http-service.ts';
import { errorCode, openMachine, type Ran } from './run-cli.ts';

const CONTRACT = 'contract: shop\nrepositories: ["shop/*"]\nstages:\n  - stage: lint\n';
const SARIF = JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: 'lint' } }, results: [] }] });
const said = (ran: Ran) => JSON.parse(ran.out);

describe('the recorded verdicts of a service', () => {
  let service: Awaited<ReturnType<typeof openHttpService>>;
  const { home, runWith } = openMachine();
  const asked: string[] = [];
  const watched: typeof fetch = (input, init) => {
    asked.push(String(input));
    return fetch(input, init);
  };
  const run = (...args: readonly string[]) =>
    runWith(watched)(...args, '--url', service.url, '--token-file', join(home, 'token'), '--json');
  const replay = (...more: readonly string[]) => run('replay', '--log-key', service.logKey, ...more);
  const done = async (...args: readonly string[]) => {
    const ran = await run(...args);
    assert.equal(ran.exit, 0, ran.out + ran.err);
    return said(ran);
  };
  const put = (name: string, text: string) => {
    writeFileSync(join(home, name), text);
    return join(home, name);
  };
  const record = async (more: object = {}) => {
    const answer = await fetch(`${service.url}/v1/verifications`, {
      method: 'POST',
      headers: { authorization: `Bearer ${service.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ subject: image, repository: 'shop/api', record: true, ...more }),
    });
    assert.equal(answer.status, 201);
    const body = (await answer.json()) as { verdict: string; checkpoint: { size: number }; recorded: { seq: number } };
    return { seq: body.recorded.seq, verdict: body.verdict, size: body.checkpoint.size };
  };
  let image = '';

  before(async () => {
    service = await openHttpService();
    writeFileSync(join(home, 'token'), service.token, { mode: 0o600 });
    const config = {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: `sha256:${'1'.repeat(64)}`,
      size: 2,
    };
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const manifest = JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [] });
    image = `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
    await done('sign', put('manifest.json', manifest), '--repository', 'shop/api');
  });
  after(() => service[Symbol.asyncDispose]());

  test('agree after the contract changed, a scan came and the image was judged of the past (0)', async () => {
    const recorded = [await record()];
    await done('contract', 'publish', put('c.yaml', CONTRACT));
    recorded.push(await record({ environment: 'production' }));
    await done('attest', image, '--repository', 'shop/api', '--stage', 'lint', put('lint.sarif', SARIF));
    recorded.push(await record());
    await done('contract', 'publish', put('c2.yaml', `${CONTRACT}  - stage: audit\n`));
    recorded.push(await record(), await record({ asOf: { size: recorded[2]?.size } }));
    assert.deepEqual(
      recorded.map(({ verdict }) => verdict),
      ['unjudged', 'fail', 'pass', 'fail', 'pass'],
    );
    const ran = await replay();
    assert.equal(ran.exit, 0, ran.out + ran.err);
    const { replayed, outcomes, named } = said(ran);
    assert.deepEqual([replayed, outcomes.agree, outcomes.differs, named], [5, 5, 0, []]);
  });

  test('are replayed from a file’s state on, and none twice', async () => {
    const state = join(home, 'replay.json');
    const first = await replay('--to', '12', '--state', state);
    assert.equal(first.exit, 0, first.err);
    const part = said(first).replayed;
    assert(part > 0 && part < 5);
    assert.equal(JSON.parse(readFileSync(state, 'utf8')).next, 12);
    asked.length = 0;
    const second = await replay('--state', state);
    assert.deepEqual([second.exit, said(second).replayed, said(second).outcomes.agree], [0, 5, 5]);
    assert.equal(asked.filter((url) => url.includes('/evidence?')).length, 5 - part);
    asked.length = 0;
    const third = await replay('--state', state);
    assert.deepEqual([third.exit, said(third).replayed], [0, 5]);
    assert.equal(asked.filter((url) => url.includes('/evidence?')).length, 0);
  });

  test('a state of another log, or that does not read, is not gone on from (5, cli/state-unusable)', async () => {
    const state = JSON.parse(readFileSync(join(home, 'replay.json'), 'utf8'));
    for (const text of [
      JSON.stringify({ ...state, origin: 'waybill-other' }),
      JSON.stringify({ ...state, x: 1 }),
      '',
    ]) {
      const ran = await replay('--state', put('other.json', text));
      assert.deepEqual([ran.exit, errorCode(ran)], [5, 'cli/state-unusable']);
    }
  });

  test('that are false, by other rules or another trust file, are each told apart (16)', async () => {
    const good = said(await replay()).outcomes.agree;
    const { context } = service.under;
    const trust = trustLogKey(service.logKey);
    assert(trust.ok);
    const { size } = await record();
    const append = async (more: Partial<VerdictRecorded>) => {
      const sealed = sealPayload(encodeUtf8('{}'), DSSE_MEDIA_TYPE, context.random);
      const body: VerdictRecorded = {
        digest: image,
        verdict: 'pass',
        cut: size,
        evaluated: new Date().toISOString(),
        evaluator: EVALUATOR,
        trust: trustFileSha256(trust.value),
        ...more,
      };
      const appended = await appendEntry(context, async () => ({
        ok: true,
        value: {
          identity: submissionIdentity('verdict', [sealed.stored.commitment]),
          proposal: {
            kind: 'verdict.recorded',
            principal: 'bootstrap-admin',
            repository: 'shop/api',
            signer: context.keys.verdict.signer,
            payload: sealed.reference,
            body,
          },
          payload: sealed.stored,
          restsOn: [],
          repeats: ['body', 'payload'],
        },
      }));
      assert(appended.ok);
      return appended.value.entry.seq;
    };
    const lie = await append({});
    const unsigned = await append({ verdict: 'fail' });
    const rules = await append({ evaluator: 'waybill-9.9' });
    const other = await append({ trust: 'ab'.repeat(32) });
    const ran = await replay();
    assert.equal(ran.exit, 16, ran.out + ran.err);
    const { outcomes, named } = said(ran);
    assert.deepEqual(outcomes, { agree: good + 1, differs: 2, erased: 0, 'other-evaluator': 1, 'other-trust': 1 });
    assert.deepEqual(named, [
      { seq: lie, outcome: 'differs', difference: 'verdict', recorded: 'pass', found: 'fail' },
      { seq: unsigned, outcome: 'differs', difference: 'signature', recorded: 'fail', found: 'fail' },
      { seq: rules, outcome: 'other-evaluator', recorded: 'pass' },
      { seq: other, outcome: 'other-trust', recorded: 'pass' },
    ]);
    const people = await runWith(fetch)(
      ...['replay', '--url', service.url, '--token-file', join(home, 'token'), '--log-key', service.logKey],
    );
    assert.match(people.out, /^Recorded verdicts do not follow from the ledger\.\n/);
    assert.match(people.out, new RegExp(`entry ${lie}: differ \\(verdict\\), recorded pass, found fail`));
  });

  test('are for those who may read the whole log (3, auth/role-not-allowed, auth/repository-out-of-scope)', async () => {
    for (const [principal, role, repository, code] of [
      ['pipe', 'pipeline', '*', 'auth/role-not-allowed'],
      ['narrow', 'auditor', 'shop/*', 'auth/repository-out-of-scope'],
      ['wide', 'auditor', '*', undefined],
    ] as const) {
      await done('principal', 'grant', principal, '--role', role, '--repository', repository);
      const { token } = await done('token', 'create', principal);
      const file = put(`${principal}.token`, token);
      const ran = await runWith(fetch)(
        ...['replay', '--url', service.url, '--token-file', file, '--log-key', service.logKey, '--json'],
      );
      if (code === undefined) assert.equal(ran.exit, 16, ran.out);
      else assert.deepEqual([ran.exit, errorCode(ran)], [3, code]);
    }
  });

  test('under another log key are none of this log (12, note/no-known-signature), and a bound is a seq (2)', async () => {
    const foreign = custodyLedger({ secret: 'another' }).vkey;
    const ran = await run('replay', '--log-key', foreign);
    assert.deepEqual([ran.exit, errorCode(ran)], [12, 'note/no-known-signature'], ran.out);
    assert.equal((await replay('--from', 'x')).exit, 2);
  });
});
