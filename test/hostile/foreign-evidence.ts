import type { Question } from '../../src/core/custody/evidence.ts';
import type { JsonObject } from '../../src/core/encoding/json.ts';
import { attest, CONTRACT, openedLedger, publish, QUESTION, sign } from '../custody/custody-under-test.ts';

/** Another world's evidence of the same image, about a past state of its own, whose parts are well-formed and belong elsewhere. */
export const FOREIGN_EVIDENCE: JsonObject = foreignEvidence();

function foreignEvidence(): JsonObject {
  const ledger = openedLedger(undefined, 'foreign');
  publish(ledger, CONTRACT);
  sign(ledger);
  attest(ledger, { stage: 'test' });
  const { size } = ledger;
  attest(ledger, { stage: 'scan' });
  const question: Question = { ...QUESTION, asOf: { size, view: 'now' } };
  return JSON.parse(Buffer.from(ledger.evidenceBytes(question)).toString());
}
