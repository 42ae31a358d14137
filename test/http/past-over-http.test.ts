import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { defaultEvaluationTime, type View } from '../../src/core/custody/as-of.ts';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { trustLogKey } from '../../src/core/custody/trust-file.ts';
import { type CustodyResult, verifyCustody } from '../../src/core/custody/verify-custody.ts';
import { formatEnvelope } from '../../src/core/dsse/envelope.ts';
import { pae } from '../../src/core/dsse/pae.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { buildStatement } from '../../src/core/statement/build-statement.ts';
import { IN_TOTO_PAYLOAD_TYPE } from '../../src/core/statement/envelope-statement.ts';
import { predicateTypeUri } from '../../src/core/statement/predicate-types.ts';
import { formatStatement } from '../../src/core/statement/statement.ts';
import { readReport } from '../../src/report/read-report.ts';
import { DIGEST, type EdgeUnderTest, openEdgeUnderTest } from './edge-under-test.ts';

const STRICT = `contract: shop
repositories: ["shop/*"]
stages:
  - stage: test
  - stage: lint
    predicateTypes: ["${predicateTypeUri('sarif')}"]
  - stage: audit
`;
const LOOSE = STRICT.replace('  - stage: audit\n', '');

/** An attestation of a stage, signed by a key of the pipeline's own. */
function signed(stage: string, key: KeyObject): string {
  const predicateType = predicateTypeUri('junit');
  const built = buildStatement({ digest: DIGEST, repository: 'shop/api', stage, predicateType, predicate: { stage } });
  const payload = encodeUtf8(formatStatement(built));
  const sig = sign(null, pae(IN_TOTO_PAYLOAD_TYPE, payload), key);
  return formatEnvelope({ payloadType: IN_TOTO_PAYLOAD_TYPE, payload, signatures: [{ keyid: '', sig }] });
}

/** What was shown at one state of the ledger, when it was the newest. */
type Then = { readonly size: number; readonly time: string; readonly result: CustodyResult };

describe('a history over HTTP, asked about later', () => {
  let edge: EdgeUnderTest;
  const states = new Map<string, Then>();
  const taken: Then[] = [];

  const judged = (bytes: Uint8Array): CustodyResult => {
    const [evidence, trust] = [parseEvidence(bytes), trustLogKey(edge.service.logVkey)];
    assert(evidence.ok && trust.ok, JSON.stringify(evidence));
    const evaluatedAt = defaultEvaluationTime(evidence.value, new Date().toISOString());
    return verifyCustody({
      evidence: evidence.value,
      question: evidence.value.question,
      trust: trust.value,
      evaluatedAt,
    });
  };
  const evidenceOf = async (query = '') => {
    const answer = await edge.ask('readEvidence', { target: `/v1/images/${DIGEST}/evidence${query}` });
    assert.equal(answer.status, 200, answer.text);
    return judged(encodeUtf8(answer.text));
  };
  const take = async (name: string) => {
    const result = await evidenceOf();
    const { size, time = '' } = result.checkpoint ?? { size: 0 };
    states.set(name, { size, time, result });
    taken.push({ size, time, result });
  };
  const stateOf = (name: string) => states.get(name) ?? assert.fail(name);
  const post = async (operation: Parameters<EdgeUnderTest['ask']>[0], target: string, body: unknown) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const type = typeof body === 'string' ? 'application/yaml' : 'application/json';
    const answer = await edge.ask(operation, { target, body: text, type });
    assert(answer.status === 201 || answer.status === 200, answer.text);
    return answer.body;
  };
  const verifyPast = async (past: object, more: object = {}) => {
    const body = JSON.stringify({ subject: DIGEST, asOf: past, ...more });
    return edge.ask('verifyImage', { target: '/v1/verifications', body });
  };

  before(async () => {
    edge = await openEdgeUnderTest();
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const token = await edge.tokenFor('shop-ci', 'pipeline', ['shop/*']);
    const publicKeyPem = publicKey.export({ format: 'pem', type: 'spki' });
    const scope = { repositories: ['shop/*'], stages: ['*'] };
    const { signer } = await post('registerSigner', '/v1/signers', { publicKeyPem, ...scope });
    assert.equal((await edge.sign(token)).status, 201);
    await take('signed');
    await post('publishContract', '/v1/contracts', STRICT);
    await take('strict');
    assert.equal((await edge.attest('test', token, signed('test', privateKey))).status, 201);
    assert.equal((await edge.attest('lint', token)).status, 201);
    await take('attested');
    await post('publishContract', '/v1/contracts', LOOSE);
    await take('loosened');
    // A scan of a type that the contract does not take: from now on the stage is not met.
    assert.equal(
      (await edge.attest('lint', token, '<testsuites><testsuite name="x" tests="1"/></testsuites>')).status,
      201,
    );
    await take('scan failed');
    await post('revokePrincipal', '/v1/principals/shop-ci/revoke', {});
    await take('grant revoked');
    const { time } = stateOf('signed');
    await post('revokeSigner', `/v1/signers/${signer}/revoke`, { effective: time });
    await take('key revoked');
  });
  after(() => edge[Symbol.asyncDispose]());

  test('as it grew, the verdict of now was this', () => {
    const verdicts = Object.fromEntries([...states].map(([name, { result }]) => [name, result.verdict]));
    assert.deepEqual(verdicts, {
      signed: 'unjudged',
      strict: 'fail',
      attested: 'fail',
      loosened: 'pass',
      'scan failed': 'fail',
      'grant revoked': 'fail',
      'key revoked': 'fail',
    });
  });

  const expected: readonly [state: string, then: string, now: string][] = [
    // Nothing but the signature was there, which the key of the pipeline did not make.
    ['signed', 'unjudged', 'fail'],
    ['strict', 'fail', 'fail'],
    // The contract was loosened since, and the key revoked for a time before.
    ['attested', 'fail', 'fail'],
    ['loosened', 'pass', 'fail'],
    ['scan failed', 'fail', 'fail'],
    ['grant revoked', 'fail', 'fail'],
  ];
  for (const [name, then, now] of expected) {
    test(`of the state "${name}" was known then: ${then}; is known now: ${now}; by evidence and by the service`, async () => {
      const { size, time } = stateOf(name);
      for (const [view, verdict] of [
        ['then', then],
        ['now', now],
      ] as const) {
        const own = await evidenceOf(`?asOf=${size}&view=${view}`);
        assert.deepEqual([own.verdict, own.asOf?.size, own.asOf?.view, own.asOf?.time], [verdict, size, view, time]);
        const { status, body, text } = await verifyPast({ size, view });
        assert.equal(status, 200, text);
        assert.deepEqual([body.verdict, body.asOf], [verdict, own.asOf]);
        assert.deepEqual(body.checks, JSON.parse(JSON.stringify(own.checks)));
        assert.equal(body.evaluatedAt === time, view === 'then');
      }
    });
  }

  test('what made the difference is named: the key as known now, the stage that was asked for then', async () => {
    const reasons = async (name: string, view: View) =>
      (await evidenceOf(`?asOf=${stateOf(name).size}&view=${view}`)).checks.flatMap(({ reason }) => reason ?? []);
    assert((await reasons('loosened', 'now')).includes('signer/revoked'));
    assert((await reasons('attested', 'then')).includes('contract/stage-missing'));
    assert(!(await reasons('attested', 'now')).includes('contract/stage-missing'));
    assert((await reasons('scan failed', 'then')).includes('contract/wrong-predicate-type'));
    assert(!(await reasons('loosened', 'now')).includes('contract/wrong-predicate-type'));
  });

  test('every checkpoint that was published gives, as known then, what evidence of then gave', async () => {
    const newest = stateOf('key revoked').size;
    for (const { size, result } of taken) {
      const later = await evidenceOf(`?asOf=${size}`);
      assert.equal(later.checkpoint?.size, newest);
      assert.deepEqual(
        [later.verdict, later.timeline, later.contracts, later.elsewhere],
        [result.verdict, result.timeline, result.contracts, result.elsewhere],
      );
      const of = ({ checks }: CustodyResult) =>
        checks.filter(
          ({ code, seq }) => /^(?:signer|principal|contract|statement|image|payload)/.test(code) && (seq ?? 0) < size,
        );
      assert.deepEqual(of(later), of(result));
    }
    const { body } = await edge.ask('listCheckpoints', { target: '/log/checkpoints?limit=200' });
    const integrity = /^(?:origin|(?:checkpoint|asof|entry|commit|list|payload)\/.*)$/;
    for (const { size } of body.items as { size: number }[]) {
      for (const view of ['then', 'now']) {
        const { checks } = await evidenceOf(`?asOf=${size}&view=${view}`);
        assert.deepEqual(
          checks.filter(({ code, outcome }) => integrity.test(code) && outcome !== 'pass'),
          [],
          view,
        );
      }
    }
  });

  test('a time means the newest state that is not after it, to the millisecond', async () => {
    const { size, time } = stateOf('loosened');
    assert.equal((await evidenceOf(`?asOf=${time}`)).asOf?.size, size);
    const before = new Date(Date.parse(time) - 1).toISOString();
    const earlier = (await evidenceOf(`?asOf=${before}`)).asOf;
    assert(earlier !== undefined && earlier.size < size && (earlier.time ?? '') < time);
    const now = (await evidenceOf(`?asOf=${new Date().toISOString()}`)).asOf;
    assert.equal(now?.size, stateOf('key revoked').size);
    const { body } = await verifyPast({ time });
    assert.deepEqual([body.verdict, body.asOf.size, body.asOf.view], ['pass', size, 'then']);
  });

  test('reports are of the past too, as a page and as signed JSON', async () => {
    const { size } = stateOf('loosened');
    const page = await edge.ask('readReport', { target: `/v1/images/${DIGEST}/report?asOf=${size}` });
    assert.equal(page.status, 200);
    const report = readReport(encodeUtf8(page.text), []);
    assert(report.ok);
    const result = judged(report.value.evidence);
    assert.deepEqual([result.verdict, result.asOf?.view], ['pass', 'then']);
    const target = `/v1/images/${DIGEST}/report?format=json&asOf=${size}&view=now`;
    const json = await edge.ask('readReport', { target });
    const envelope = JSON.parse(json.text) as { payload: string };
    const { report: model } = JSON.parse(Buffer.from(envelope.payload, 'base64').toString());
    assert.deepEqual([model.result.verdict, model.result.asOf.size, model.result.asOf.view], ['fail', size, 'now']);
    assert.match(model.headline.text, /This is about the past/);
  });

  test('a state that was not published cannot be asked about (asof/not-published)', async () => {
    const { size } = stateOf('key revoked');
    const ahead = new Date(Date.now() + 60_000).toISOString();
    for (const past of [{ size: 1 }, { size: size + 5 }, { time: '2020-01-01T00:00:00.000Z' }, { time: ahead }]) {
      const { status, body } = await verifyPast(past);
      assert.deepEqual([status, body.code], [422, 'asof/not-published'], JSON.stringify(past));
    }
    const target = `/v1/images/${DIGEST}/evidence?asOf=2`;
    assert.equal((await edge.ask('readEvidence', { target })).body.code, 'asof/not-published');
  });

  test('what names no state, two states, or a view of nothing is refused', async () => {
    const { size, time } = stateOf('loosened');
    for (const past of [{}, { size, time }, { view: 'now' }, { size: 0 }, { size, view: 'later' }, { time: '2026' }]) {
      const { status, body } = await verifyPast(past);
      assert.deepEqual([status, body.code], [400, 'http/invalid-body'], JSON.stringify(past));
    }
    for (const query of ['view=now', 'asOf=0', 'asOf=07', 'asOf=2026', 'asOf=x', `asOf=${size}&view=later`]) {
      const { status, body } = await edge.ask('readEvidence', { target: `/v1/images/${DIGEST}/evidence?${query}` });
      if (query === 'asOf=2026') assert.deepEqual([status, body.code], [422, 'asof/not-published']);
      else assert.deepEqual([status, body.code], [400, 'http/malformed-parameter'], query);
    }
  });

  test('a recorded verdict of then holds the cut, and is not the verdict of the image now (verdict/not-replayable)', async () => {
    const { size, time } = stateOf('loosened');
    const of = async () => (await edge.ask('readImage', { target: `/v1/images/${DIGEST}` })).body.verdict;
    assert.equal(await of(), undefined);
    const now = await verifyPast({ size, view: 'now' }, { record: true });
    assert.deepEqual([now.status, now.body.code], [422, 'verdict/not-replayable']);
    const then = await verifyPast({ size }, { record: true });
    assert.equal(then.status, 201, then.text);
    const entry = await edge.ask('readEntry', { target: `/v1/entries/${then.body.recorded.seq}` });
    const { digest, verdict, cut, view, evaluated } = entry.body.entry.body;
    assert.deepEqual([digest, verdict, cut, view, evaluated], [DIGEST, 'pass', size, 'then', time]);
    // A summary of then says PASSED, and is no fresh one: whoever takes none that is old must not be given it as of now.
    const summary = JSON.parse(Buffer.from(then.body.recorded.bundle.dsseEnvelope.payload, 'base64').toString());
    assert.deepEqual([summary.predicate.verificationResult, summary.predicate.timeVerified], ['PASSED', time]);
    assert.equal(await of(), undefined);
  });

  test('whoever may not read the repository learns nothing of its past (auth/repository-out-of-scope)', async () => {
    const token = await edge.tokenFor('elsewhere', 'auditor', ['other/*']);
    const { size } = stateOf('loosened');
    const target = `/v1/images/${DIGEST}/evidence?repository=shop/api&asOf=${size}`;
    const refused = await edge.ask('readEvidence', { target, token });
    assert.deepEqual([refused.status, refused.body.code], [403, 'auth/repository-out-of-scope']);
    const own = await edge.tokenFor('inside', 'auditor', ['shop/*']);
    assert.equal((await edge.ask('readEvidence', { target, token: own })).status, 200);
  });
});
