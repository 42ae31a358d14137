import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type formatEvidence, parseEvidence } from '../../src/core/custody/evidence.ts';
import { coverageKey, imageKey, principalKey, signerKey } from '../../src/core/entry/keys.ts';
import {
  attest,
  CONTRACT,
  custodyLedger,
  grant,
  IMAGE,
  openedLedger,
  publish,
  QUESTION,
  REPOSITORY,
  revoke,
  sign,
} from './custody-under-test.ts';
import { claimWithout, editClaim, editEntry } from './edit-evidence.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import { assertFound, assertPasses, verify } from './verify-under-test.ts';

/** In `custodyLedger`: contract 7, image 8, test 9, scan 10. */
const [PUBLISHED, SIGNED, TESTED, SCANNED] = [7, 8, 9, 10] as const;
const LIST = imageKey(IMAGE);

/** A ledger whose image has five attestations, so that a list has a start, a middle and an end. */
function longer(): LedgerUnderTest {
  const ledger = custodyLedger();
  for (const stage of ['lint', 'audit', 'pack']) attest(ledger, { stage });
  return ledger;
}

test('an edited entry is not in the signed tree (merkle/root-mismatch)', () => {
  const edit = editEntry(TESTED, (entry) => ({ ...entry, stage: 'other' }));
  assert.equal(
    assertFound(verify(custodyLedger(), { edit }), 'fail', 'entry/inclusion', 'merkle/root-mismatch').seq,
    TESTED,
  );
});

test('two entries with their places swapped are in neither place (merkle/root-mismatch)', () => {
  const edit = (parts: Parameters<typeof formatEvidence>[0]) => ({
    ...parts,
    entries: parts.entries.map((shown) => {
      const { seq } = shown.entry;
      const other = seq === 5 ? 6 : seq === 6 ? 5 : seq;
      return { ...shown, entry: { ...shown.entry, seq: other } };
    }),
  });
  assertFound(verify(custodyLedger(), { edit }), 'fail', 'entry/inclusion', 'merkle/root-mismatch');
});

test('an entry put in between has no place in the tree (merkle/root-mismatch)', () => {
  const [honest, forger] = [custodyLedger(), custodyLedger()];
  attest(forger, { stage: 'sbom' });
  const seq = attest(honest, { stage: 'lint' });
  const edit = editEntry(seq, () => forger.entry(seq));
  assertFound(verify(honest, { edit }), 'fail', 'entry/inclusion', 'merkle/root-mismatch');
});

test('an entry past the end of the checkpoint is not in it (merkle/index-out-of-range)', () => {
  const ledger = longer();
  const shown = ledger.evidence(QUESTION);
  const edit = (parts: typeof shown) => ({ ...parts, entries: shown.entries, lists: shown.lists });
  const result = verify(ledger, { size: ledger.size - 1, edit });
  assertFound(result, 'fail', 'entry/inclusion', 'merkle/index-out-of-range');
});

test('an entry of another log does not belong to the tree that it stands in (entry/wrong-log)', () => {
  const ledger = custodyLedger();
  attest(ledger, { stage: 'lint', entry: { alter: (entry) => ({ ...entry, log: 'waybill-another' }) } });
  assertFound(verify(ledger), 'fail', 'entry/inclusion', 'entry/wrong-log');
});

test('an entry filed under keys that do not follow from it does not read (entry/keys-wrong)', () => {
  const ledger = custodyLedger();
  attest(ledger, { stage: 'lint', entry: { keys: [imageKey(IMAGE), imageKey(`sha256:${'0'.repeat(64)}`)] } });
  const evidence = parseEvidence(ledger.evidenceBytes(QUESTION));
  assert(!evidence.ok && evidence.fault.code === 'entry/keys-wrong');
});

test('a clock that was set back shows in the entries (entry/time-backwards)', () => {
  const ledger = custodyLedger();
  attest(ledger, { stage: 'lint', entry: { time: '2026-03-01T12:00:30.000Z' } });
  assertFound(verify(ledger), 'fail', 'entry/order', 'entry/time-backwards');
});

test('an entry that does not name the one before it breaks the chain (entry/link-broken)', () => {
  const ledger = custodyLedger();
  attest(ledger, { stage: 'lint', entry: { alter: (entry) => ({ ...entry, prev: '0'.repeat(64) }) } });
  assertFound(verify(ledger), 'fail', 'entry/order', 'entry/link-broken');
});

test('a log is opened once (entry/not-first)', () => {
  const ledger = custodyLedger();
  const { body } = ledger.entry(0);
  ledger.append({ kind: 'log.opened', principal: 'service', body });
  assertFound(verify(ledger), 'fail', 'entry/order', 'entry/not-first');
});

test('a log that is sealed ends there: the seal passes, and an entry after it does not (entry/after-seal)', () => {
  const ledger = custodyLedger();
  const body = { successor: 'waybill-ff00', logKeys: ['waybill-ff00+01020304+AQ=='] };
  ledger.append({ kind: 'log.sealed', principal: 'service', body });
  assertPasses(verify(ledger));
  attest(ledger, { stage: 'lint' });
  assertFound(verify(ledger), 'fail', 'entry/order', 'entry/after-seal');
});

for (const [where, seq] of [
  ['start', SIGNED],
  ['middle', SCANNED],
] as const) {
  test(`an entry withheld at the ${where} of a list leaves a gap, whatever is claimed (list/gap)`, () => {
    const ledger = longer();
    assertFound(verify(ledger, { without: [seq] }), 'fail', 'list/complete', 'list/gap');
    const edit = claimWithout([ledger.entry(seq)]);
    assert.equal(assertFound(verify(ledger, { without: [seq], edit }), 'fail', 'list/complete', 'list/gap').key, LIST);
  });
}

test('an entry withheld at the end is missed where the claim stays (list/length-differs)', () => {
  const ledger = longer();
  const result = verify(ledger, { without: [ledger.size - 2] });
  assertFound(result, 'fail', 'list/complete', 'list/length-differs');
});

test('an entry withheld and counted out at the end of its list stands in the map (list/not-in-map)', () => {
  const ledger = longer();
  const hidden = ledger.size - 2;
  const result = verify(ledger, { without: [hidden], edit: claimWithout([ledger.entry(hidden)]) });
  assert.equal(assertFound(result, 'fail', 'list/complete', 'list/not-in-map').key, LIST);
});

test('the last entry of the checkpoint cannot be withheld (entry/missing, commit/missing)', () => {
  const ledger = longer();
  const result = verify(ledger, { without: [ledger.size - 1] });
  assertFound(result, 'fail', 'checkpoint/age', 'entry/missing');
  assertFound(result, 'fail', 'commit/last', 'commit/missing');
  assert.equal(assertFound(result, 'fail', 'list/complete', 'custody/blocked').outcome, 'not-run');
});

test('a claim over or under what is shown is a fault (list/length-differs)', () => {
  for (const by of [-1, 1]) {
    const result = verify(custodyLedger(), { edit: editClaim(LIST, (n) => n + by) });
    assert.equal(assertFound(result, 'fail', 'list/complete', 'list/length-differs').key, LIST);
  }
});

test('every list that the answer rests on is claimed (list/claim-missing)', () => {
  const ledger = custodyLedger();
  for (const { key } of ledger.evidence(QUESTION).lists) {
    const result = verify(ledger, { edit: editClaim(key, () => undefined) });
    assert.equal(assertFound(result, 'fail', 'list/complete', 'list/claim-missing').key, key);
  }
});

test('a list that nothing rests on is refused (list/not-needed)', () => {
  const ledger = custodyLedger();
  const edit = (parts: Parameters<typeof formatEvidence>[0]) => ({
    ...parts,
    lists: [...parts.lists, { key: 'signer:unasked', n: 0, proof: ledger.mapProof('signer:unasked') }],
  });
  assertFound(verify(ledger, { edit }), 'fail', 'list/complete', 'list/not-needed');
});

test('an entry that nothing rests on is refused (entry/not-needed)', () => {
  const ledger = openedLedger();
  const stray = attest(ledger, { digest: `sha256:${'3'.repeat(64)}` });
  publish(ledger, CONTRACT);
  sign(ledger);
  for (const stage of ['test', 'scan']) attest(ledger, { stage });
  const shown = ledger.evidence({ subject: `sha256:${'3'.repeat(64)}`, repository: REPOSITORY }).entries;
  const edit = (parts: Parameters<typeof formatEvidence>[0]) => ({
    ...parts,
    entries: [...parts.entries, ...shown.filter(({ entry }) => entry.seq === stray)],
  });
  assertFound(verify(ledger, { edit }), 'fail', 'list/complete', 'entry/not-needed');
});

test('an entry that links to another predecessor in its list than is shown is a fault (list/link-broken)', () => {
  const ledger = custodyLedger();
  attest(ledger, {
    stage: 'lint',
    entry: { alter: (entry) => ({ ...entry, keys: entry.keys.map((link) => ({ ...link, prevSeq: TESTED })) }) },
  });
  assertFound(verify(ledger), 'fail', 'list/complete', 'list/link-broken');
});

for (const [what, changed] of [
  ['links', { prev: 'a'.repeat(64) }],
  ['numbers', { n: 3 }],
] as const) {
  test(`${what} in lists that nothing rests on must not contradict what is shown either (list/link-broken)`, () => {
    const ledger = openedLedger();
    const other = `sha256:${'3'.repeat(64)}`;
    const both = { form: 'envelope', subjects: [IMAGE, other] };
    const alter = (statement: Parameters<NonNullable<NonNullable<Parameters<typeof attest>[1]>['alter']>>[0]) => ({
      ...statement,
      subject: [...statement.subject, { digest: { sha256: '3'.repeat(64) } }],
    });
    sign(ledger);
    attest(ledger, { alter, entry: { body: both } });
    attest(ledger, {
      stage: 'scan',
      alter,
      entry: {
        body: both,
        alter: (entry) => ({
          ...entry,
          keys: entry.keys.map((link) => (link.key === imageKey(other) ? { ...link, ...changed } : link)),
        }),
      },
    });
    assertFound(verify(ledger), 'fail', 'entry/order', 'list/link-broken');
  });
}

test('evidence about another image or repository does not answer the question (custody/wrong-question)', () => {
  const ledger = custodyLedger();
  for (const asked of [
    { subject: `sha256:${'0'.repeat(64)}`, repository: REPOSITORY },
    { subject: IMAGE, repository: 'shop/web' },
  ])
    assertFound(verify(ledger, { asked }), 'fail', 'origin', 'custody/wrong-question');
});

test('evidence whose question was changed lacks the lists of that question (list/claim-missing)', () => {
  const question = { subject: IMAGE, repository: 'store/api' };
  const result = verify(custodyLedger(), { asked: question, edit: (parts) => ({ ...parts, question }) });
  assertFound(result, 'fail', 'list/complete', 'list/claim-missing');
});

test('a revocation of the signer cannot be left out of its list (list/length-differs)', () => {
  const ledger = custodyLedger();
  const hidden = revoke(ledger, 'pipeline', '2026-03-01T00:00:00.000Z');
  grant(ledger, 'nobody', 'auditor');
  const result = verify(ledger, { without: [hidden] });
  const key = signerKey(ledger.key('pipeline').signer);
  assert.equal(assertFound(result, 'fail', 'list/complete', 'list/length-differs').key, key);
});

test('a grant of the one who granted cannot be left out (list/claim-missing, list/gap)', () => {
  const ledger = custodyLedger();
  const key = principalKey('bootstrap-admin');
  assertFound(verify(ledger, { edit: editClaim(key, () => undefined) }), 'fail', 'list/complete', 'list/claim-missing');
  const result = verify(ledger, { without: [4], edit: claimWithout([ledger.entry(4)]) });
  // What proves that the list is there is no proof that it is not, whatever it reads as.
  assert(result.checks.some((check) => check.key === key && check.outcome === 'fail'));
  assertFound(result, 'fail', 'principal/allowed', 'list/gap');
});

test('a contract hidden from the list of one of its globs leaves a gap (list/gap)', () => {
  const strict = { contract: 'strict', repositories: ['shop/*'], stages: [{ stage: 'audit' }] };
  const ledger = custodyLedger({ contracts: [strict, CONTRACT] });
  const result = verify(ledger, { without: [PUBLISHED], edit: claimWithout([ledger.entry(PUBLISHED)]) });
  const found = assertFound(result, 'fail', 'list/complete', 'list/gap');
  assert.equal(found.key, coverageKey('shop/*'));
});
