import { sha256 } from '#sha256';
import { NOTE_ED25519 } from '../checkpoint/note-key.ts';
import { type NoteKey, parseVkey } from '../checkpoint/signed-note.ts';
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

/** What the reader brings, and nobody else: whom they trust, and how old news may be. */
export type TrustFile = {
  readonly origin: string;
  readonly logKeys: readonly TrustedLogKey[];
  /** Greatest age of the last entry under a checkpoint; absent: any. */
  readonly checkpointAgeMaxSeconds?: number;
  /** Heads that the log is known to have had. */
  readonly pins: readonly { readonly size: number; readonly root: Uint8Array }[];
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
  controlKeys: optional(array(string({ max: 1024 }), { max: 64 })),
  controlThreshold: optional(integer({ max: 64 })),
  witnesses: optional(array(string({ max: 512 }), { max: 64 })),
  witnessQuorum: optional(integer({ max: 64 })),
});

/**
 * The trust file in a JSON document. Faults: `custody/malformed-trust-file` with the cause; `custody/not-supported` for
 * control keys or witnesses, which this version cannot check and so does not pretend to. Source: docs/spec/trust-file.md.
 */
export function parseTrustFile(bytes: Uint8Array): Result<TrustFile> {
  const value = parseJson(bytes);
  const read = value.ok ? decode(reader, value.value) : value;
  if (!read.ok)
    return fail('custody/malformed-trust-file', 'The document is not a trust file.', read.fault.at, read.fault);
  const { origin, logKeys, checkpointAgeMaxSeconds, pins, ...strict } = read.value;
  if (strict.controlKeys?.length || strict.controlThreshold || strict.witnesses?.length || strict.witnessQuorum) {
    return fail('custody/not-supported', 'Control keys and witnesses cannot be checked by this version.');
  }
  const stray = logKeys.findIndex(({ vkey }) => vkey.key.name !== origin);
  if (stray >= 0)
    return fail('custody/malformed-trust-file', 'A log key is named after the origin.', `/logKeys/${stray}/vkey`);
  return ok({
    origin,
    logKeys: logKeys.map(({ vkey, ...range }) => ({ ...vkey, ...range })),
    ...(checkpointAgeMaxSeconds === undefined ? {} : { checkpointAgeMaxSeconds }),
    pins: pins ?? [],
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
    pins: trust.pins.map(({ size, root }) => ({ size, root: formatBase64(root) })),
  };
}

/** SHA-256 of a trust file's canonical JSON, in hex: what a recorded verdict names. */
export function trustFileSha256(trust: TrustFile): string {
  return formatHex(sha256(encodeUtf8(formatCanonicalJson(trustFileJson(trust)))));
}
