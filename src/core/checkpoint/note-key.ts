import { sha256 } from '#sha256';
import { checkEd25519Key, ED25519_KEY_BYTES } from '../crypto/ed25519-strict.ts';
import { formatBase64, parseBase64 } from '../encoding/base64.ts';
import { concatBytes, equalBytes } from '../encoding/bytes.ts';
import { formatHex, parseHex } from '../encoding/hex.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { fail, invariant, ok, type Result } from '../fault.ts';

/** Signature type byte of an Ed25519 signature over the note text. Source: C2SP signed-note. */
export const NOTE_ED25519 = 0x01;
/** Signature type byte of a timestamped Ed25519 cosignature of a checkpoint. Source: C2SP tlog-cosignature. */
export const NOTE_COSIGNATURE = 0x04;
/** Length of a key ID in bytes. */
export const KEY_ID_BYTES = 4;

/** A vkey line longer than this is refused unread: a name, 8 hex digits and 44 base64 characters are far shorter. */
const VKEY_CHARACTERS_MAX = 1_024;

/** A key that signs notes; name and key ID together say which lines of a note are its own. */
export type NoteKey = {
  readonly name: string;
  /** 4 bytes. */
  readonly keyId: Uint8Array;
  /** Signature type byte: 0x01 or 0x04. */
  readonly type: number;
  /** Raw Ed25519 key, 32 bytes. */
  readonly publicKey: Uint8Array;
};

/**
 * Reads a verifier key, `<name>+<key ID, 8 hex>+<base64(type ‖ public key)>`. The key ID is computed again and compared,
 * and the key must be one that the strict Ed25519 rule accepts.
 *
 * note/malformed-key (form, name, ID or key), note/unsupported-key-type (a type other than 0x01 and 0x04).
 * Source: C2SP signed-note, "Verifier keys"; docs/spec/checkpoint.md section 2.
 */
export function parseVkey(text: string): Result<NoteKey> {
  if (text.length > VKEY_CHARACTERS_MAX) return malformedKey('A verifier key is shorter than this.');
  // Base64 has plus signs of its own, so only the first two separate.
  const [name = '', hex = '', ...rest] = text.split('+');
  if (!isKeyName(name)) return malformedKey('A key name is not empty and has no space, control character or plus.');
  const keyId = parseHex(hex, KEY_ID_BYTES);
  if (!keyId.ok) return malformedKey('A key ID has 8 lower-case hex digits.');
  const material = parseBase64(rest.join('+'));
  const type = material.ok ? material.value[0] : undefined;
  if (!material.ok || type === undefined) return malformedKey('A type and key stand in base64 after the key ID.');
  if (type !== NOTE_ED25519 && type !== NOTE_COSIGNATURE) {
    return fail('note/unsupported-key-type', 'Only Ed25519 signatures (1) and cosignatures (4) are supported.');
  }
  const publicKey = material.value.slice(1);
  if (typeof checkEd25519Key(publicKey) === 'string') return malformedKey('The public key is malformed or weak.');
  if (!equalBytes(keyId.value, noteKeyId(name, type, publicKey))) {
    return malformedKey('The key ID does not belong to this name, type and key.');
  }
  return ok({ name, keyId: keyId.value, type, publicKey });
}

/**
 * The verifier key line of a key of 32 bytes; its inverse is `parseVkey`. Name, type and key are ours to choose: a name
 * that no note can carry, another type or length is a broken invariant.
 */
export function formatVkey(name: string, type: number, publicKey: Uint8Array): string {
  invariant(isKeyName(name), 'a key name is not empty and has no space, control character or plus');
  invariant(type === NOTE_ED25519 || type === NOTE_COSIGNATURE, 'a note key is of type 1 or 4');
  invariant(publicKey.length === ED25519_KEY_BYTES, 'an Ed25519 key has 32 bytes');
  const keyId = formatHex(noteKeyId(name, type, publicKey));
  return `${name}+${keyId}+${formatBase64(concatBytes(Uint8Array.of(type), publicKey))}`;
}

/**
 * Key ID of a note key: the first 4 bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key).
 * An identifier, not a fingerprint: anyone can make another key with the same one. Source: C2SP signed-note.
 */
function noteKeyId(name: string, type: number, publicKey: Uint8Array): Uint8Array {
  return sha256(encodeUtf8(name), Uint8Array.of(0x0a, type), publicKey).slice(0, KEY_ID_BYTES);
}

/** True for a name that a signature line can carry: well-formed, not empty, no Unicode space, control character or `+`. */
export function isKeyName(name: string): boolean {
  return name.isWellFormed() && /^[^\p{White_Space}\p{Cc}\uFEFF+]+$/u.test(name);
}

function malformedKey(message: string): Result<never> {
  return fail('note/malformed-key', message);
}
