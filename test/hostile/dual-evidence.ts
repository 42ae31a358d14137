import { QUESTION } from '../custody/custody-under-test.ts';
import { dualCustody } from '../custody/dual-control-under-test.ts';
import { trustOf } from '../custody/verify-under-test.ts';
import { judgeEvidence, type MutatedDocument, memberRegion, restoreEvidence } from './mutated-documents.ts';

const LEDGER = dualCustody();
const bytes = LEDGER.evidenceBytes(QUESTION);

/** Evidence of a log whose changes of trust are made by two people. */
export const DUAL_EVIDENCE: MutatedDocument = {
  name: 'evidence of a log under dual control',
  bytes,
  restore: restoreEvidence,
  judge: judgeEvidence({ question: QUESTION, evaluatedAt: LEDGER.time, trust: trustOf(LEDGER) }),
  open: [memberRegion(bytes, 'sha256')],
};
