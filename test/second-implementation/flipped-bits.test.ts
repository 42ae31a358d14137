import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Question } from '../../src/core/custody/evidence.ts';
import {
  attest,
  CONTRACT,
  MANIFEST,
  openedLedger,
  publish,
  QUESTION,
  REPOSITORY,
  sign,
} from '../custody/custody-under-test.ts';
import { dualCustody } from '../custody/dual-control-under-test.ts';
import type { EvidenceOptions, LedgerUnderTest } from '../custody/ledger-under-test.ts';
import { rotated } from '../custody/log-key-under-test.ts';
import { comparedLedger, IN_PRODUCTION, releaseOlder, SMALLER } from '../custody/previous-under-test.ts';
import { trustOf } from '../custody/verify-under-test.ts';
import { seededRandom } from '../soak/soak-run.ts';
import { compareVerifiers, type EvidenceCase } from './compare-verifiers.ts';
import { withFlippedBit } from './random-custody.ts';
import { skipWithoutPython } from './second-verifier.ts';

const skip = skipWithoutPython();
const STAGING = { repository: 'shop/staging' };

function promoted(): LedgerUnderTest {
  const ledger = openedLedger();
  publish(ledger, { ...CONTRACT, repositories: [REPOSITORY], from: [STAGING.repository] });
  sign(ledger, MANIFEST, STAGING);
  for (const stage of ['test', 'scan']) attest(ledger, { ...STAGING, stage });
  return ledger;
}

function released(): LedgerUnderTest {
  const { rules: _, ...contract } = SMALLER;
  const ledger = comparedLedger(3, contract);
  releaseOlder(ledger, 4);
  return ledger;
}

const LEDGERS: readonly (readonly [string, LedgerUnderTest, Question, EvidenceOptions])[] = [
  ['dual control', dualCustody(), QUESTION, {}],
  ['a rotated log key', rotated().ledger, QUESTION, { signedBy: ['next'] }],
  ['promotion', promoted(), QUESTION, {}],
  ['an environment', released(), IN_PRODUCTION, {}],
];

for (const [name, ledger, question, options] of LEDGERS)
  test(`two implementations say the same of evidence of ${name} in which one bit was flipped and the form restored`, {
    skip,
  }, async () => {
    const bytes = ledger.evidenceBytes(question, options);
    const honest: EvidenceCase = { name, bytes, question, evaluatedAt: ledger.time, trust: trustOf(ledger) };
    const random = seededRandom(41);
    const flipped = Array.from({ length: 120 }, () => withFlippedBit(honest, Math.floor(random() * bytes.length * 8)));
    const { differences, verdicts } = await compareVerifiers([honest, ...flipped]);
    assert.deepEqual(differences, []);
    assert((verdicts.get('pass') ?? 0) > 0, 'what was not changed passes');
    assert((verdicts.get('refused') ?? 0) > 10 && (verdicts.get('fail') ?? 0) > 10, [...verdicts].join());
  });
