import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { it } from 'node:test';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { readSignedReport, reportPayload, signReport } from '../../src/core/custody/signed-report.ts';
import { verifyCustody } from '../../src/core/custody/verify-custody.ts';
import { parseCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import { flipBit } from './flip-bit.ts';
import { imageScenario, QUESTION } from './image-scenario.ts';

const ledger = imageScenario();
const EVIDENCE = ledger.evidenceBytes(QUESTION);
const key = ledger.key('verdict');

function payload(): Uint8Array {
  const evidence = parseEvidence(EVIDENCE);
  assert(evidence.ok);
  const evaluatedAt = '2026-11-23T12:00:00.000Z';
  return reportPayload(EVIDENCE, verifyCustody({ evidence: evidence.value, question: QUESTION, evaluatedAt }));
}

it('the report as JSON is canonical, the same for the same input, and names the evidence that it is about', () => {
  const bytes = payload();
  assert.deepEqual(payload(), bytes);
  const read = parseCanonicalJson(bytes);
  assert(read.ok);
  const { evidenceSha256, type } = read.value as { readonly evidenceSha256: string; readonly type: string };
  assert.equal(type, 'waybill/report/v0');
  assert.equal(evidenceSha256, createHash('sha256').update(EVIDENCE).digest('hex'));
});

it('a signed report reads back with the key that signed it', () => {
  const signed = signReport(payload(), { keyid: '', sign: key.sign });
  const read = readSignedReport(signed, [key.publicKey]);
  assert(read.ok, JSON.stringify(read));
  assert.equal(read.value.signer, key.signer);
});

it('refuses a report that another key signed (dsse/no-trusted-signature)', () => {
  const signed = signReport(payload(), { keyid: '', sign: key.sign });
  const read = readSignedReport(signed, [ledger.key('service').publicKey]);
  assert(!read.ok);
  assert.equal(read.fault.code, 'dsse/no-trusted-signature');
});

it('accepts no envelope in which a bit of the payload was changed', () => {
  const signed = signReport(payload(), { keyid: '', sign: key.sign });
  const at = Buffer.from(signed).indexOf('"payload":"') + 40;
  assert(!readSignedReport(flipBit(signed, at), [key.publicKey]).ok);
});
