import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatEvidence, parseEvidence } from '../../src/core/custody/evidence.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { attest, custodyLedger, IMAGE, QUESTION } from './custody-under-test.ts';
import { editPayload } from './edit-evidence.ts';
import { assertFound, verify } from './verify-under-test.ts';

/** In `custodyLedger`: the attestations of the stages. */
const [TESTED, SCANNED] = [9, 10] as const;

test('a payload that is withheld leaves its checks not run, and nothing passes (payload/absent)', () => {
  const result = verify(custodyLedger(), { withoutPayloads: [TESTED] });
  assert.equal(assertFound(result, 'fail', 'signature/envelope', 'payload/absent').outcome, 'not-run');
  assert.equal(result.intact, false);
});

test('a payload that was swapped does not match its commitment (payload/commitment-wrong)', () => {
  const ledger = custodyLedger();
  const bytes = ledger.payload(SCANNED) ?? new Uint8Array();
  const same = { bytes: bytes.map((byte, index) => (index === 20 ? byte ^ 1 : byte)) };
  const result = verify(ledger, { edit: editPayload(SCANNED, same) });
  assertFound(result, 'fail', 'payload/commitment', 'payload/commitment-wrong');
  const longerBytes = { bytes: Uint8Array.of(...bytes, 32) };
  assertFound(
    verify(ledger, { edit: editPayload(SCANNED, longerBytes) }),
    'fail',
    'payload/commitment',
    'payload/size-wrong',
  );
});

test('a salt that was swapped does not open the commitment (payload/commitment-wrong)', () => {
  const edit = editPayload(SCANNED, { salt: new Uint8Array(32) });
  assertFound(verify(custodyLedger(), { edit }), 'fail', 'payload/commitment', 'payload/commitment-wrong');
});

test('a payload of no entry that is shown is refused (payload/not-needed)', () => {
  const extra = { seq: 0, salt: new Uint8Array(32), bytes: new Uint8Array(1) };
  const result = verify(custodyLedger(), {
    edit: (parts) => ({ ...parts, payloads: [...parts.payloads, extra] }),
  });
  assertFound(result, 'fail', 'payload/commitment', 'payload/not-needed');
});

test('a payload that is registered under another form does not read (payload/media-type-wrong)', () => {
  const ledger = custodyLedger();
  attest(ledger, { stage: 'lint', entry: { body: { form: 'bundle', subjects: [IMAGE] } } });
  assertFound(verify(ledger), 'fail', 'signature/envelope', 'payload/media-type-wrong');
});

test('evidence changed after it was written says so (custody/evidence-hash-wrong)', () => {
  const text = formatEvidence(custodyLedger().evidence(QUESTION)).replace('"n":3', '"n":2');
  const evidence = parseEvidence(encodeUtf8(text));
  assert(!evidence.ok && evidence.fault.code === 'custody/evidence-hash-wrong');
});

test('entries, payloads and lists stand in order, each once (custody/malformed-evidence)', () => {
  const parts = custodyLedger().evidence(QUESTION);
  for (const double of [
    { ...parts, entries: [...parts.entries, ...parts.entries.slice(-1)] },
    { ...parts, payloads: [...parts.payloads, ...parts.payloads.slice(-1)] },
    { ...parts, lists: [...parts.lists, ...parts.lists.slice(-1)] },
  ]) {
    const evidence = parseEvidence(encodeUtf8(formatEvidence(double)));
    assert(!evidence.ok && evidence.fault.code === 'custody/malformed-evidence');
  }
});

test('evidence in another spelling is refused (custody/malformed-evidence)', () => {
  const text = formatEvidence(custodyLedger().evidence(QUESTION));
  for (const other of [` ${text}`, `${text}\n`, text.replace('{"checkpoint"', '{"a":1,"checkpoint"'), '', '{}', '[]']) {
    const evidence = parseEvidence(encodeUtf8(other));
    assert(!evidence.ok && evidence.fault.code === 'custody/malformed-evidence', other.slice(0, 20));
  }
});
