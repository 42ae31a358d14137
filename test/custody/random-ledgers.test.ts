import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { explainCheck } from '../../src/core/custody/explain-check.ts';
import { headlineOf, reportModel } from '../../src/core/custody/report-model.ts';
import { parseTrustFile, trustFileJson } from '../../src/core/custody/trust-file.ts';
import { type CustodyResult, verifyCustody } from '../../src/core/custody/verify-custody.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { attest, custodyLedger, grant, openedLedger, QUESTION } from './custody-under-test.ts';
import { claimWithout } from './edit-evidence.ts';
import { step } from './random-steps.ts';
import { trustOf } from './verify-under-test.ts';

function holds(result: CustodyResult): void {
  const ran = (code: string) => result.checks.filter((check) => check.code === code);
  if (result.verdict === 'pass') {
    assert(result.intact && result.contracts.length > 0);
    assert(ran('contract/signature').length === result.contracts.length);
  }
  if (result.verdict === 'pass' || result.verdict === 'unjudged') {
    assert(!result.checks.some(({ outcome }) => outcome === 'fail'));
    assert(result.timeline.every(({ sound }) => sound));
  }
  if (!result.intact) assert.equal(result.verdict, 'fail');
  const { tone } = headlineOf(result);
  assert.equal(tone === 'green', result.verdict === 'pass' && result.assurances.pinned);
  for (const check of result.checks) {
    assert.equal(check.outcome === 'pass', check.reason === undefined);
    assert.notEqual(explainCheck(check).text, '');
  }
  assert.equal(
    reportModel(result).groups.reduce((sum, { checks }) => sum + checks.length, 0),
    result.checks.length,
  );
}

test('whatever somebody wrote, the verifier answers, and its answers agree with each other', () => {
  const verdicts = new Set<string>();
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.boolean(), (steps, custody) => {
      const ledger = custody ? custodyLedger() : openedLedger();
      for (const one of steps) one(ledger);
      const evidence = parseEvidence(ledger.evidenceBytes(QUESTION));
      if (!evidence.ok) return;
      const asked = { evidence: evidence.value, question: QUESTION, evaluatedAt: ledger.time };
      const result = verifyCustody({ ...asked, trust: trustOf(ledger) });
      holds(result);
      holds(verifyCustody(asked));
      verdicts.add(result.verdict);
    }),
    { numRuns: 100 },
  );
  assert.deepEqual([...verdicts].sort(), ['fail', 'pass', 'unjudged'], 'the steps reach every verdict');
});

test('whatever a server leaves out, nothing passes that did not pass before', () => {
  const failing = custodyLedger();
  const falseSeq = attest(failing, { stage: 'scan', key: 'stranger' });
  grant(failing, 'nobody', 'auditor');
  const whole = failing.evidence(QUESTION);
  const seqs = whole.entries.map(({ entry }) => entry.seq);
  fc.assert(
    fc.property(fc.subarray(seqs), fc.subarray(seqs), fc.boolean(), (hidden, withoutPayloads, countedOut) => {
      // The newest of a list, counted out, goes unseen until the map shows it; so the false one itself stays.
      const without = countedOut ? hidden.filter((seq) => seq !== falseSeq) : hidden;
      const edit = claimWithout(countedOut ? without.map((seq) => failing.entry(seq)) : []);
      const evidence = parseEvidence(failing.evidenceBytes(QUESTION, { without, withoutPayloads, edit }));
      if (!evidence.ok) return;
      const asked = { evidence: evidence.value, question: QUESTION, evaluatedAt: failing.time };
      assert.equal(verifyCustody({ ...asked, trust: trustOf(failing) }).verdict, 'fail');
    }),
    { numRuns: 150 },
  );
});

test('bytes that were cut, joined or overwritten never make the readers throw', () => {
  const originals = [
    custodyLedger().evidenceBytes(QUESTION),
    encodeUtf8(JSON.stringify(trustFileJson(trustOf(openedLedger())))),
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...originals),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.uint8Array({ maxLength: 6 }),
      (original, from, to, filling) => {
        const cut = Math.floor(from * original.length);
        const bytes = Uint8Array.of(
          ...original.subarray(0, cut),
          ...filling,
          ...original.subarray(Math.floor(to * original.length)),
        );
        parseEvidence(bytes);
        parseTrustFile(bytes);
      },
    ),
    { numRuns: 150 },
  );
});
