import assert from 'node:assert/strict';
import { test } from 'node:test';
import { custodyLedger, QUESTION } from '../custody/custody-under-test.ts';
import { trustOf } from '../custody/verify-under-test.ts';
import { seededRandom } from '../soak/soak-run.ts';
import { compareVerifiers, type EvidenceCase } from './compare-verifiers.ts';
import { randomCase, withFlippedBit } from './random-custody.ts';
import { skipWithoutPython } from './second-verifier.ts';

const skip = skipWithoutPython();

test('two implementations find the same checks in what random people wrote and odd servers showed', {
  skip,
}, async () => {
  const random = seededRandom(7);
  const cases = Array.from({ length: 250 }, (_, index) => randomCase(`random ${index}`, random));
  const { differences, verdicts } = await compareVerifiers(cases);
  assert.deepEqual(differences, []);
  for (const verdict of ['pass', 'fail', 'unjudged']) assert((verdicts.get(verdict) ?? 0) > 3, [...verdicts].join());
});

test('two implementations say the same of evidence in which one bit was flipped and the form restored', {
  skip,
}, async () => {
  const ledger = custodyLedger();
  const bytes = ledger.evidenceBytes(QUESTION);
  const honest: EvidenceCase = { name: 'honest', bytes, question: QUESTION, evaluatedAt: ledger.time };
  const random = seededRandom(11);
  const cases = Array.from({ length: 300 }, (_, index) => {
    const one = index % 2 === 0 ? honest : { ...honest, trust: trustOf(ledger) };
    return withFlippedBit(one, Math.floor(random() * bytes.length * 8));
  });
  const { differences, verdicts } = await compareVerifiers(cases);
  assert.deepEqual(differences, []);
  assert((verdicts.get('refused') ?? 0) > 20 && (verdicts.get('fail') ?? 0) > 20, [...verdicts].join());
});
