import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint.ts';
import { parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { readReceipt, verifyReceipt } from '../../src/core/receipt/receipt.ts';
import { DIGEST, type EdgeUnderTest, openEdgeUnderTest, SARIF } from './edge-under-test.ts';

const CONTRACT = 'contract: shop\nrepositories: ["shop/*"]\nstages:\n  - stage: lint\n  - stage: sbom\n';

describe('over a real service', () => {
  let edge: EdgeUnderTest;
  before(async () => {
    edge = await openEdgeUnderTest();
  });
  after(() => edge[Symbol.asyncDispose]());

  test('the simple path: sign, attest, verify, publish, gate, report', async () => {
    const first = await edge.sign();
    assert.equal(first.status, 201, first.text);
    assert.equal(first.headers.location, `/v1/images/${DIGEST}?repository=shop%2Fapi`);
    const again = await edge.sign();
    assert.equal(again.status, 200);
    assert.deepEqual([again.body.seq, again.body.duplicate], [first.body.seq, true]);
    const logKey = parseVkey(edge.service.logVkey);
    assert(logKey.ok);
    const receipt = readReceipt(first.body.receipt);
    assert(receipt.ok && verifyReceipt(receipt.value, [logKey.value]).ok);

    const lint = await edge.attest('lint');
    assert.equal(lint.status, 201, lint.text);
    assert.equal(lint.headers.location, `/v1/entries/${lint.body.seq}`);
    assert.equal((await edge.attest('lint')).status, 200);

    const question = JSON.stringify({ subject: DIGEST });
    const unjudged = await edge.ask('verifyImage', { target: '/v1/verifications', body: question });
    assert.deepEqual([unjudged.status, unjudged.body.verdict], [200, 'unjudged'], unjudged.text);
    assert.equal((await edge.ask('askGate', { target: `/v1/gate/${DIGEST}` })).status, 412);

    const published = await edge.ask('publishContract', {
      target: '/v1/contracts',
      body: CONTRACT,
      type: 'application/yaml',
    });
    assert.equal(published.status, 201, published.text);
    assert.equal(published.headers.location, '/v1/contracts/shop');
    const closed = await edge.ask('askGate', { target: `/v1/gate/${DIGEST}?repository=shop/api` });
    assert.deepEqual([closed.status, closed.body.verdict], [412, 'fail']);
    const reasons = closed.body.reasons as { stage?: string; reason: string; text: string }[];
    assert.match(reasons[0]?.text ?? '', /^Contract shop, stage sbom: [a-z]/);
    assert.deepEqual(
      reasons.map(({ stage, reason }) => [stage, reason]),
      [['sbom', 'contract/stage-missing']],
    );

    assert.equal((await edge.attest('sbom')).status, 201);
    const open = await edge.ask('askGate', { target: `/v1/gate/${DIGEST}` });
    assert.deepEqual([open.status, open.body.verdict, open.body.reasons], [200, 'pass', []], open.text);
    const recorded = await edge.ask('verifyImage', {
      target: '/v1/verifications',
      body: JSON.stringify({ subject: DIGEST, record: true }),
    });
    assert.equal(recorded.status, 201, recorded.text);
    assert.equal(recorded.headers.location, `/v1/entries/${recorded.body.recorded.seq}`);

    const evidence = await edge.ask('readEvidence', { target: `/v1/images/${DIGEST}/evidence` });
    assert.equal(evidence.status, 200);
    assert.equal(JSON.parse(evidence.text).type, 'waybill/evidence/v1');
    const report = await edge.ask('readReport', { target: `/v1/images/${DIGEST}/report?format=json` });
    assert.equal(report.status, 200, report.text);
  });

  test('each read answers in the form that the contract states', async () => {
    await edge.sign();
    const images = await edge.ask('listImages', { target: '/v1/images?repository=shop/api' });
    assert.equal(images.body.items[0].digest, DIGEST);
    assert.equal((await edge.ask('readImage', { target: `/v1/images/${DIGEST}` })).status, 200);
    const chain = await edge.ask('readChain', { target: `/v1/images/${DIGEST}/chain?limit=1` });
    assert.equal(chain.body.items.length, 1);
    for (const [operation, target] of [
      ['listEntries', '/v1/entries?limit=3'],
      ['readEntry', '/v1/entries/0'],
      ['readReceipt', '/v1/entries/0/receipt'],
      ['readConsistency', '/v1/consistency?from=1&to=2'],
      ['proveCompleteness', '/v1/proofs/completeness?key=trust'],
      ['listSigners', '/v1/signers'],
      ['listPrincipals', '/v1/principals'],
      ['readPrincipal', '/v1/principals/bootstrap-admin'],
      ['listTokens', '/v1/tokens'],
      ['whoami', '/v1/whoami'],
      ['readTrustFile', '/.well-known/waybill/trust.json'],
      ['readReadiness', '/readyz'],
      ['readMetrics', '/metrics'],
      ['readEntryBundle', '/log/tile/entries/000.p/2'],
      ['readTile', '/log/tile/0/000.p/2'],
      ['listContracts', '/v1/contracts'],
    ] as const) {
      const response = await edge.ask(operation, { target });
      assert.equal(response.status, 200, `${operation} ${response.text}`);
    }
  });

  test('pages follow each other by their cursors and hold everything once', async () => {
    const whole = await edge.ask('listEntries', { target: '/v1/entries?limit=200' });
    const seqs: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await edge.ask('listEntries', {
        target: `/v1/entries?limit=2${cursor === undefined ? '' : `&cursor=${cursor}`}`,
      });
      seqs.push(...page.body.items.map(({ entry }: { entry: { seq: number } }) => entry.seq));
      cursor = page.body.next;
    } while (cursor !== undefined);
    assert.deepEqual(
      seqs,
      whole.body.items.map(({ entry }: { entry: { seq: number } }) => entry.seq),
    );
    const foreign = await edge.ask('listEntries', { target: '/v1/entries?cursor=none-of-ours' });
    assert.deepEqual([foreign.status, foreign.body.code], [400, 'http/malformed-parameter']);
  });

  test('the checkpoint verifies with the log key that the service names', async () => {
    const { text } = await edge.client.get('/log/checkpoint');
    const key = parseVkey(edge.service.logVkey);
    assert(key.ok && openCheckpoint(text, [key.value]).ok);
  });

  test('scope: a pipeline signs and attests where its grant reaches, and nowhere else', async () => {
    const token = await edge.tokenFor('ci-shop', 'pipeline', ['shop/*'], ['lint']);
    assert.equal((await edge.sign(token)).status, 200);
    assert.equal((await edge.attest('lint', token)).status, 200);
    assert.equal((await edge.attest('lint', token, SARIF.replace('lint', 'another'))).status, 201);
    const [stage, repository] = [await edge.attest('deploy', token), await edge.sign(token, 'bank/api')];
    assert.deepEqual([stage.status, stage.body.code], [403, 'auth/stage-out-of-scope']);
    assert.deepEqual([repository.status, repository.body.code], [403, 'auth/repository-out-of-scope']);
    const outsider = await edge.tokenFor('ci-bank', 'pipeline', ['bank/*']);
    const hidden = await edge.ask('readImage', { target: `/v1/images/${DIGEST}`, token: outsider });
    assert([403, 404].includes(hidden.status), hidden.text);
  });

  test('a revoked token and a revoked principal are out at once', async () => {
    const token = await edge.tokenFor('auditor-one', 'auditor');
    const me = await edge.ask('whoami', { target: '/v1/whoami', token });
    assert.deepEqual([me.body.principal, me.body.role], ['auditor-one', 'auditor']);
    const listed = await edge.ask('listTokens', { target: '/v1/tokens?limit=200' });
    const { id } = listed.body.items.find(({ principal }: { principal: string }) => principal === 'auditor-one');
    assert.equal((await edge.ask('revokeToken', { target: `/v1/tokens/${id}/revoke` })).status, 200);
    const refused = await edge.ask('whoami', { target: '/v1/whoami', token });
    assert.deepEqual([refused.status, refused.body.code], [401, 'auth/token-revoked']);
    const other = await edge.tokenFor('operator-one', 'operator');
    assert.equal(
      (await edge.ask('revokePrincipal', { target: '/v1/principals/operator-one/revoke', body: '{}' })).status,
      200,
    );
    const gone = await edge.ask('whoami', { target: '/v1/whoami', token: other });
    assert.deepEqual([gone.status, gone.body.code], [403, 'auth/principal-revoked']);
  });

  test('a signer is registered, read and revoked', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const body = JSON.stringify({ publicKeyPem, repositories: ['shop/*'], stages: ['test'], title: 'CI' });
    const made = await edge.ask('registerSigner', { target: '/v1/signers', body });
    assert.equal(made.status, 201, made.text);
    const { signer } = made.body;
    assert.equal((await edge.ask('readSigner', { target: String(made.headers.location) })).body.signer, signer);
    assert.equal((await edge.ask('registerSigner', { target: '/v1/signers', body })).status, 200);
    assert.equal((await edge.ask('revokeSigner', { target: `/v1/signers/${signer}/revoke` })).status, 200);
    const unknown = await edge.ask('readSigner', { target: `/v1/signers/${'0'.repeat(64)}` });
    assert.deepEqual([unknown.status, unknown.body.code], [404, 'signer/unknown']);
  });

  test('a contract is published in JSON, read and withdrawn', async () => {
    const body = JSON.stringify({ contract: 'other', repositories: ['other/*'], stages: [{ stage: 'test' }] });
    assert.equal((await edge.ask('publishContract', { target: '/v1/contracts', body })).status, 201);
    assert.equal((await edge.ask('readContract', { target: '/v1/contracts/other' })).body.version, 1);
    const withdrawn = await edge.ask('withdrawContract', { target: '/v1/contracts/other/withdraw' });
    assert.deepEqual([withdrawn.status, withdrawn.body.withdrawn], [200, true], withdrawn.text);
  });
});
