import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attest, openedLedger, publish, sign } from './custody-under-test.ts';
import {
  attempted,
  attestCommit,
  COMMIT,
  close,
  contractOf,
  expire,
  minutesOn,
  OTHER_COMMIT,
  open,
  RUN,
  runLedger,
} from './run-under-test.ts';
import { assertFound, assertPasses, verify } from './verify-under-test.ts';

const REQUIRED = contractOf({ runs: { required: true } });

test('a run that closed as succeeded satisfies a contract that asks for one, and shows as the first attempt', () => {
  const result = verify(runLedger(REQUIRED, { stages: ['review', 'test'] }));
  assertPasses(result);
  assert.deepEqual(
    result.attempts.map(({ commit, number, run, outcome, ofImage, sound }) => ({
      commit,
      number,
      run,
      outcome,
      ofImage,
      sound,
    })),
    [{ commit: COMMIT, number: 1, run: RUN, outcome: 'succeeded', ofImage: true, sound: true }],
  );
  const steps = result.timeline.filter(({ kind }) => kind.startsWith('run.'));
  assert.deepEqual(
    steps.map(({ kind, attempt, outcome, principal }) => ({ kind, attempt, outcome, principal })),
    [
      { kind: 'run.opened', attempt: 1, outcome: undefined, principal: 'shop-ci' },
      { kind: 'run.closed', attempt: 1, outcome: 'succeeded', principal: 'shop-ci' },
    ],
  );
  assert.equal(result.timeline.find(({ stage }) => stage === 'review')?.via, `gitCommit:${COMMIT}`);
});

test('an image that names no run does not pass where one is asked for (contract/run-missing)', () => {
  const ledger = openedLedger();
  publish(ledger, REQUIRED);
  sign(ledger);
  attest(ledger);
  const result = verify(ledger);
  assertFound(result, 'fail', 'contract/run', 'contract/run-missing');
  assertFound(result, 'fail', 'contract/expected-stages', 'custody/blocked');
  assert.deepEqual(result.attempts, []);
});

for (const outcome of ['failed', 'cancelled'] as const) {
  test(`an image from a run that ${outcome === 'failed' ? 'failed' : 'was cancelled'} does not pass, whether or not a run is asked for (run/${outcome})`, () => {
    for (const contract of [REQUIRED, contractOf(), contractOf({ runs: { required: false } })])
      assertFound(verify(runLedger(contract, { outcome })), 'fail', 'contract/run', `run/${outcome}`);
  });
}

test('a run that nobody closed is lost, before and after that is written down (run/overdue, run/expired)', () => {
  for (const contract of [REQUIRED, contractOf()]) {
    const ledger = runLedger(contract, { outcome: 'open', minutes: 30 });
    assertFound(verify(ledger, { evaluatedAt: minutesOn(ledger, 60) }), 'fail', 'contract/run', 'run/overdue');
    expire(ledger, { time: minutesOn(ledger, 60) });
    assertFound(verify(ledger), 'fail', 'contract/run', 'run/expired');
  }
});

test('an open run passes where none is asked for, until it expires, and not where one is (run/open)', () => {
  const ledger = runLedger(contractOf(), { outcome: 'open', minutes: 30 });
  const result = verify(ledger);
  assertPasses(result);
  assert.equal(result.validUntil, result.attempts[0]?.expires);
  assertFound(verify(ledger, { evaluatedAt: result.validUntil ?? '' }), 'fail', 'contract/run', 'run/overdue');
  assertFound(verify(runLedger(REQUIRED, { outcome: 'open' })), 'fail', 'contract/run', 'run/open');
});

test('a stage that was asked for when the run was opened is not taken back by a looser contract (contract/expected-stage-missing)', () => {
  const ledger = runLedger(REQUIRED, { stages: ['review', 'scan', 'sign-off', 'test'] });
  const result = verify(ledger);
  const missing = result.checks.filter(({ code }) => code === 'contract/expected-stages');
  assert.deepEqual(
    missing.map(({ stage, reason }) => `${stage} ${reason}`),
    ['scan contract/expected-stage-missing', 'sign-off contract/expected-stage-missing'],
  );
  assert.equal(result.verdict, 'fail');
  attest(ledger, { stage: 'scan' });
  attestCommit(ledger, 'sign-off');
  assertPasses(verify(ledger));
});

test('runs until one is green are counted, and so are those that were lost or are open (contract/too-many-failed-attempts)', () => {
  const none = contractOf({ runs: { required: true, failedAttemptsMax: 0 } });
  assertPasses(verify(attempted(none, ['succeeded', 'succeeded'])));
  for (const outcome of ['failed', 'cancelled', 'expired', 'open'] as const) {
    const found = assertFound(
      verify(attempted(none, [outcome])),
      'fail',
      'contract/attempts',
      'contract/too-many-failed-attempts',
    );
    assert.equal(found.detail, '1');
  }
  const two = contractOf({ runs: { required: true, failedAttemptsMax: 2 } });
  assertPasses(verify(attempted(two, ['failed', 'succeeded', 'cancelled'])));
  assertFound(
    verify(attempted(two, ['failed', 'failed', 'expired'])),
    'fail',
    'contract/attempts',
    'contract/too-many-failed-attempts',
  );
});

test('attempts are bounded by their number, and later ones do not count (contract/too-many-attempts)', () => {
  const contract = contractOf({ runs: { required: false, attemptsMax: 2, failedAttemptsMax: 5 } });
  const ledger = attempted(contract, ['failed']);
  assertPasses(verify(ledger));
  open(ledger, { run: 'r-later' });
  close(ledger, 'failed', { run: 'r-later' });
  const result = verify(ledger);
  assertPasses(result);
  assert.deepEqual(
    result.attempts.map(({ number, outcome, ofImage }) => `${number} ${outcome} ${ofImage}`),
    ['1 failed false', '2 succeeded true', '3 failed false'],
  );
  assertFound(
    verify(attempted(contract, ['failed', 'failed'])),
    'fail',
    'contract/attempts',
    'contract/too-many-attempts',
  );
});

test('an image that was signed in a run that failed and again in one that succeeded comes from the one that succeeded', () => {
  const ledger = runLedger(REQUIRED, { outcome: 'failed' });
  open(ledger, { run: 'r-2' });
  sign(ledger, undefined, { entry: { run: 'r-2' } });
  close(ledger, 'succeeded', { run: 'r-2' });
  const result = verify(ledger);
  assertPasses(result);
  assert.equal(result.checks.find(({ code }) => code === 'contract/run')?.detail, 'r-2');
});

test('a stage of the commit counts through the run that a signature names, and only for stages that ask for it', () => {
  const ofSource = contractOf({ stages: [{ stage: 'review', on: 'source' }] });
  assertPasses(verify(runLedger(ofSource)));
  assertFound(
    verify(runLedger(contractOf({ stages: [{ stage: 'review' }] }))),
    'fail',
    'contract/stage',
    'contract/stage-missing',
  );
  assertFound(
    verify(runLedger(contractOf({ stages: [{ stage: 'test', on: 'source' }] }))),
    'fail',
    'contract/stage',
    'contract/stage-missing',
  );
  const unnamed = openedLedger();
  publish(unnamed, ofSource);
  open(unnamed);
  sign(unnamed);
  attestCommit(unnamed, 'review', { run: RUN });
  close(unnamed, 'succeeded');
  assertFound(verify(unnamed), 'fail', 'contract/stage', 'contract/stage-missing');
  const other = runLedger(contractOf({ stages: [{ stage: 'lint', on: 'source' }] }));
  attestCommit(other, 'lint', { commit: OTHER_COMMIT });
  assertFound(verify(other), 'fail', 'contract/stage', 'contract/stage-missing');
  attestCommit(other, 'lint');
  assertPasses(verify(other));
});

test('what is attested of the commit is checked as what is attested of the image (statement, signer, principal)', () => {
  const contract = contractOf();
  const wrongSubject = runLedger(contract);
  attest(wrongSubject, { stage: 'review', entry: { body: { form: 'envelope', subjects: [`gitCommit:${COMMIT}`] } } });
  assertFound(verify(wrongSubject), 'fail', 'statement/subject', 'statement/other-subject');
  const stranger = runLedger(contract);
  attestCommit(stranger, 'review', { by: 'stranger' });
  assertFound(verify(stranger), 'fail', 'principal/allowed', 'principal/no-grant');
  const unknown = runLedger(contract);
  attestCommit(unknown, 'review', { key: 'nobody' });
  assertFound(verify(unknown), 'fail', 'signer/known', 'signer/not-registered');
  const withheld = runLedger(contract);
  const seq = attestCommit(withheld, 'review', { note: 'withheld' });
  assertFound(verify(withheld, { withoutPayloads: [seq] }), 'fail', 'signature/envelope', 'payload/absent');
});
