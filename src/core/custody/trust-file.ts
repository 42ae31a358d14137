import { sha256 } from '#sha256';
import { NOTE_COSIGNATURE, NOTE_ED25519 } from '../checkpoint/note-key.ts';
import { type NoteKey, parseVkey } from '../checkpoint/signed-note.ts';
import { CONTROL_KEYS_MAX, type ControlSet, controlSetFields, readControlSet } from '../control/control-keys.ts';
import { formatBase64 } from '../encoding/base64.ts';
import { formatCanonicalJson } from '../encoding/canonical-json.ts';
import { array, base64Bytes, decode, integer, literal, mapped, object, optional, string } from '../encoding/decode.ts';
import { formatHex } from '../encoding/hex.ts';
import { type Json, parseJson } from '../encoding/json.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { ORIGIN } from '../entry/names.ts';
import { fail, ok, type Result } from '../fault.ts';

const TYPE = 'waybill/trust/v0';

/** A log key, and the sizes of checkpoints that it counts for: from `fromSize` (0) to `toSize` (no end). */
export type TrustedLogKey = {
  readonly vkey: string;
  readonly key: NoteKey;
  readonly fromSize?: number;
  readonly toSize?: number;
};

/** The key of a monitor: it cosigns the checkpoints up to which it has replayed the log. */
export type TrustedMonitorKey = { readonly vkey: string; readonly key: NoteKey };

/** What the reader brings, and nobody else: whom they trust, and how old news may be. */
export type TrustFile = {
  readonly origin: string;
  readonly logKeys: readonly TrustedLogKey[];
  /** Greatest age of the last entry under a checkpoint; absent: any. */
  readonly checkpointAgeMaxSeconds?: number;
  /** Heads that the log is known to have had. */
  readonly pins: readonly { readonly size: number; readonly root: Uint8Array }[];
  /** Monitors whose word the reader takes for the truth of the map; absent: none. */
  readonly monitorKeys?: readonly TrustedMonitorKey[];
  /** The control keys that the log was opened with; absent: changes of trust are the operator's. */
  readonly control?: ControlSet;
};

const reader = object({
  type: literal(TYPE),
  origin: string({ max: 200, pattern: ORIGIN }),
  logKeys: array(
    object({
      vkey: mapped(string({ min: 1, max: 512 }), readLogKey),
      fromSize: optional(integer()),
      toSize: optional(integer()),
    }),
    { min: 1, max: 16 },
  ),
  checkpointAgeMaxSeconds: optional(integer({ min: 1, max: 100 * 366 * 24 * 60 * 60 })),
  pins: optional(array(object({ size: integer({ min: 1 }), root: base64Bytes({ min: 32, max: 32 }) }), { max: 64 })),
  monitorKeys: optional(array(mapped(string({ min: 1, max: 512 }), readMonitorKey), { min: 1, max: 16 })),
  controlKeys: optional(array(string({ max: 1024 }), { max: CONTROL_KEYS_MAX })),
  controlThreshold: optional(integer({ max: CONTROL_KEYS_MAX })),
  witnesses: optional(array(string({ max: 512 }), { max: 64 })),
  witnessQuorum: optional(integer({ max: 64 })),
});

/**
 * The trust file in a JSON document. Faults: `custody/malformed-trust-file` with the cause; `custody/not-supported` for
 * witnesses, which this version cannot check and so does not pretend to. Source: docs/spec/trust-file.md.
 */
export function parseTrustFile(bytes: Uint8Array): Result<TrustFile> {
  const value = parseJson(bytes);
  const read = value.ok ? decode(reader, value.value) : value;
  if (!read.ok)
    return fail('custody/malformed-trust-file', 'The document is not a trust file.', read.fault.at, read.fault);
  const { origin, logKeys, checkpointAgeMaxSeconds, pins, monitorKeys, ...strict } = read.value;
  if (strict.witnesses?.length || strict.witnessQuorum) {
    return fail('custody/not-supported', 'Witnesses cannot be checked by this version.');
  }
  const { controlKeys = [], controlThreshold = 0 } = strict;
  const control = readControlSet({ controlKeys, controlThreshold });
  if (!control.ok)
    return fail('custody/malformed-trust-file', 'The control keys are none.', control.fault.at, control.fault);
  const stray = logKeys.findIndex(({ vkey }) => vkey.key.name !== origin);
  if (stray >= 0)
    return fail('custody/malformed-trust-file', 'A log key is named after the origin.', `/logKeys/${stray}/vkey`);
  return ok({
    origin,
    logKeys: logKeys.map(({ vkey, ...range }) => ({ ...vkey, ...range })),
    ...(checkpointAgeMaxSeconds === undefined ? {} : { checkpointAgeMaxSeconds }),
    pins: pins ?? [],
    ...(monitorKeys === undefined ? {} : { monitorKeys }),
    ...(control.value === undefined ? {} : { control: control.value }),
  });
}

/** The trust file that says no more than: this log key. For `--log-key`. Faults: those of `parseVkey`. */
export function trustLogKey(vkey: string): Result<TrustFile> {
  const key = readLogKey(vkey);
  return key.ok ? ok({ origin: key.value.key.name, logKeys: [key.value], pins: [] }) : key;
}

/** A witness's key is no log key: its line says that it saw the checkpoint, not that the log made it. */
function readLogKey(vkey: string): Result<TrustedLogKey> {
  const key = parseVkey(vkey);
  if (!key.ok) return key;
  return key.value.type === NOTE_ED25519
    ? ok({ vkey, key: key.value })
    : fail('note/unsupported-key-type', 'A log signs with an Ed25519 key of type 1.');
}

/** A log's own key cosigns nothing: its word for the map is what a monitor is asked about. */
function readMonitorKey(vkey: string): Result<TrustedMonitorKey> {
  const key = parseVkey(vkey);
  if (!key.ok) return key;
  return key.value.type === NOTE_COSIGNATURE
    ? ok({ vkey, key: key.value })
    : fail('note/unsupported-key-type', 'A monitor signs with an Ed25519 key of type 4.');
}

/** A trust file as JSON. */
export function trustFileJson(trust: TrustFile): Json {
  return {
    type: TYPE,
    origin: trust.origin,
    logKeys: trust.logKeys.map(({ vkey, fromSize, toSize }) => ({
      vkey,
      ...(fromSize === undefined ? {} : { fromSize }),
      ...(toSize === undefined ? {} : { toSize }),
    })),
    ...(trust.checkpointAgeMaxSeconds === undefined ? {} : { checkpointAgeMaxSeconds: trust.checkpointAgeMaxSeconds }),
    ...(trust.monitorKeys === undefined ? {} : { monitorKeys: trust.monitorKeys.map(({ vkey }) => vkey) }),
    ...(trust.control === undefined ? {} : controlSetFields(trust.control)),
    pins: trust.pins.map(({ size, root }) => ({ size, root: formatBase64(root) })),
  };
}

/** SHA-256 of a trust file's canonical JSON, in hex: what a recorded verdict names. */
export function trustFileSha256(trust: TrustFile): string {
  return formatHex(sha256(encodeUtf8(formatCanonicalJson(trustFileJson(trust)))));
}
