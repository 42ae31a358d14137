import type { EcdsaCurve, EcdsaHash } from '../../src/core/crypto/ecdsa-signature.ts';
import { parsePublicKey, signerKeyId } from '../../src/core/crypto/public-key.ts';
import { verifySignature } from '../../src/core/crypto/verify-signature.ts';
import { concatBytes } from '../../src/core/encoding/bytes.ts';
import { parseHex } from '../../src/core/encoding/hex.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { each, type Runs, text } from './vector-set.ts';

/*
 * Goes through parsePublicKey and verifySignature, so that the imports `#ed25519`, `#ecdsa`, `#rsa` and `#sha256` choose the
 * backend: native where this module runs in Node as it stands, noble in a bundle for browsers.
 */

/** SubjectPublicKeyInfo up to the key or point. */
const SPKI_HEADS = {
  ed25519: '302a300506032b6570032100',
  'P-256': '3059301306072a8648ce3d020106082a8648ce3d030107034200',
  'P-384': '3076301006072a8648ce3d020106052b81040022036200',
} as const;

/**
 * `ed25519`: {publicKey, message, signature}. `ecdsa`: {curve, hash, point, message, signature}. `rsa`: {spki, message,
 * signature}. All bytes in hex.
 */
export const CRYPTO_RUNS: Runs = {
  ed25519: each((input) => verdict('ed25519', text(input, 'publicKey'), input)),
  ecdsa: each((input) => {
    const hash = text(input, 'hash') as EcdsaHash;
    const curve = text(input, 'curve') as EcdsaCurve;
    return `${hash} ${verdict(curve, text(input, 'point'), input)}`;
  }),
  rsa: each((input) => verdictOf(hex(text(input, 'spki')), input)),
};

/** The answer for a signature, with the key's id; or the code of a refused key. */
function verdict(kind: keyof typeof SPKI_HEADS, raw: string, input: Json): string {
  return verdictOf(concatBytes(hex(SPKI_HEADS[kind]), hex(raw)), input);
}

function verdictOf(spki: Uint8Array, input: Json): string {
  const key = parsePublicKey(spki);
  if (!key.ok) return key.fault.code;
  const verified = verifySignature(key.value, hex(text(input, 'message')), hex(text(input, 'signature')));
  return `${verified} ${signerKeyId(key.value)}`;
}

function hex(value: string): Uint8Array {
  const bytes = parseHex(value);
  if (!bytes.ok) throw new Error(`a vector holds malformed hex: ${value}`);
  return bytes.value;
}
