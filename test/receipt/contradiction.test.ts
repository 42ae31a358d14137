import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { checkAgainstReceipt, viewOfEvidence, viewOfReceipt } from '../../src/core/custody/contradiction.ts';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { attest, custodyLedger, QUESTION } from '../custody/custody-under-test.ts';
import type { EvidenceOptions, LedgerUnderTest } from '../custody/ledger-under-test.ts';

/** A log and its clone: the same keys and entries until `shared`, then each its own. */
function cloned(): readonly [LedgerUnderTest, LedgerUnderTest] {
  const [one, other] = [custodyLedger(), custodyLedger()];
  attest(one, { stage: 'scan', note: 'clean' });
  attest(other, { stage: 'scan', note: 'failing' });
  return [one, other];
}

function keysOf(ledger: LedgerUnderTest) {
  const key = parseVkey(ledger.vkey);
  assert(key.ok);
  return [key.value];
}

function evidenceView(ledger: LedgerUnderTest, options: EvidenceOptions = {}) {
  const evidence = parseEvidence(ledger.evidenceBytes(QUESTION, options));
  assert(evidence.ok);
  const view = viewOfEvidence(evidence.value, keysOf(ledger));
  assert(view.ok, JSON.stringify(view));
  return view.value;
}

function receiptView(ledger: LedgerUnderTest, seq: number) {
  const view = viewOfReceipt(ledger.receipt(seq), keysOf(ledger));
  assert(view.ok, JSON.stringify(view));
  return view.value;
}

const codeOf = (held: ReturnType<typeof checkAgainstReceipt>) => (held.ok ? 'none' : held.fault.code);

describe('what a receipt contradicts', () => {
  it('finds nothing against evidence and receipts of its own log, newer and older', () => {
    const ledger = custodyLedger();
    const last = ledger.size - 1;
    const receipt = receiptView(ledger, last);
    const before = receiptView(ledger, last - 1).view;
    attest(ledger, { stage: 'scan', note: 'later' });
    for (const shown of [evidenceView(ledger), evidenceView(ledger, { size: last }), before])
      assert.equal(codeOf(checkAgainstReceipt(shown, receipt)), 'none');
  });

  it('proves a fork by two trees of one size (checkpoint/forked)', () => {
    const [one, other] = cloned();
    const last = one.size - 1;
    assert.equal(codeOf(checkAgainstReceipt(receiptView(other, 3).view, receiptView(one, last))), 'checkpoint/forked');
    assert.equal(codeOf(checkAgainstReceipt(evidenceView(other), receiptView(one, 3))), 'checkpoint/forked');
  });

  it('proves a fork by two entries of one index under trees of other sizes (checkpoint/forked)', () => {
    const [one, other] = cloned();
    const receipt = receiptView(one, one.size - 1);
    attest(other, { stage: 'scan', note: 'and on' });
    assert.equal(codeOf(checkAgainstReceipt(evidenceView(other), receipt)), 'checkpoint/forked');
    assert.equal(codeOf(checkAgainstReceipt(receiptView(other, one.size - 1).view, receipt)), 'checkpoint/forked');
  });

  it('proves an omission, whatever length the list claims (list/omission-proved)', () => {
    const ledger = custodyLedger();
    // The newest entry but the commitment behind it.
    const hidden = ledger.size - 2;
    const receipt = receiptView(ledger, hidden);
    attest(ledger, { stage: 'scan', digest: `sha256:${'7'.repeat(64)}` });
    assert.equal(codeOf(checkAgainstReceipt(evidenceView(ledger), receipt)), 'none');
    const withheld = evidenceView(ledger, { without: [hidden] });
    assert.equal(codeOf(checkAgainstReceipt(withheld, receipt)), 'list/omission-proved');
  });

  it('does not call an entry omitted that came after, or that is about something else', () => {
    const ledger = custodyLedger();
    const size = ledger.size;
    const elsewhere = attest(ledger, { stage: 'scan', digest: `sha256:${'7'.repeat(64)}` });
    const later = attest(ledger, { stage: 'scan' });
    assert.equal(codeOf(checkAgainstReceipt(evidenceView(ledger), receiptView(ledger, elsewhere))), 'none');
    assert.equal(codeOf(checkAgainstReceipt(evidenceView(ledger, { size }), receiptView(ledger, later))), 'none');
  });

  it('says nothing of two logs (receipt/wrong-origin)', () => {
    const [ours, theirs] = [custodyLedger(), custodyLedger({ origin: 'waybill-ffffffffffffffff' })];
    assert.equal(codeOf(checkAgainstReceipt(evidenceView(theirs), receiptView(ours, 3))), 'receipt/wrong-origin');
  });
});
