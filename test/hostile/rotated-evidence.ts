import { attest, openedLedger, publish, QUESTION, REPOSITORY, sign } from '../custody/custody-under-test.ts';
import { rotate } from '../custody/rotation-under-test.ts';
import { trustOf } from '../custody/verify-under-test.ts';
import { judgeEvidence, type MutatedDocument, memberRegion, restoreEvidence } from './mutated-documents.ts';

const LEDGER = openedLedger();
publish(LEDGER, {
  contract: 'shop',
  repositories: [REPOSITORY],
  stages: [{ stage: 'test', signers: [LEDGER.key('pipeline').signer] }],
});
sign(LEDGER);
rotate(LEDGER, 'pipeline', 'second');
rotate(LEDGER, 'second', 'third');
attest(LEDGER, { key: 'third' });
const bytes = LEDGER.evidenceBytes(QUESTION);
const TRUST = trustOf(LEDGER);

/** Evidence whose attestation counts for a key that was followed twice. */
export const ROTATED_EVIDENCE: MutatedDocument = {
  name: 'evidence of a key that follows another one',
  bytes,
  restore: restoreEvidence,
  judge: judgeEvidence({ question: QUESTION, evaluatedAt: LEDGER.time, trust: TRUST }),
  open: [memberRegion(bytes, 'sha256')],
};
