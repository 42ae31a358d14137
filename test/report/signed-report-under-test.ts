import { parseEvidence } from '../../src/core/custody/evidence.ts';
import {
  readSignedReport,
  reportPayload,
  type SignedReport,
  signReport,
} from '../../src/core/custody/signed-report.ts';
import { verifyCustody } from '../../src/core/custody/verify-custody.ts';
import { invariant } from '../../src/core/fault.ts';
import { completenessBytes } from '../completeness/completeness-under-test.ts';
import { QUESTION } from '../custody/custody-under-test.ts';
import type { LedgerUnderTest } from '../custody/ledger-under-test.ts';
import { trustOf } from '../custody/verify-under-test.ts';

export type ReportOptions = {
  /** Name of the key that signs. */
  readonly signedBy?: string;
  /** Names of the keys whose lists are shown, the newest first. */
  readonly shown?: readonly string[];
  /** The ledger that the lists are of. */
  readonly listsOf?: LedgerUnderTest;
  readonly evaluatedAt?: string;
};

/** A signed report as the service makes it, or as somebody else would who has that key. */
export function signedReportBytes(ledger: LedgerUnderTest, options: ReportOptions = {}): Uint8Array {
  const { signedBy = 'verdict', shown = [signedBy], listsOf = ledger, evaluatedAt = ledger.time } = options;
  const bytes = ledger.evidenceBytes(QUESTION);
  const evidence = parseEvidence(bytes);
  invariant(evidence.ok, 'the evidence of an honest ledger reads');
  const result = verifyCustody({ evidence: evidence.value, question: QUESTION, evaluatedAt, trust: trustOf(ledger) });
  const key = ledger.key(signedBy);
  const lists = shown.map((name) => completenessBytes(listsOf, `signer:${listsOf.key(name).signer}`));
  const signed = signReport(reportPayload(bytes, result, { key: key.publicKey, lists }), key.sign);
  invariant(signed.ok, 'the report of a small ledger is small');
  return signed.value;
}

/** The same, read. */
export function signedReport(ledger: LedgerUnderTest, options: ReportOptions = {}): SignedReport {
  const read = readSignedReport(signedReportBytes(ledger, options));
  invariant(read.ok, `a report that was just signed reads: ${JSON.stringify(read)}`);
  return read.value;
}
