import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Contract, ContractStage } from '../../src/core/contract/contract.ts';
import { type Evaluated, evaluateContract } from '../../src/core/contract/evaluate-contract.ts';

const JUNIT = 'https://waybill.dev/attestation/junit/v1';
const SIGNER = 'd4'.repeat(32);

/** A sound attestation by a pipeline's own key, first recorded where it stands. */
function attestation(seq: number, stage: string, more: Partial<Evaluated> = {}): Evaluated {
  return {
    seq,
    stage,
    predicateType: JUNIT,
    signer: SIGNER,
    assurance: 'pipeline',
    firstSeq: seq,
    sound: true,
    ...more,
  };
}

const SIGNATURE = attestation(1, '');

function contract(...stages: readonly ContractStage[]): Contract {
  return { contract: 'shop', repositories: ['shop/*'], stages };
}

/** Requirements as `what stage: reason`, `met` where there is none. */
function judge(
  stages: readonly ContractStage[],
  attestations: readonly Evaluated[],
  signatures: readonly Evaluated[] = [SIGNATURE],
): readonly string[] {
  return evaluateContract(contract(...stages), signatures, attestations).map(
    ({ requirement, stage = '', reason = 'met' }) => `${requirement} ${stage}: ${reason}`,
  );
}

describe('the signature', () => {
  test('is asked for by a contract without stages (contract/signature-missing)', () => {
    assert.deepEqual(judge([], [], []), ['signature : contract/signature-missing']);
    assert.deepEqual(judge([], []), ['signature : met']);
  });
  test('must be sound, and one that is suffices (contract/signature-failed)', () => {
    const failed = attestation(2, '', { sound: false });
    assert.deepEqual(judge([], [], [failed]), ['signature : contract/signature-failed']);
    assert.deepEqual(judge([], [], [failed, SIGNATURE]), ['signature : met']);
  });
});

describe('a stage', () => {
  const stageOf = (wanted: Partial<ContractStage>, ...attestations: readonly Evaluated[]) =>
    judge([{ stage: 'test', ...wanted }], attestations)[1];
  const good = attestation(3, 'test');

  test('is met by one attestation of it, not by one of another stage (contract/stage-missing)', () => {
    assert.equal(stageOf({}, good), 'stage test: met');
    assert.equal(stageOf({}, attestation(3, 'tests')), 'stage test: contract/stage-missing');
    assert.equal(stageOf({ count: 'latest' }), 'stage test: contract/stage-missing');
  });
  test('counts every attestation unless told (contract/stage-attestation-failed)', () => {
    const failed = attestation(4, 'test', { sound: false });
    assert.equal(stageOf({}, good, failed), 'stage test: contract/stage-attestation-failed');
    assert.equal(stageOf({}, failed, attestation(5, 'test')), 'stage test: contract/stage-attestation-failed');
  });
  test('takes the listed types, signers and assurances only', () => {
    assert.equal(stageOf({ predicateTypes: ['urn:other', JUNIT] }, good), 'stage test: met');
    assert.equal(stageOf({ predicateTypes: ['urn:other'] }, good), 'stage test: contract/wrong-predicate-type');
    assert.equal(stageOf({ signers: [SIGNER] }, good), 'stage test: met');
    assert.equal(stageOf({ signers: ['ee'.repeat(32)] }, good), 'stage test: contract/wrong-signer');
    const service = attestation(3, 'test', { assurance: 'service' });
    assert.equal(stageOf({}, service), 'stage test: met');
    assert.equal(stageOf({ assurance: 'service' }, service), 'stage test: met');
    assert.equal(stageOf({ assurance: 'pipeline' }, service), 'stage test: contract/wrong-assurance');
    assert.equal(stageOf({ assurance: 'pipeline' }, good), 'stage test: met');
  });
  test('with latest looks at the newest alone, for better and for worse', () => {
    const failed = attestation(2, 'test', { sound: false });
    assert.equal(stageOf({ count: 'latest' }, failed, good), 'stage test: met');
    const worse = attestation(4, 'test', { predicateType: 'urn:other' });
    const wanted = { count: 'latest', predicateTypes: [JUNIT] } as const;
    assert.equal(stageOf(wanted, good, worse), 'stage test: contract/wrong-predicate-type');
  });
  test('with latest is not fooled by an old envelope posted again (contract/wrong-predicate-type)', () => {
    const worse = attestation(4, 'test', { predicateType: 'urn:other' });
    const again = attestation(5, 'test', { firstSeq: 3 });
    const wanted = { count: 'latest', predicateTypes: [JUNIT] } as const;
    assert.equal(stageOf(wanted, good, worse, again), 'stage test: contract/wrong-predicate-type');
  });
});

describe('the order', () => {
  const STAGES: readonly ContractStage[] = [{ stage: 'test' }, { stage: 'scan', after: ['test'] }];
  const orderOf = (...attestations: readonly Evaluated[]) => judge(STAGES, attestations).at(-1);

  test('holds where the stage came after the one that it follows', () => {
    assert.equal(orderOf(attestation(3, 'test'), attestation(4, 'scan')), 'order scan: met');
  });
  test('fails where it came before, or with it (contract/stage-too-early)', () => {
    assert.equal(orderOf(attestation(4, 'test'), attestation(3, 'scan')), 'order scan: contract/stage-too-early');
  });
  test('counts the first record: what is posted again is not later (contract/stage-too-early)', () => {
    const again = attestation(5, 'scan', { firstSeq: 3 });
    assert.equal(
      orderOf(attestation(4, 'test'), attestation(3, 'scan'), again),
      'order scan: contract/stage-too-early',
    );
  });
  test('fails where one attestation of several came too early (contract/stage-too-early)', () => {
    const [early, late] = [attestation(3, 'scan'), attestation(5, 'scan')];
    assert.equal(orderOf(early, attestation(4, 'test'), late), 'order scan: contract/stage-too-early');
  });
  test('fails where the stage before is missing or failed (contract/stage-too-early)', () => {
    assert.equal(orderOf(attestation(4, 'scan')), 'order scan: contract/stage-too-early');
    const failed = attestation(3, 'test', { sound: false });
    assert.equal(orderOf(failed, attestation(4, 'scan')), 'order scan: contract/stage-too-early');
  });
  test('is not run where the stage itself is missing (custody/blocked)', () => {
    assert.equal(orderOf(attestation(3, 'test')), 'order scan: custody/blocked');
  });
  test('with latest compares the newest alone', () => {
    const stages: readonly ContractStage[] = [{ stage: 'test' }, { stage: 'scan', count: 'latest', after: ['test'] }];
    const [early, late] = [attestation(3, 'scan'), attestation(5, 'scan')];
    assert.equal(judge(stages, [early, attestation(4, 'test'), late]).at(-1), 'order scan: met');
  });
});

test('nothing is lost: one requirement for the signature, each stage, each order', () => {
  const stages = ['a', 'b', 'c'].map((stage): ContractStage => (stage === 'a' ? { stage } : { stage, after: ['a'] }));
  assert.equal(judge(stages, []).length, 1 + 3 + 2);
});
