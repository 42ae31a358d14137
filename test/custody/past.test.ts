import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Check } from '../../src/core/custody/check.ts';
import { type EvidenceParts, parseEvidence } from '../../src/core/custody/evidence.ts';
import { headlineOf } from '../../src/core/custody/report-model.ts';
import type { CustodyResult } from '../../src/core/custody/verify-custody.ts';
import {
  attest,
  CONTRACT,
  custodyLedger,
  digestOf,
  indexManifest,
  MANIFEST,
  openedLedger,
  publish,
  QUESTION,
  register,
  revoke,
  sign,
} from './custody-under-test.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import { after, verifyPast } from './past-under-test.ts';
import { stepOfOpenLog } from './random-steps.ts';
import { assertFound, assertPasses, verify } from './verify-under-test.ts';

/** Verdicts as known then about the state, as known now about it, and of now. */
function verdicts(ledger: LedgerUnderTest, size: number): readonly string[] {
  return [verifyPast(ledger, size, 'then'), verifyPast(ledger, size, 'now'), verify(ledger)].map(
    ({ verdict }) => verdict,
  );
}

test('a key that is revoked later, for a time before, counts as known then and not as known now (signer/revoked)', () => {
  const ledger = custodyLedger();
  const size = ledger.size;
  revoke(ledger, 'pipeline', ledger.entry(6).time);
  assert.deepEqual(verdicts(ledger, size), ['pass', 'fail', 'fail']);
  assertPasses(verifyPast(ledger, size, 'then'));
  assertFound(verifyPast(ledger, size, 'now'), 'fail', 'signer/in-force', 'signer/revoked');
});

test('a key that is revoked later, from then on, spoils neither question', () => {
  const ledger = custodyLedger();
  const size = ledger.size;
  revoke(ledger, 'pipeline', after(ledger.time, 60_000));
  attest(ledger, { stage: 'test' });
  attest(ledger, { stage: 'test' });
  assert.deepEqual(verdicts(ledger, size), ['pass', 'pass', 'fail']);
});

test('what fails later about the image is looked at in neither question, and spoils the verdict of now', () => {
  const ledger = custodyLedger();
  const size = ledger.size;
  attest(ledger, { stage: 'scan', key: 'stranger' });
  assert.deepEqual(verdicts(ledger, size), ['pass', 'pass', 'fail']);
  assert.equal(verifyPast(ledger, size, 'now').timeline.length, verifyPast(ledger, size, 'then').timeline.length);
});

test('a contract that is loosened later decides as known now, and the stricter one as known then', () => {
  const stages = [...CONTRACT.stages, { stage: 'audit' }];
  const ledger = custodyLedger({ contracts: [{ ...CONTRACT, stages }] });
  const size = ledger.size;
  publish(ledger, CONTRACT, { version: 2, previous: CONTRACT.repositories });
  assert.deepEqual(verdicts(ledger, size), ['fail', 'pass', 'pass']);
  assertFound(verifyPast(ledger, size, 'then'), 'fail', 'contract/stage', 'contract/stage-missing');
  assert.deepEqual(verifyPast(ledger, size, 'then').contracts[0]?.version, 1);
  assert.deepEqual(verifyPast(ledger, size, 'now').contracts[0]?.version, 2);
});

test('a contract that is published later was none then: unjudged as known then, judged as known now', () => {
  const ledger = custodyLedger({ contracts: [] });
  const size = ledger.size;
  publish(ledger, { ...CONTRACT, stages: [{ stage: 'audit' }] });
  assert.deepEqual(verdicts(ledger, size), ['unjudged', 'fail', 'fail']);
});

test('a grant that is revoked later takes nothing away from what was written under it', () => {
  const ledger = custodyLedger();
  const size = ledger.size;
  ledger.append({ kind: 'principal.revoked', principal: 'bootstrap-admin', body: { principal: 'shop-ci' } });
  attest(ledger, { stage: 'scan' });
  assert.deepEqual(verdicts(ledger, size), ['pass', 'pass', 'fail']);
});

test('a key that was registered only later is unknown then, and registered later as known now', () => {
  const ledger = custodyLedger();
  attest(ledger, { stage: 'scan', key: 'late' });
  const size = ledger.size;
  register(ledger, 'late');
  assertFound(verifyPast(ledger, size, 'then'), 'fail', 'signer/known', 'signer/not-registered');
  assertFound(verifyPast(ledger, size, 'now'), 'fail', 'signer/in-force', 'signer/registered-later');
});

test('an index that is signed later hands nothing down, and its list is not asked for', () => {
  const ledger = custodyLedger();
  const size = ledger.size;
  const index = indexManifest([MANIFEST]);
  sign(ledger, index);
  attest(ledger, { stage: 'build', type: 'slsa-provenance', digest: digestOf(index), key: 'stranger' });
  assert.deepEqual(verdicts(ledger, size), ['pass', 'pass', 'fail']);
  for (const view of ['then', 'now'] as const) {
    const lists = ledger.evidence({ ...QUESTION, asOf: { size, view } }).lists.map(({ key }) => key);
    assert(!lists.includes(`image:${digestOf(index)}`));
  }
});

test('how recent a scan must be is judged at the time in question, by either knowledge (contract/stale)', () => {
  const stages = [{ stage: 'scan', maxAge: '1h' }];
  const ledger = custodyLedger({ contracts: [{ ...CONTRACT, stages }] });
  const { size, time } = ledger;
  attest(ledger, { stage: 'lint', entry: { time: after(time, 7_200_000) } });
  assert.deepEqual(verdicts(ledger, size), ['pass', 'pass', 'fail']);
  assertFound(verify(ledger), 'fail', 'contract/freshness', 'contract/stale');
  const until = after(ledger.entry(10).time, 3_600_000);
  assert.equal(verifyPast(ledger, size, 'then').validUntil, until);
  assert.equal(verifyPast(ledger, size, 'now').validUntil, undefined, 'then does not go on');
  const late = verifyPast(ledger, size, 'then', { evaluatedAt: after(until, 1) });
  assertFound(late, 'fail', 'contract/freshness', 'contract/stale');
  assertPasses(verifyPast(ledger, size, 'then', { evaluatedAt: until }));
});

test('before anything was recorded of the image there is nothing, and that is proved', () => {
  const ledger = openedLedger();
  const size = ledger.size;
  publish(ledger, CONTRACT);
  sign(ledger);
  const then = verifyPast(ledger, size, 'then');
  assert.equal(then.verdict, 'unjudged');
  assert.deepEqual(then.timeline, []);
  assertFound(verifyPast(ledger, size, 'now'), 'fail', 'contract/signature', 'contract/signature-missing');
});

test('what nobody counts may be of any kind, and has no document in the file (payload/not-needed)', () => {
  const ledger = custodyLedger();
  const size = ledger.size;
  for (const key of [`image:${QUESTION.subject}`, 'contract:shop', 'trust'])
    ledger.append({ kind: 'future.kind', principal: 'x', repository: 'shop/api', body: null, keys: [key] });
  const late = attest(ledger, { stage: 'scan' });
  assertPasses(verifyPast(ledger, size, 'then'));
  const now = verifyPast(ledger, size, 'now');
  assertFound(now, 'fail', 'entry/kind', 'entry/unknown-kind');
  assert.equal(
    now.checks.filter(({ code }) => code === 'entry/kind').length,
    2,
    'of the image’s list it is not in view',
  );
  const payload = ledger.evidence(QUESTION).payloads.find(({ seq }) => seq === late);
  assert(payload !== undefined);
  const edit = (parts: EvidenceParts) => ({ ...parts, payloads: [...parts.payloads, payload] });
  assertFound(verifyPast(ledger, size, 'then', { edit }), 'fail', 'payload/commitment', 'payload/not-needed');
});

test('the newest state may be asked about too, and then both questions are the one of now', () => {
  const ledger = custodyLedger();
  const { size } = ledger;
  for (const view of ['then', 'now'] as const) {
    const result = verifyPast(ledger, size, view);
    assertPasses(result);
    const root = Buffer.from(ledger.root()).toString('hex');
    assert.deepEqual(result.asOf, { size, view, root, time: ledger.time });
  }
});

test('a result names the question that it answers, and so does its headline', () => {
  const ledger = custodyLedger();
  const size = ledger.size;
  attest(ledger, { stage: 'scan', entry: { time: '2026-05-01T00:00:00.000Z' } });
  const then = headlineOf(verifyPast(ledger, size, 'then'));
  assert.equal(then.title, 'Custody is proved, as known at 2026-03-01 12:11:00 UTC');
  assert.match(then.text, /Whatever was recorded since/);
  const now = headlineOf(verifyPast(ledger, size, 'now'));
  assert.equal(now.title, 'Custody is proved, as known now about 2026-03-01 12:11:00 UTC');
  assert.match(now.text, /of 2026-05-01 00:00:00 UTC/);
  assert.equal(headlineOf(verify(ledger)).title, 'Custody is proved');
});

test('nobody takes an answer about the past for one about now, or of another view or size (custody/wrong-question)', () => {
  const ledger = custodyLedger();
  const size = ledger.size;
  attest(ledger, { stage: 'scan', key: 'stranger' });
  const newest = ledger.size;
  const then = { ...QUESTION, asOf: { size, view: 'then' } } as const;
  const others = [
    QUESTION,
    { ...QUESTION, asOf: { size, view: 'now' } },
    { ...QUESTION, asOf: { size: newest, view: 'then' } },
  ];
  for (const asked of others as (typeof then)[])
    assertFound(verify(ledger, { question: then, asked }), 'fail', 'origin', 'custody/wrong-question');
  assertFound(verify(ledger, { asked: then }), 'fail', 'origin', 'custody/wrong-question');
});

/** What evidence of then found, and what it finds asked about later: without what is about later entries or about size. */
function comparable(
  { checks, verdict, intact, contracts, timeline, elsewhere, assurances }: CustodyResult,
  size: number,
) {
  const same = checks
    .filter(({ code, seq }) => !code.startsWith('asof/') && (seq ?? 0) < size)
    .filter(({ code }) => code !== 'checkpoint/signature' && code !== 'commit/last')
    .map(
      ({ detail, ...check }): Check =>
        check.code === 'list/complete' ? check : { ...check, ...(detail === undefined ? {} : { detail }) },
    );
  return { checks: same, verdict, intact, contracts, timeline, elsewhere, assurances };
}

test('of every state that was published, what was known then is what evidence of then said, check by check', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(stepOfOpenLog, { maxLength: 8 }), fc.boolean(), (steps, custody) => {
      const ledger = custody ? custodyLedger() : openedLedger();
      const then: { readonly size: number; readonly result: CustodyResult }[] = [];
      const take = () => then.push({ size: ledger.size, result: verify(ledger) });
      take();
      for (const one of steps) {
        one(ledger);
        if (!parseEvidence(ledger.evidenceBytes(QUESTION)).ok) return;
        take();
      }
      for (const { size, result } of then) {
        const later = verifyPast(ledger, size, 'then');
        assert.deepEqual(comparable(later, size), comparable(result, size));
        seen.add(`${later.verdict} ${verifyPast(ledger, size, 'now').verdict}`);
      }
    }),
    { numRuns: 25 },
  );
  assert(seen.size >= 3, [...seen].join(', '));
});
