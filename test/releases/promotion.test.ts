import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { assertRefused, DIGEST, openShop } from '../waivers/waivers-over-http.ts';

const PROMOTED = {
  contract: 'prod',
  repositories: ['shop/prod'],
  from: ['shop/api'],
  stages: [{ stage: 'lint' }, { stage: 'approve', after: ['lint'] }],
};

/** The shop, whose image was signed and linted in shop/api, with the contract above in the place of its own. */
async function openPromoted() {
  const shop = await openShop();
  const withdrawn = await shop.ask('withdrawContract', { target: '/v1/contracts/shop/withdraw', body: '{}' });
  assert(withdrawn.status < 300, withdrawn.text);
  const promoted = {
    ...shop,
    publish: async (contract: object) => {
      const answer = await shop.ask('publishContract', { target: '/v1/contracts', body: JSON.stringify(contract) });
      assert.equal(answer.status, 201, answer.text);
    },
    approve: () =>
      shop.ask('submitAttestation', {
        target: `/v1/attestations?repository=shop/prod&stage=approve&subject=${DIGEST}`,
        token: shop.tokens.ci,
        body: JSON.stringify({ version: '2.1.0', runs: [] }),
      }),
    gateIn: (repository: string) =>
      shop.ask('askGate', { target: `/v1/gate/${DIGEST}?repository=${repository}`, token: shop.tokens.anna }),
  };
  await promoted.publish(PROMOTED);
  return promoted;
}

type Step = { readonly stage?: string; readonly kind: string; readonly promotedFrom?: string };

test('what was recorded in a repository that the contract names in from counts at the gate, in verdicts and releases', async () => {
  await using shop = await openPromoted();
  assertRefused(await shop.gateIn('shop/prod'), 404, 'image/unknown');
  assert.equal((await shop.approve()).status, 201);
  const gate = await shop.gateIn('shop/prod');
  assert.equal(gate.status, 200, gate.text);
  const reader = await shop.grant('prod-reader', 'auditor', 'dora', ['shop/prod']);
  const body = JSON.stringify({ subject: DIGEST, repository: 'shop/prod' });
  const verified = await shop.ask('verifyImage', { target: '/v1/verifications', token: reader, body });
  assert.equal(verified.body.verdict, 'pass', verified.text);
  const steps = (verified.body.timeline as Step[]).filter(({ kind }) => !kind.startsWith('contract.'));
  assert.deepEqual(
    steps.map(({ stage, kind, promotedFrom }) => [stage ?? kind, promotedFrom]),
    [
      ['image.signed', 'shop/api'],
      ['lint', 'shop/api'],
      ['approve', undefined],
    ],
  );
  const released = await shop.ask('releaseImage', {
    target: `/v1/images/${DIGEST}/release`,
    token: shop.tokens.anna,
    body: JSON.stringify({ repository: 'shop/prod', environment: 'production' }),
  });
  assert.equal(released.status, 201, released.text);
});

test('a version without from takes nothing along, from the moment on that it is published (contract/signature-missing)', async () => {
  await using shop = await openPromoted();
  assert.equal((await shop.approve()).status, 201);
  assert.equal((await shop.gateIn('shop/prod')).status, 200);
  const { from: _, ...own } = PROMOTED;
  await shop.publish(own);
  const gate = await shop.gateIn('shop/prod');
  assert.equal(gate.status, 412, gate.text);
  const reasons = gate.body.reasons.map(({ reason }: { readonly reason: string }) => reason);
  assert(reasons.includes('contract/signature-missing'), gate.text);
  const target = `/v1/images/${DIGEST}/evidence?repository=shop/prod`;
  const answer = await shop.ask('readEvidence', { target, token: shop.tokens.anna });
  const evidence = parseEvidence(Buffer.from(answer.text));
  assert(evidence.ok);
  // Of the version before it is shown what it took along: whoever judges as of then needs it.
  const shown = new Set(evidence.value.payloads.map(({ seq }) => seq));
  const there = evidence.value.entries.filter(({ entry }) => entry.repository === 'shop/api');
  assert.equal(there.length, 2);
  assert(there.every(({ entry }) => shown.has(entry.seq)));
});

test('what is recorded there after a yes of the gate is judged before the next one', async () => {
  await using shop = await openPromoted();
  assert.equal((await shop.approve()).status, 201);
  for (const _ of [1, 2]) assert.equal((await shop.gateIn('shop/prod')).status, 200);
  await shop.publish({ ...PROMOTED, stages: [{ stage: 'lint' }, { stage: 'scan' }] });
  assert.equal((await shop.gateIn('shop/prod')).status, 412);
  assert.equal((await shop.attest('scan', shop.tokens.ci)).status, 201);
  assert.equal((await shop.gateIn('shop/prod')).status, 200);
});
