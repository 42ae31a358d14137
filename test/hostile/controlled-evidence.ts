import { controlledCustody, controlTrust } from '../custody/control-under-test.ts';
import { QUESTION } from '../custody/custody-under-test.ts';
import { judgeEvidence, type MutatedDocument, memberRegion, restoreEvidence } from './mutated-documents.ts';

const LEDGER = controlledCustody();
const TRUST = controlTrust(LEDGER);
const bytes = LEDGER.evidenceBytes(QUESTION);

/** Evidence of a log under control keys, as a reader finds it who brings log key and control keys. */
export const CONTROLLED_EVIDENCE: MutatedDocument = {
  name: 'evidence of a log under control keys, both kinds of keys given',
  bytes,
  restore: restoreEvidence,
  judge: judgeEvidence({ question: QUESTION, evaluatedAt: LEDGER.time, trust: TRUST }),
  open: [memberRegion(bytes, 'sha256')],
};
