import assert from 'node:assert/strict';
import type { Check } from '../../src/core/custody/check.ts';
import { parseEvidence, type Question } from '../../src/core/custody/evidence.ts';
import { type TrustFile, trustLogKey } from '../../src/core/custody/trust-file.ts';
import { type CustodyResult, verifyCustody } from '../../src/core/custody/verify-custody.ts';
import type { Verdict } from '../../src/core/entry/kinds/verdict-recorded.ts';
import { QUESTION } from './custody-under-test.ts';
import type { EvidenceOptions, LedgerUnderTest } from './ledger-under-test.ts';

export type VerifyOptions = EvidenceOptions & {
  readonly question?: Question;
  /** What the reader asks, where it is not what the evidence answers. */
  readonly asked?: Question;
  readonly trust?: TrustFile | 'none';
  readonly evaluatedAt?: string;
  readonly environment?: string;
};

/** Custody as a reader finds it who brings the log key, a second after the last entry. */
export function verify(ledger: LedgerUnderTest, options: VerifyOptions = {}): CustodyResult {
  const {
    question = QUESTION,
    asked = question,
    evaluatedAt = ledger.time,
    trust = trustOf(ledger),
    environment,
    ...rest
  } = options;
  const evidence = parseEvidence(ledger.evidenceBytes(question, rest));
  assert(evidence.ok, JSON.stringify(evidence));
  return verifyCustody({
    evidence: evidence.value,
    question: asked,
    ...(trust === 'none' ? {} : { trust }),
    evaluatedAt,
    ...(environment === undefined ? {} : { environment }),
  });
}

export function trustOf(ledger: LedgerUnderTest, more: Partial<TrustFile> = {}): TrustFile {
  const trust = trustLogKey(ledger.vkey);
  assert(trust.ok);
  return { ...trust.value, ...more };
}

/** The checks that did not pass, as `code reason` and, where it helps, the entry. */
export function findings(result: Pick<CustodyResult, 'checks'>): readonly string[] {
  return result.checks
    .filter(({ outcome }) => outcome !== 'pass')
    .map(
      ({ code, outcome, reason, seq }) => `${outcome} ${code} ${reason ?? ''}${seq === undefined ? '' : ` @${seq}`}`,
    );
}

/** Asserts the verdict, and that this check came out with this reason; gives the check. */
export function assertFound(result: CustodyResult, verdict: Verdict, code: string, reason: string): Check {
  const found = result.checks.find((check) => check.code === code && check.reason === reason);
  assert(found !== undefined, `expected ${code} ${reason}, found:\n${findings(result).join('\n')}`);
  assert.equal(result.verdict, verdict, findings(result).join('\n'));
  assert.notEqual(found.outcome, 'pass');
  return found;
}

export function assertPasses(result: CustodyResult): void {
  assert.deepEqual(findings(result), []);
  assert.equal(result.verdict, 'pass');
}
