import { trustFileJson } from '../../../src/core/custody/trust-file.ts';
import { QUESTION } from '../custody-under-test.ts';
import type { LedgerUnderTest } from '../ledger-under-test.ts';
import { trustOf } from '../verify-under-test.ts';
import { later } from '../waivers-under-test.ts';
import type { CaseInput } from './outcome.ts';

/** A history with a name, and what docs/spec says that a reader comes to, written down by hand. */
export type CustodyCase = {
  readonly name: string;
  readonly ledger: () => LedgerUnderTest;
  readonly environment?: string;
  /** How long after the newest entry it is judged; at once unless told. */
  readonly afterMs?: number;
  /** The lines of `caseOutcome`. */
  readonly expected: readonly string[];
};

/** What a reader has who brings the log key and asks about the image of the scenario. */
export function caseInput({ ledger: grow, environment, afterMs = 0 }: CustodyCase): CaseInput {
  const ledger = grow();
  const question = { ...QUESTION, ...(environment === undefined ? {} : { environment }) };
  return {
    evidence: Buffer.from(ledger.evidenceBytes(question)).toString('base64'),
    question,
    trust: trustFileJson(trustOf(ledger)),
    evaluatedAt: later(ledger.time, afterMs),
  };
}
