import { sha256 } from '#sha256';
import { type PublicKey, parsePublicKey } from '../crypto/public-key.ts';
import { formatBase64, parseBase64 } from '../encoding/base64.ts';
import { concatBytes } from '../encoding/bytes.ts';
import { decode, integer, literal, object, string } from '../encoding/decode.ts';
import { distinctArray } from '../encoding/distinct-array.ts';
import { formatHex } from '../encoding/hex.ts';
import { type Json, parseJson } from '../encoding/json.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { fail, ok, type Result } from '../fault.ts';

const TYPE = 'waybill/control-keys/v1';
const CONTROL_DOMAIN = concatBytes(encodeUtf8('waybill/control/v1'), Uint8Array.of(0));

/** Keys of one set: as many as an envelope has signatures. */
export const CONTROL_KEYS_MAX = 16;

/** Who must agree to a change of trust: `threshold` of these keys, which are distinct. */
export type ControlSet = { readonly keys: readonly PublicKey[]; readonly threshold: number };

/** The set in force, `none` in a log without control keys, undefined where it cannot be known. */
export type SetInForce = ControlSet | 'none' | undefined;

/** A set as `log.opened`, `control-keys.changed` and trust files spell it. */
export type ControlSetFields = { readonly controlKeys: readonly string[]; readonly controlThreshold: number };

/** A control key as it is written: base64 of its DER SubjectPublicKeyInfo. */
export function formatControlKey(key: PublicKey): string {
  return formatBase64(key.spki);
}

/** Name of a control key for people: 64 hex digits of SHA-256("waybill/control/v1" ‖ 0x00 ‖ SPKI DER). */
export function controlKeyId(key: PublicKey): string {
  return formatHex(sha256(CONTROL_DOMAIN, key.spki));
}

/**
 * The set that the members name: 1 to 16 distinct keys, Ed25519 or ECDSA, and a threshold from 1 to their number, or undefined for no key
 * and a threshold of 0. Anything else is `control/malformed-keys`, with the fault of the key as its cause.
 */
export function readControlSet({ controlKeys, controlThreshold }: ControlSetFields): Result<ControlSet | undefined> {
  if (controlKeys.length === 0 && controlThreshold === 0) return ok(undefined);
  if (controlKeys.length > CONTROL_KEYS_MAX) return malformed(`There are at most ${CONTROL_KEYS_MAX} control keys.`);
  if (controlThreshold < 1 || controlThreshold > controlKeys.length) {
    return malformed('The threshold is at least 1 and at most the number of control keys.', '/controlThreshold');
  }
  const keys: PublicKey[] = [];
  for (const [index, text] of controlKeys.entries()) {
    const der = parseBase64(text);
    const key = der.ok ? parsePublicKey(der.value) : der;
    const at = `/controlKeys/${index}`;
    if (!key.ok) return fail('control/malformed-keys', 'A control key is none.', at, key.fault);
    // Sixteen signatures of the longest would not fit beside the longest body.
    if (key.value.algorithm === 'rsa') return malformed('A control key is Ed25519 or ECDSA, and not RSA.', at);
    // One spelling for each key, so that equal keys are equal texts.
    if (controlKeys.indexOf(text) !== index) return malformed('A control key occurs twice.', at);
    keys.push(key.value);
  }
  return ok({ keys, threshold: controlThreshold });
}

/** The members that stand for the set; no key and 0 for none. */
export function controlSetFields(set: ControlSet | undefined): ControlSetFields {
  return { controlKeys: set?.keys.map(formatControlKey) ?? [], controlThreshold: set?.threshold ?? 0 };
}

/** Whether both name the same keys, in whatever order, and the same threshold. */
export function sameControlSet(a: ControlSet | undefined, b: ControlSet | undefined): boolean {
  const [one, other] = [controlSetFields(a), controlSetFields(b)];
  const keys = new Set(other.controlKeys);
  return (
    one.controlThreshold === other.controlThreshold &&
    one.controlKeys.length === keys.size &&
    one.controlKeys.every((key) => keys.has(key))
  );
}

const reader = object({
  type: literal(TYPE),
  controlKeys: distinctArray(string({ min: 1, max: 1024 }), { min: 1, max: CONTROL_KEYS_MAX }),
  controlThreshold: integer({ min: 1, max: CONTROL_KEYS_MAX }),
});

/** The set in a file of control keys: JSON in any spelling. Fault: `control/malformed-keys` with the cause. */
export function parseControlKeys(bytes: Uint8Array): Result<ControlSet> {
  const value = parseJson(bytes);
  const read = value.ok ? decode(reader, value.value) : value;
  if (!read.ok)
    return fail('control/malformed-keys', 'The file does not hold control keys.', read.fault.at, read.fault);
  const set = readControlSet(read.value);
  if (!set.ok) return set;
  return set.value === undefined ? malformed('The file names no control key.') : ok(set.value);
}

/** A file of control keys, as JSON. */
export function controlKeysJson(set: ControlSet): Json {
  return { type: TYPE, ...controlSetFields(set) };
}

function malformed(message: string, at?: string): Result<never> {
  return fail('control/malformed-keys', message, at);
}
