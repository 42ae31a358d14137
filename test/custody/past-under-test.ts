import type { View } from '../../src/core/custody/as-of.ts';
import type { CustodyResult } from '../../src/core/custody/verify-custody.ts';
import { formatTime, parseTime } from '../../src/core/entry/time.ts';
import { QUESTION } from './custody-under-test.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import { type VerifyOptions, verify } from './verify-under-test.ts';

export const after = (time: string, milliseconds: number) => formatTime((parseTime(time) ?? 0) + milliseconds);

/** Custody as of a past state, as a reader finds it who asks about it: then at that time, now at the newest. */
export function verifyPast(
  ledger: LedgerUnderTest,
  size: number,
  view: View,
  options: VerifyOptions = {},
): CustodyResult {
  const evaluatedAt = view === 'then' ? ledger.entry(size - 1).time : ledger.time;
  return verify(ledger, { question: { ...QUESTION, asOf: { size, view } }, evaluatedAt, ...options });
}
