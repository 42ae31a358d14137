import { type PublicKey, parsePublicKey } from '../../src/core/crypto/public-key.ts';
import { type Envelope, formatEnvelope, parseEnvelope } from '../../src/core/dsse/envelope.ts';
import { pae } from '../../src/core/dsse/pae.ts';
import { verifyEnvelope } from '../../src/core/dsse/verify-envelope.ts';
import { concatBytes } from '../../src/core/encoding/bytes.ts';
import { parseHex } from '../../src/core/encoding/hex.ts';
import { decodeUtf8, encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import type { Result } from '../../src/core/fault.ts';

/*
 * Replays the example that DSSE publishes (secure-systems-lab/dsse, protocol.md "Test Vectors") as plain functions: no
 * file, no test runner, no Node, so that the same replay runs in a browser.
 */

/** One step of the replay: what the specification prints, or the code expected, beside what came out. */
export type DsseOutcome = { readonly title: string; readonly expected: string; readonly actual: string };

const PUBLISHED_PAE = 'DSSEv1 29 http://example.com/HelloWorld 11 hello world';
const PUBLISHED_ENVELOPE = `{"payload": "aGVsbG8gd29ybGQ=",
 "payloadType": "http://example.com/HelloWorld",
 "signatures": [{"sig": "A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA=="}]}`;
/** Coordinates of the published P-256 key, in decimal. */
const PUBLISHED_X = 46950820868899156662930047687818585632848591499744589407958293238635476079160n;
const PUBLISHED_Y = 5640078356564379163099075877009565129882514886557779369047442380624545832820n;
/** SubjectPublicKeyInfo of an uncompressed P-256 point, up to the point (RFC 5480). */
const P256_SPKI_HEAD = '3059301306072a8648ce3d020106082a8648ce3d030107034200';

export function runDsseVectors(): DsseOutcome[] {
  const key = publishedKey();
  const raw = must(parseEnvelope(encodeUtf8(PUBLISHED_ENVELOPE)));
  // The example carries r ‖ s, the form of its reference program; the rest of the world writes DER, and only that is read.
  const der = { ...raw, signatures: raw.signatures.map(({ keyid, sig }) => ({ keyid, sig: derOf(sig) })) };
  const tamperedPayload = { ...der, payload: encodeUtf8('hello worle') };
  const tamperedType = { ...der, payloadType: 'http://example.com/HelloWorle' };
  return [
    { title: 'PAE', expected: PUBLISHED_PAE, actual: must(decodeUtf8(pae(raw.payloadType, raw.payload))) },
    { title: 'payload', expected: 'hello world', actual: must(decodeUtf8(raw.payload)) },
    { title: 'signature as DER', expected: 'verified', actual: verdict(der, key) },
    { title: 'signature as r ‖ s', expected: 'dsse/no-trusted-signature', actual: verdict(raw, key) },
    { title: 'other payload', expected: 'dsse/no-trusted-signature', actual: verdict(tamperedPayload, key) },
    { title: 'other payload type', expected: 'dsse/no-trusted-signature', actual: verdict(tamperedType, key) },
    { title: 'written and read again', expected: 'verified', actual: verdict(rewritten(der), key) },
  ];
}

function verdict(envelope: Envelope, key: PublicKey): string {
  const verified = verifyEnvelope(envelope, [key]);
  return verified.ok ? 'verified' : verified.fault.code;
}

function rewritten(envelope: Envelope): Envelope {
  return must(parseEnvelope(encodeUtf8(formatEnvelope(envelope))));
}

function publishedKey(): PublicKey {
  const point = `04${PUBLISHED_X.toString(16).padStart(64, '0')}${PUBLISHED_Y.toString(16).padStart(64, '0')}`;
  return must(parsePublicKey(must(parseHex(P256_SPKI_HEAD + point))));
}

/** ECDSA-Sig-Value in DER of r ‖ s, both 32 bytes (RFC 3279 §2.2.3). */
function derOf(rawSignature: Uint8Array): Uint8Array {
  const body = concatBytes(derInteger(rawSignature.slice(0, 32)), derInteger(rawSignature.slice(32)));
  return concatBytes(Uint8Array.of(0x30, body.length), body);
}

function derInteger(bigEndian: Uint8Array): Uint8Array {
  const first = bigEndian.findIndex((byte) => byte !== 0);
  const digits = bigEndian.slice(first);
  const sign = (digits[0] ?? 0) >= 0x80 ? Uint8Array.of(0) : new Uint8Array();
  return concatBytes(Uint8Array.of(0x02, sign.length + digits.length), sign, digits);
}

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`a published value was refused: ${result.fault.code}`);
  return result.value;
}
