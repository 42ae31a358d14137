import { isEcdsaPoint } from '#ecdsa';
import { sha256 } from '#sha256';
import { formatBase64, parseBase64 } from '../encoding/base64.ts';
import { concatBytes, equalBytes } from '../encoding/bytes.ts';
import { formatHex } from '../encoding/hex.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { fail, invariant, ok, type Result } from '../fault.ts';
import { checkEd25519Key } from './ed25519-strict.ts';
import { isWeakModulus, rsaModulus } from './rsa-key.ts';

export type KeyAlgorithm = 'ed25519' | 'ecdsa-p256' | 'ecdsa-p384' | 'rsa';

/**
 * A public key that passed every check of its algorithm.
 * `spki`: SubjectPublicKeyInfo in DER. `raw`: 32 bytes for Ed25519; of ECDSA the point 0x04 ‖ x ‖ y of 65 or 97 bytes; of
 * RSA the modulus, big-endian, of 256 to 512 bytes.
 */
export type PublicKey = { readonly algorithm: KeyAlgorithm; readonly spki: Uint8Array; readonly raw: Uint8Array };

/** All bytes before `raw`, but of RSA. Each algorithm has exactly one DER form that is read. Source: RFC 8410 §4, RFC 5480 §2. */
const FORMS: readonly { readonly algorithm: KeyAlgorithm; readonly prefix: Uint8Array; readonly rawBytes: number }[] = [
  { algorithm: 'ed25519', rawBytes: 32, prefix: bytesOf('MCowBQYDK2VwAyEA') },
  { algorithm: 'ecdsa-p256', rawBytes: 65, prefix: bytesOf('MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgA=') },
  { algorithm: 'ecdsa-p384', rawBytes: 97, prefix: bytesOf('MHYwEAYHKoZIzj0CAQYFK4EEACIDYgA=') },
];

const SIGNER_DOMAIN = concatBytes(encodeUtf8('waybill/signer/v1'), Uint8Array.of(0));

const PEM_HEAD = '-----BEGIN PUBLIC KEY-----';
const PEM_FOOT = '-----END PUBLIC KEY-----';
const PEM_LINE = 64;
/** Longest PEM text looked at. The longest key that can be accepted has fewer than 900 characters. */
const PEM_CHARACTERS_MAX = 16_384;

/**
 * The key in a DER SubjectPublicKeyInfo: Ed25519, ECDSA on P-256 or P-384 with a named curve and an uncompressed point, or RSA
 * of 2048 to 4096 bits with the exponent 65537.
 *
 * `crypto/weak-key`: an Ed25519 point of small order or with a torsion component; a modulus whose factors are easily found.
 * `crypto/unsupported-algorithm`: any other algorithm, curve, length of a modulus or exponent. `crypto/malformed-key`: anything else, such as a point off its curve or not canonically encoded.
 * Source: docs/spec/crypto.md §1.
 */
export function parsePublicKey(spkiDer: Uint8Array): Result<PublicKey> {
  for (const { algorithm, prefix, rawBytes } of FORMS) {
    if (spkiDer.length !== prefix.length + rawBytes) continue;
    if (!equalBytes(spkiDer.subarray(0, prefix.length), prefix)) continue;
    const spki = spkiDer.slice();
    return checkKey({ algorithm, spki, raw: spki.subarray(prefix.length) });
  }
  const modulus = rsaModulus(spkiDer);
  return modulus === undefined
    ? refuseForm(spkiDer)
    : checkKey({ algorithm: 'rsa', spki: spkiDer.slice(), raw: modulus });
}

/**
 * The key in a PEM text with the label PUBLIC KEY: the head line, base64 lines, the foot line. White space around the
 * text, CRLF line ends and lines of any length are read; a second block or any other text is `crypto/malformed-key`.
 * Source: RFC 7468 §13.
 */
export function parsePublicKeyPem(text: string): Result<PublicKey> {
  if (text.length > PEM_CHARACTERS_MAX) return fail('crypto/malformed-key', 'The text is too long for a public key.');
  const lines = text.trim().split(/\r?\n/);
  if (lines[0] !== PEM_HEAD || lines.at(-1) !== PEM_FOOT || lines.length < 3) {
    const hint = text.includes('PRIVATE KEY') ? ' The text holds a private key, which must stay with its owner.' : '';
    return fail('crypto/malformed-key', `Expected one PEM block with the label PUBLIC KEY.${hint}`);
  }
  const der = parseBase64(lines.slice(1, -1).join(''));
  if (!der.ok) return fail('crypto/malformed-key', 'The PEM block does not hold base64.', undefined, der.fault);
  return parsePublicKey(der.value);
}

/** The key as PEM: label PUBLIC KEY, lines of 64 characters, LF line ends, a final LF. Source: RFC 7468 §13. */
export function formatPublicKeyPem(key: PublicKey): string {
  const text = formatBase64(key.spki);
  const lines = [PEM_HEAD];
  for (let start = 0; start < text.length; start += PEM_LINE) lines.push(text.slice(start, start + PEM_LINE));
  return `${[...lines, PEM_FOOT].join('\n')}\n`;
}

/**
 * Name of a signer's key: 64 lower-case hex digits of SHA-256("waybill/signer/v1" ‖ 0x00 ‖ SPKI DER).
 * Source: docs/spec/crypto.md §4.
 */
export function signerKeyId(key: PublicKey): string {
  return formatHex(sha256(SIGNER_DOMAIN, key.spki));
}

function checkKey(key: PublicKey): Result<PublicKey> {
  switch (key.algorithm) {
    case 'ed25519': {
      const check = checkEd25519Key(key.raw);
      if (check === 'weak')
        return fail('crypto/weak-key', 'The Ed25519 key is not a point of the prime-order subgroup.');
      if (check === 'malformed') return fail('crypto/malformed-key', 'The Ed25519 key is not a canonical curve point.');
      return ok(key);
    }
    case 'ecdsa-p256':
    case 'ecdsa-p384':
      if (isEcdsaPoint(key.algorithm === 'ecdsa-p256' ? 'P-256' : 'P-384', key.raw)) return ok(key);
      return fail('crypto/malformed-key', 'The ECDSA key is not an uncompressed point of its curve.');
    case 'rsa':
      if (!isWeakModulus(key.raw)) return ok(key);
      return fail('crypto/weak-key', 'The factors of the RSA modulus can be found.');
  }
}

/** Tells a key of another kind, which may be supported one day, from bytes that are no key in the accepted form. */
function refuseForm(spkiDer: Uint8Array): Result<never> {
  const sameAlgorithm = FORMS.some(({ prefix }) => {
    // The AlgorithmIdentifier ends three bytes (Ed25519) or three bytes (bit string header) before the key itself.
    const identifier = prefix.subarray(2, prefix.length - 3);
    return equalBytes(spkiDer.subarray(2, 2 + identifier.length), identifier);
  });
  if (!sameAlgorithm && startsLikeSpki(spkiDer)) {
    return fail(
      'crypto/unsupported-algorithm',
      'Only Ed25519, ECDSA on P-256 or P-384, and RSA of 2048 to 4096 bits with the exponent 65537 are supported.',
    );
  }
  return fail('crypto/malformed-key', 'The bytes are not a public key in the one accepted DER form.');
}

/** SEQUENCE { SEQUENCE { OBJECT IDENTIFIER …, with a length that spans the whole input. */
function startsLikeSpki(der: Uint8Array): boolean {
  const lengthBytes = (der[1] ?? 0) < 0x80 ? 0 : (der[1] ?? 0) - 0x80;
  if (der[0] !== 0x30 || lengthBytes > 2) return false;
  let length = lengthBytes === 0 ? (der[1] ?? 0) : 0;
  for (let i = 0; i < lengthBytes; i++) length = length * 256 + (der[2 + i] ?? 0);
  const body = 2 + lengthBytes;
  return length === der.length - body && der[body] === 0x30 && der[body + 2] === 0x06;
}

function bytesOf(base64: string): Uint8Array {
  const bytes = parseBase64(base64);
  invariant(bytes.ok, 'a constant of this file is base64');
  return bytes.value;
}
