import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { checkReportSigner } from '../../src/core/custody/check-report-signer.ts';
import { readSignedReport, signReport } from '../../src/core/custody/signed-report.ts';
import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import { type Json, parseJson } from '../../src/core/encoding/json.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { custodyLedger, QUESTION, revoke } from '../custody/custody-under-test.ts';
import { rotate } from '../custody/rotation-under-test.ts';
import { trustOf } from '../custody/verify-under-test.ts';
import { flipBit } from './flip-bit.ts';
import { type ReportOptions, signedReport, signedReportBytes } from './signed-report-under-test.ts';

const honest = custodyLedger();
const BYTES = signedReportBytes(honest);

function signer(ledger: typeof honest, options: ReportOptions = {}) {
  return checkReportSigner(signedReport(ledger, options), trustOf(honest), ledger.time);
}

function codeOf(found: ReturnType<typeof signer>): string {
  assert(!found.ok, JSON.stringify(found));
  return found.fault.code;
}

describe('a report as signed JSON', () => {
  it('is the same bytes for the same evidence, time and keys, and names the evidence that it is about', () => {
    assert.deepEqual(signedReportBytes(custodyLedger()), BYTES);
    const report = signedReport(honest);
    const sha256 = createHash('sha256').update(honest.evidenceBytes(QUESTION)).digest('hex');
    assert.deepEqual([report.evidenceSha256, report.verdict, report.subject], [sha256, 'pass', QUESTION.subject]);
  });

  it('is the word of the log whose key the reader brings, and says which entry registered its key', () => {
    const found = signer(honest);
    assert(found.ok, JSON.stringify(found));
    const { origin, seq, size, signer: id } = found.value;
    assert.deepEqual([origin, seq, size, id], [honest.origin, 3, honest.size, honest.key('verdict').signer]);
  });

  it('is not read where a bit of payload or signature was changed (dsse/no-trusted-signature among others)', () => {
    const text = Buffer.from(BYTES).toString();
    for (const [name, at] of [
      ['payload', text.indexOf('"payload":"') + 400],
      ['signature', text.indexOf('"sig":"') + 12],
    ] as const) {
      const read = readSignedReport(flipBit(BYTES, at));
      assert(!read.ok, name);
    }
    const other = readSignedReport(swapSignature(BYTES, signedReportBytes(custodyLedger({ stages: ['test'] }))));
    assert(!other.ok);
    assert.equal(other.fault.code, 'dsse/no-trusted-signature');
  });

  it('is not made where it would be longer than what readers take (report/too-large)', () => {
    const signed = (bytes: number) => signReport(new Uint8Array(bytes), () => new Uint8Array(64));
    assert(signed(24_000_000).ok);
    const made = signed(25_200_000);
    assert(!made.ok);
    assert.equal(made.fault.code, 'report/too-large');
  });

  it('is nobody’s word under another log key (note/no-known-signature)', () => {
    const forged = custodyLedger({ secret: 'forger' });
    assert.equal(codeOf(signer(forged)), 'note/no-known-signature');
  });

  it('is nobody’s word by a key that the log holds for something else, or not at all (signer/not-registered)', () => {
    assert.equal(codeOf(signer(honest, { signedBy: 'pipeline' })), 'signer/not-registered');
    assert.equal(codeOf(signer(honest, { signedBy: 'service' })), 'signer/not-registered');
    assert.equal(codeOf(signer(honest, { signedBy: 'stranger' })), 'signer/not-registered');
    // The list of the true key beside the signature of another one.
    assert.equal(codeOf(signer(honest, { signedBy: 'stranger', shown: ['verdict'] })), 'signer/not-registered');
  });

  it('by a key that was revoked before it was made counts for nothing (signer/revoked)', () => {
    const ledger = custodyLedger();
    revoke(ledger, 'verdict', '2026-03-01T12:05:00.000Z', 'service');
    assert.equal(codeOf(signer(ledger)), 'signer/revoked');
    assert(signer(ledger, { listsOf: honest }).ok, 'as it stood before');
  });

  it('by a key that took over from the registered one shows both, and counts; the one before does not any more', () => {
    const ledger = custodyLedger();
    rotate(ledger, 'verdict', 'verdict-2', { by: 'service', until: '2026-03-01T12:06:00.000Z' });
    const found = signer(ledger, { signedBy: 'verdict-2', shown: ['verdict-2', 'verdict'] });
    assert(found.ok, JSON.stringify(found));
    assert.equal(codeOf(signer(ledger, { signedBy: 'verdict-2' })), 'signer/not-registered');
    assert.equal(codeOf(signer(ledger)), 'signer/rotated');
  });

  it('by a key whose predecessor was revoked from before it handed over counts for nothing (signer/predecessor-revoked)', () => {
    for (const [effective, code] of [
      ['2026-03-01T12:00:00.000Z', 'signer/predecessor-revoked'],
      ['2026-12-01T12:00:00.000Z', undefined],
    ] as const) {
      const ledger = custodyLedger();
      rotate(ledger, 'verdict', 'verdict-2', { by: 'service', until: '2026-03-01T12:06:00.000Z' });
      revoke(ledger, 'verdict', effective, 'service');
      const found = signer(ledger, { signedBy: 'verdict-2', shown: ['verdict-2', 'verdict'] });
      assert.equal(found.ok ? undefined : found.fault.code, code, effective);
    }
  });

  it('of another version is no report of this one (report/malformed)', () => {
    const envelope = JSON.parse(Buffer.from(BYTES).toString());
    const payload = Buffer.from(envelope.payload, 'base64')
      .toString()
      .replace('waybill/report/v1', 'waybill/report/v0');
    const read = readSignedReport(
      encodeUtf8(JSON.stringify({ ...envelope, payload: Buffer.from(payload).toString('base64') })),
    );
    assert(!read.ok);
    assert.equal(read.fault.code, 'report/malformed');
  });
});

function swapSignature(envelope: Uint8Array, other: Uint8Array): Uint8Array {
  const [own, theirs] = [envelope, other].map((bytes) => {
    const read = parseJson(bytes);
    assert(read.ok);
    return read.value as { readonly [name: string]: Json };
  });
  return encodeUtf8(formatCanonicalJson({ ...own, signatures: theirs?.signatures ?? [] }));
}
