import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Contract } from '../../src/core/contract/contract.ts';
import { imageKey } from '../../src/core/entry/keys.ts';
import {
  attest,
  grant,
  IMAGE,
  imageManifest,
  indexManifest,
  MANIFEST,
  openedLedger,
  publish,
  REPOSITORY,
  register,
  sign,
} from './custody-under-test.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import { billOf, IN_PRODUCTION, inProduction } from './previous-under-test.ts';
import { OLDER, OLDER_MANIFEST, release } from './releases-under-test.ts';
import { close, minutesOn, open, RUN } from './run-under-test.ts';
import { assertFound, assertPasses, verify } from './verify-under-test.ts';
import { grantPerson } from './waivers-under-test.ts';

const STAGING = 'shop/staging';
const THERE = { repository: STAGING };

/** An image must be tested, here or in staging, and approved here. */
const CONTRACT: Contract = {
  contract: 'promoted',
  repositories: [REPOSITORY],
  from: [STAGING],
  stages: [{ stage: 'test' }, { stage: 'approve', after: ['test'] }],
};

function without({ from: _, ...contract }: Contract): Contract {
  return contract;
}

/** The image was signed and tested in staging, and approved here. */
function promotedLedger(contract: Contract = CONTRACT): LedgerUnderTest {
  const ledger = openedLedger();
  publish(ledger, contract);
  sign(ledger, MANIFEST, THERE);
  attest(ledger, THERE);
  attest(ledger, { stage: 'approve' });
  return ledger;
}

test('what is known of the same image in a repository that the contract names in from counts, and says from where', () => {
  const result = verify(promotedLedger());
  assertPasses(result);
  const steps = result.timeline.filter(({ kind }) => kind !== 'contract.published');
  assert.deepEqual(
    steps.map(({ kind, stage, promotedFrom }) => [stage ?? kind, promotedFrom]),
    [
      ['image.signed', STAGING],
      ['test', STAGING],
      ['approve', undefined],
    ],
  );
  assert.deepEqual(result.elsewhere, []);
  assert(result.assurances.ownKeys);
});

test('without from nothing of another repository counts (contract/signature-missing, contract/stage-missing)', () => {
  const ledger = promotedLedger(without(CONTRACT));
  const result = verify(ledger);
  assertFound(result, 'fail', 'contract/signature', 'contract/signature-missing');
  assert.equal(assertFound(result, 'fail', 'contract/stage', 'contract/stage-missing').stage, 'test');
  assert.equal(result.elsewhere.length, 2);
  const { payloads } = ledger.evidence({ subject: IMAGE, repository: REPOSITORY });
  assert(payloads.length > 0);
});

test('another repository than the one that from names does not count (contract/stage-missing)', () => {
  for (const from of [['shop/stagin'], ['shop/staging/eu'], ['shop']]) {
    const result = verify(promotedLedger({ ...CONTRACT, from }));
    assertFound(result, 'fail', 'contract/stage', 'contract/stage-missing');
    assert.equal(result.elsewhere.length, 2);
  }
});

test('another image there does not count (contract/stage-missing)', () => {
  const ledger = openedLedger();
  publish(ledger, CONTRACT);
  sign(ledger);
  sign(ledger, OLDER_MANIFEST, THERE);
  attest(ledger, { ...THERE, digest: OLDER });
  attest(ledger, { stage: 'approve' });
  assertFound(verify(ledger), 'fail', 'contract/stage', 'contract/stage-missing');
});

test('a contract counts what it takes itself, and nothing that another one takes (contract/stage-missing)', () => {
  const ledger = promotedLedger();
  publish(ledger, { contract: 'own', repositories: ['shop/*'], stages: [{ stage: 'test' }] });
  const check = assertFound(verify(ledger), 'fail', 'contract/stage', 'contract/stage-missing');
  assert.deepEqual([check.contract, check.stage], ['own', 'test']);
});

test('signers and principals must be allowed where the entry was filed (signer/wrong-repository, principal/wrong-repository)', () => {
  const scoped = (repositories: readonly string[]) => {
    const ledger = openedLedger();
    register(ledger, 'narrow', { repositories });
    grant(ledger, 'narrow-ci', 'pipeline', { repositories });
    publish(ledger, CONTRACT);
    sign(ledger, MANIFEST, THERE);
    attest(ledger, { ...THERE, key: 'narrow', by: 'narrow-ci' });
    attest(ledger, { stage: 'approve' });
    return verify(ledger);
  };
  assertPasses(scoped([STAGING]));
  const wrong = scoped([REPOSITORY]);
  assertFound(wrong, 'fail', 'signer/allowed', 'signer/wrong-repository');
  assertFound(wrong, 'fail', 'principal/allowed', 'principal/wrong-repository');
  assertFound(wrong, 'fail', 'contract/stage', 'contract/stage-attestation-failed');
});

test('an attestation that was signed for here and filed there is filed elsewhere (attestation/filed-elsewhere)', () => {
  const ledger = openedLedger();
  publish(ledger, CONTRACT);
  sign(ledger, MANIFEST, THERE);
  attest(ledger, { entry: { repository: STAGING } });
  attest(ledger, { stage: 'approve' });
  assertFound(verify(ledger), 'fail', 'statement/place', 'attestation/filed-elsewhere');
});

test('nothing of there can be left out (list/gap, payload/absent)', () => {
  const ledger = promotedLedger();
  const test = ledger.size - 3;
  assert.equal(ledger.entry(test).repository, STAGING);
  assertFound(verify(ledger, { without: [test] }), 'fail', 'list/complete', 'list/gap');
  assertFound(verify(ledger, { withoutPayloads: [test] }), 'fail', 'signature/envelope', 'payload/absent');
  const key = `signer:${ledger.key('pipeline').signer}`;
  const result = verify(ledger, {
    edit: (parts) => ({ ...parts, lists: parts.lists.filter((claim) => claim.key !== key) }),
  });
  assertFound(result, 'fail', 'list/complete', 'list/claim-missing');
});

test('from in the entry is that of the document, or the contract cannot be read (contract/body-differs)', () => {
  for (const [told, meant] of [
    [CONTRACT, without(CONTRACT)],
    [without(CONTRACT), CONTRACT],
    [CONTRACT, { ...CONTRACT, from: ['shop/other'] }],
  ] as const) {
    const ledger = openedLedger();
    const { from } = told;
    const { contract, repositories } = CONTRACT;
    const body = {
      contract,
      version: 1,
      repositories,
      previousRepositories: [],
      ...(from === undefined ? {} : { from }),
    };
    publish(ledger, meant, { entry: { body } });
    sign(ledger, MANIFEST, THERE);
    assertFound(verify(ledger), 'fail', 'contract/covers', 'contract/body-differs');
  }
});

test('a from that a later version takes back counts no more, and one that comes later counts from then on', () => {
  const ledger = promotedLedger();
  publish(ledger, without(CONTRACT), { version: 2, previous: [REPOSITORY] });
  const result = verify(ledger);
  assertFound(result, 'fail', 'contract/stage', 'contract/stage-missing');
  assert.equal(
    result.timeline.filter(({ kind }) => kind === 'contract.published').length,
    2,
    'both versions are shown',
  );
  publish(ledger, CONTRACT, { version: 3, previous: [REPOSITORY] });
  assertPasses(verify(ledger));
});

test('as of a past state what the contract took then counts, and by what is known now what it takes now', () => {
  const ledger = promotedLedger(without(CONTRACT));
  const { size } = ledger;
  publish(ledger, CONTRACT, { version: 2, previous: [REPOSITORY] });
  const asked = (view: 'then' | 'now') =>
    verify(ledger, { question: { subject: IMAGE, repository: REPOSITORY, asOf: { size, view } } });
  assertFound(asked('then'), 'fail', 'contract/stage', 'contract/stage-missing');
  assertPasses(asked('now'));
  const before = openedLedger();
  publish(before, CONTRACT);
  sign(before, MANIFEST, THERE);
  const early = before.size;
  attest(before, THERE);
  attest(before, { stage: 'approve' });
  const question = { subject: IMAGE, repository: REPOSITORY, asOf: { size: early, view: 'now' } } as const;
  assertFound(verify(before, { question }), 'fail', 'contract/stage', 'contract/stage-missing');
  assertPasses(verify(before));
});

test('a statement that was recorded there before is no newer here, and counts once among the facts', () => {
  const rules = [{ rule: 'once', expression: 'facts.tests.total == 2' }];
  const ledger = openedLedger();
  const stages = [{ stage: 'test', maxAge: '30m' }];
  publish(ledger, { contract: 'promoted', repositories: [REPOSITORY], from: [STAGING], stages, rules });
  const tests = (repository: string, time: string) =>
    attest(ledger, {
      repository,
      type: 'test-result',
      entry: { time },
      alter: ({ subject, ...statement }) => ({
        ...statement,
        // It names no place, so that it can be filed in both.
        subject: subject.map(({ annotations: _, ...one }) => one),
        predicate: { result: 'PASSED', passedTests: ['a', 'b'] },
      }),
    });
  sign(ledger, MANIFEST, THERE);
  const first = minutesOn(ledger, 10);
  tests(STAGING, first);
  tests(REPOSITORY, minutesOn(ledger, 20));
  assertPasses(verify(ledger));
  const late = verify(ledger, { evaluatedAt: minutesOn(ledger, 11) });
  assertFound(late, 'fail', 'contract/freshness', 'contract/stale');
});

test('a rule compares with what was promoted of the image before, too', () => {
  const expression = 'previous.facts.components.count == 4 && facts.components.count == 3';
  const ledger = openedLedger();
  grantPerson(ledger, 'anna', 'release-manager');
  publish(ledger, { ...CONTRACT, stages: [], rules: [{ rule: 'both', expression }] });
  for (const [manifest, digest, count] of [
    [OLDER_MANIFEST, OLDER, 4],
    [MANIFEST, IMAGE, 3],
  ] as const) {
    sign(ledger, manifest, THERE);
    billOf(ledger, digest, count, THERE);
  }
  release(ledger, { digest: OLDER });
  assertPasses(inProduction(ledger));
  // What is told of the change says the same.
  const { comparison } = inProduction(ledger);
  assert.deepEqual(
    [comparison?.previous?.digest, comparison?.facts?.components?.before, comparison?.facts?.components?.after],
    [OLDER, 4, 3],
  );
  const { lists } = ledger.evidence(IN_PRODUCTION);
  assert(lists.some(({ key }) => key === imageKey(OLDER)));
});

test('an index there hands down to the image what it hands down here', () => {
  const ledger = openedLedger();
  publish(ledger, { ...CONTRACT, stages: [] });
  attest(ledger, { stage: 'approve' });
  sign(ledger, indexManifest([imageManifest('55')]), THERE);
  assertFound(verify(ledger), 'fail', 'contract/signature', 'contract/signature-missing');
  sign(ledger, indexManifest([MANIFEST]), THERE);
  assertPasses(verify(ledger));
});

test('a run there is accounted for as one here, with every attempt at its commit (run/attempts, contract/run)', () => {
  const runs = { required: true, failedAttemptsMax: 0 };
  const promoted = (failedBefore: boolean) => {
    const ledger = openedLedger();
    publish(ledger, { ...CONTRACT, stages: [{ stage: 'approve' }], runs });
    if (failedBefore) {
      open(ledger, { ...THERE, run: 'r-0' });
      close(ledger, 'failed', { ...THERE, run: 'r-0' });
    }
    open(ledger, THERE);
    sign(ledger, MANIFEST, { ...THERE, entry: { run: RUN } });
    close(ledger, 'succeeded', THERE);
    attest(ledger, { stage: 'approve' });
    return verify(ledger);
  };
  assertPasses(promoted(false));
  const failed = promoted(true);
  assertFound(failed, 'fail', 'contract/attempts', 'contract/too-many-failed-attempts');
  assert.deepEqual(
    failed.attempts.map(({ number, run, outcome, ofImage, promotedFrom }) => [
      number,
      run,
      outcome,
      ofImage,
      promotedFrom,
    ]),
    [
      [1, 'r-0', 'failed', false, STAGING],
      [2, RUN, 'succeeded', true, STAGING],
    ],
  );
});
