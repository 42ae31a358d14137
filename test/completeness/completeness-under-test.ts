import assert from 'node:assert/strict';
import {
  type CompletenessParts,
  formatCompleteness,
  parseCompleteness,
} from '../../src/core/completeness/completeness.ts';
import { type CompletenessResult, verifyCompleteness } from '../../src/core/completeness/verify-completeness.ts';
import type { TrustFile } from '../../src/core/custody/trust-file.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import type { LedgerUnderTest } from '../custody/ledger-under-test.ts';
import { findings, trustOf } from '../custody/verify-under-test.ts';

export type ProofOptions = {
  /** Last change before the proof is written. */
  readonly edit?: (parts: CompletenessParts) => CompletenessParts;
  readonly trust?: TrustFile | 'none';
  readonly evaluatedAt?: string;
};

/** The completeness proof of a list as the service makes it. */
export function completenessParts(ledger: LedgerUnderTest, key: string): CompletenessParts {
  const { size } = ledger;
  const seqs = Array.from({ length: size }, (_, seq) => seq);
  const entries = seqs.map((seq) => ledger.entry(seq)).filter(({ keys }) => keys.some((link) => link.key === key));
  const { entry, path, checkpoint, logKey } = ledger.receipt(size - 1);
  return { key, entries, proof: ledger.mapProof(key), commit: { entry, path }, checkpoint, logKey };
}

export function completenessBytes(
  ledger: LedgerUnderTest,
  key: string,
  edit: ProofOptions['edit'] = (parts) => parts,
): Uint8Array {
  return encodeUtf8(formatCompleteness(edit(completenessParts(ledger, key))));
}

/** What a reader finds who brings the log key. */
export function prove(ledger: LedgerUnderTest, key: string, options: ProofOptions = {}): CompletenessResult {
  const { edit, evaluatedAt = ledger.time, trust = trustOf(ledger) } = options;
  const parsed = parseCompleteness(completenessBytes(ledger, key, edit));
  assert(parsed.ok, JSON.stringify(parsed));
  return verifyCompleteness(parsed.value, trust === 'none' ? undefined : trust, evaluatedAt);
}

/** Asserts that the proof does not hold, and by which check and reason. */
export function assertRefused(result: CompletenessResult, code: string, reason: string): void {
  const said = findings(result).join('\n');
  assert(
    result.checks.some((check) => check.code === code && check.reason === reason && check.outcome !== 'pass'),
    `expected ${code} ${reason}, found:\n${said}`,
  );
  assert.equal(result.holds, false, said);
  assert.equal(result.assurances.complete, false);
}
