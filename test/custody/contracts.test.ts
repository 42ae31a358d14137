import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { CONTRACT_MEDIA_TYPE, type Contract, formatContract } from '../../src/core/contract/contract.ts';
import { attest, CONTRACT, custodyLedger, grant, openedLedger, publish, sign } from './custody-under-test.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import { assertFound, assertPasses, findings, verify } from './verify-under-test.ts';

const [TEST, SCAN] = CONTRACT.stages;
const EMPTY: Contract = { ...CONTRACT, stages: [] };

function withdraw(
  ledger: LedgerUnderTest,
  version = 1,
  repositories: readonly string[] = CONTRACT.repositories,
): number {
  const body = { contract: CONTRACT.contract, version, repositories };
  return ledger.append({ kind: 'contract.withdrawn', principal: 'bootstrap-admin', body });
}

function contract(...stages: Contract['stages']): Contract {
  return { ...CONTRACT, stages };
}

test('a contract without stages still asks for the signature (contract/signature-missing)', () => {
  const ledger = openedLedger();
  publish(ledger, EMPTY);
  assertFound(verify(ledger), 'fail', 'contract/signature', 'contract/signature-missing');
  sign(ledger);
  assertPasses(verify(ledger));
});

test('a stage that was not attested fails (contract/stage-missing)', () => {
  const result = verify(custodyLedger({ stages: ['test'] }));
  assert.equal(assertFound(result, 'fail', 'contract/stage', 'contract/stage-missing').stage, 'scan');
  assert.equal(result.intact, true);
  assert.equal(assertFound(result, 'fail', 'contract/order', 'custody/blocked').outcome, 'not-run');
});

test('every contract that covers the repository must pass, exact, by prefix and for all (contract/stage-missing)', () => {
  const named = (name: string, glob: string, stage: string) =>
    ({ contract: name, repositories: [glob], stages: [{ stage }] }) satisfies Contract;
  const contracts = [named('exact', 'shop/api', 'a'), named('prefix', 'shop/*', 'b'), named('all', '*', 'c')];
  assertPasses(verify(custodyLedger({ contracts, stages: ['a', 'b', 'c'] })));
  for (const missing of ['a', 'b', 'c']) {
    const stages = ['a', 'b', 'c'].filter((stage) => stage !== missing);
    const result = verify(custodyLedger({ contracts, stages }));
    assert.equal(assertFound(result, 'fail', 'contract/stage', 'contract/stage-missing').stage, missing);
    assert.equal(result.contracts.length, 3);
  }
});

test('contracts of other repositories ask for nothing here (contract/none)', () => {
  for (const glob of ['shop/web', 'shop/api/*', 'store/*', 'sho/*']) {
    const ledger = openedLedger();
    publish(ledger, { ...CONTRACT, repositories: [glob] });
    assertFound(verify(ledger), 'unjudged', 'contract/covers', 'contract/none');
  }
});

test('a contract that was withdrawn asks for nothing, and the timeline shows when (contract/none)', () => {
  const ledger = custodyLedger({ stages: [] });
  const seq = withdraw(ledger);
  const result = verify(ledger);
  assertFound(result, 'unjudged', 'contract/covers', 'contract/none');
  assert.equal(result.timeline.at(-1)?.seq, seq);
});

test('a contract that was withdrawn and published again asks again (contract/stage-missing)', () => {
  const ledger = custodyLedger({ stages: [] });
  withdraw(ledger);
  publish(ledger, CONTRACT, { version: 2, previous: CONTRACT.repositories });
  assertFound(verify(ledger), 'fail', 'contract/stage', 'contract/stage-missing');
});

test('a contract loosened after the fact passes under its new version, and both versions are in the timeline', () => {
  const ledger = custodyLedger({ stages: ['test'] });
  assert.equal(verify(ledger).verdict, 'fail');
  const loosened = publish(ledger, contract({ stage: 'test' }), { version: 2, previous: CONTRACT.repositories });
  const result = verify(ledger);
  assertPasses(result);
  const [{ sha256, ...inForce } = { sha256: '' }] = result.contracts;
  assert.deepEqual(inForce, { contract: 'shop', version: 2, seq: loosened });
  assert.equal(
    sha256,
    createHash('sha256')
      .update(ledger.payload(loosened) ?? '')
      .digest('hex'),
  );
  const versions = result.timeline.filter(({ kind }) => kind === 'contract.published').map(({ seq }) => seq);
  assert.deepEqual(versions, [7, loosened]);
});

test('a contract that drops the repository stays in its coverage lists, and in the timeline (contract/none)', () => {
  const ledger = custodyLedger({ stages: [] });
  publish(ledger, { ...CONTRACT, repositories: ['store/*'] }, { version: 2, previous: CONTRACT.repositories });
  const result = verify(ledger);
  assertFound(result, 'unjudged', 'contract/covers', 'contract/none');
  assert.equal(result.timeline.filter(({ kind }) => kind === 'contract.published').length, 2);
});

test('a version that hides where the one before applied is refused (contract/versions-inconsistent)', () => {
  const ledger = custodyLedger({ stages: [] });
  publish(ledger, { ...CONTRACT, repositories: ['store/*'] }, { version: 2, previous: [] });
  assertFound(verify(ledger), 'fail', 'contract/covers', 'contract/versions-inconsistent');
});

test('versions count up by one, withdrawals name what they withdraw (contract/versions-inconsistent)', () => {
  const deviations: ((ledger: LedgerUnderTest) => number)[] = [
    (ledger) => publish(ledger, EMPTY, { version: 1, previous: CONTRACT.repositories }),
    (ledger) => publish(ledger, EMPTY, { version: 3, previous: CONTRACT.repositories }),
    (ledger) => withdraw(ledger, 2),
    (ledger) => withdraw(ledger, 1, ['shop/*', 'more/*']),
  ];
  for (const deviate of deviations) {
    const ledger = custodyLedger();
    deviate(ledger);
    assertFound(verify(ledger), 'fail', 'contract/covers', 'contract/versions-inconsistent');
  }
});

test('a contract whose document is another than its entry says is refused (contract/body-differs)', () => {
  for (const other of [
    { ...CONTRACT, contract: 'other' },
    { ...CONTRACT, repositories: ['shop/*', 'store/*'] },
  ]) {
    const ledger = custodyLedger({ contracts: [] });
    const document = { mediaType: CONTRACT_MEDIA_TYPE, bytes: formatContract(other) };
    publish(ledger, CONTRACT, { entry: { document } });
    assertFound(verify(ledger), 'fail', 'contract/covers', 'contract/body-differs');
  }
});

test('a contract whose document is withheld or does not read lets nothing pass (payload/absent, contract/malformed)', () => {
  assertFound(verify(custodyLedger(), { withoutPayloads: [7] }), 'fail', 'contract/covers', 'payload/absent');
  const ledger = custodyLedger({ contracts: [] });
  const document = { mediaType: CONTRACT_MEDIA_TYPE, bytes: new TextEncoder().encode('{}') };
  publish(ledger, CONTRACT, { entry: { document } });
  assertFound(verify(ledger), 'fail', 'contract/covers', 'contract/malformed');
});

test('a contract is published by an administrator and nobody else (principal/wrong-role, principal/name-reserved)', () => {
  for (const [by, reason] of [
    ['shop-ci', 'principal/wrong-role'],
    ['stranger', 'principal/no-grant'],
    ['service', 'principal/name-reserved'],
  ] as const) {
    const ledger = custodyLedger();
    publish(ledger, EMPTY, { version: 2, previous: CONTRACT.repositories, by });
    assertFound(verify(ledger), 'fail', 'contract/covers', reason);
  }
});

test('the lists of whoever published are asked for', () => {
  const ledger = openedLedger();
  grant(ledger, 'anna', 'admin');
  publish(ledger, EMPTY, { by: 'anna' });
  assert(
    ledger
      .evidence({ subject: `sha256:${'0'.repeat(64)}`, repository: 'shop/api' })
      .lists.some(({ key }) => key === 'principal:anna'),
  );
});

test('all attestations of a stage count unless the latest is asked for (contract/wrong-predicate-type)', () => {
  const wanted = { stage: 'scan', predicateTypes: ['https://in-toto.io/attestation/vulns/v0.2'] };
  for (const [count, verdict] of [
    ['all', 'fail'],
    ['latest', 'pass'],
  ] as const) {
    const ledger = custodyLedger({ contracts: [contract({ ...wanted, count })], stages: [] });
    attest(ledger, { stage: 'scan', type: 'junit' });
    attest(ledger, { stage: 'scan', type: 'vulns' });
    assert.equal(verify(ledger).verdict, verdict, count);
  }
  const ledger = custodyLedger({ contracts: [contract(wanted)], stages: [] });
  attest(ledger, { stage: 'scan', type: 'vulns' });
  attest(ledger, { stage: 'scan', type: 'junit' });
  assertFound(verify(ledger), 'fail', 'contract/stage', 'contract/wrong-predicate-type');
});

test('an attestation that is not sound fails the verdict, whether the latest counts or all (contract/stage-attestation-failed)', () => {
  for (const count of ['all', 'latest'] as const) {
    const ledger = custodyLedger({ contracts: [contract({ stage: 'scan', count })], stages: [] });
    attest(ledger, { stage: 'scan' });
    attest(ledger, { stage: 'scan', key: 'stranger' });
    assertFound(verify(ledger), 'fail', 'contract/stage', 'contract/stage-attestation-failed');
  }
  const ledger = custodyLedger({ contracts: [contract({ stage: 'scan', count: 'latest' })], stages: [] });
  attest(ledger, { stage: 'scan', key: 'stranger' });
  attest(ledger, { stage: 'scan', note: 'fresh' });
  const result = verify(ledger);
  assert.equal(result.verdict, 'fail', 'a contract does not make true what is false');
  assert(!findings(result).some((line) => line.includes('contract/stage')));
});

test('an old result posted again is not the latest (contract/wrong-predicate-type)', () => {
  const wanted = {
    stage: 'scan',
    predicateTypes: ['https://in-toto.io/attestation/vulns/v0.2'],
    count: 'latest',
  } as const;
  const ledger = custodyLedger({ contracts: [contract(wanted)], stages: [] });
  attest(ledger, { stage: 'scan', type: 'vulns' });
  attest(ledger, { stage: 'scan', type: 'junit' });
  attest(ledger, { stage: 'scan', type: 'vulns', form: 'bundle' });
  assertFound(verify(ledger), 'fail', 'contract/stage', 'contract/wrong-predicate-type');
});

test('stages come in the order of the contract (contract/stage-too-early)', () => {
  const result = verify(custodyLedger({ stages: ['scan', 'test'] }));
  assert.equal(assertFound(result, 'fail', 'contract/order', 'contract/stage-too-early').stage, 'scan');
});

test('an old envelope posted again does not make a stage come later (contract/stage-too-early)', () => {
  const ledger = custodyLedger({ stages: ['scan', 'test'] });
  attest(ledger, { stage: 'scan', form: 'bundle' });
  assertFound(verify(ledger), 'fail', 'contract/order', 'contract/stage-too-early');
  const latest = { ...CONTRACT, stages: [TEST, { ...SCAN, count: 'latest' }] } as Contract;
  const other = custodyLedger({ contracts: [latest], stages: ['scan', 'test'] });
  attest(other, { stage: 'scan', form: 'bundle' });
  assertFound(verify(other), 'fail', 'contract/order', 'contract/stage-too-early');
});

test('a fresh result of the stage, where the latest counts, comes in order again', () => {
  const latest = { ...CONTRACT, stages: [TEST, { ...SCAN, count: 'latest' }] } as Contract;
  const ledger = custodyLedger({ contracts: [latest], stages: ['scan', 'test'] });
  attest(ledger, { stage: 'scan', note: 'fresh' });
  assertPasses(verify(ledger));
});

test('a signer that the contract does not accept fails (contract/wrong-signer)', () => {
  const ledger = openedLedger();
  publish(ledger, contract({ stage: 'test', signers: [ledger.key('other').signer] }));
  sign(ledger);
  attest(ledger);
  assertFound(verify(ledger), 'fail', 'contract/stage', 'contract/wrong-signer');
});

test('the service’s signature is too weak where the pipeline’s own is asked for (contract/wrong-assurance)', () => {
  for (const [assurance, verdict] of [
    ['pipeline', 'fail'],
    ['service', 'pass'],
    [undefined, 'pass'],
  ] as const) {
    const stage = { stage: 'test', ...(assurance === undefined ? {} : { assurance }) };
    const ledger = custodyLedger({ contracts: [contract(stage)], stages: [] });
    attest(ledger, { key: 'service' });
    const result = verify(ledger);
    assert.equal(result.verdict, verdict, findings(result).join());
    if (verdict === 'fail') assertFound(result, 'fail', 'contract/stage', 'contract/wrong-assurance');
  }
});

test('an attestation of a stage that no contract names still has to be true (signer/not-registered)', () => {
  const ledger = custodyLedger();
  attest(ledger, { stage: 'extra', key: 'stranger' });
  assertFound(verify(ledger), 'fail', 'signer/known', 'signer/not-registered');
});
