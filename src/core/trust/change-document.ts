import { formatBase64 } from '../encoding/base64.ts';
import { formatCanonicalJson, parseCanonicalJson } from '../encoding/canonical-json.ts';
import { base64Bytes, type Decoded, decode, json, object, oneOf, optional, string } from '../encoding/decode.ts';
import type { Json } from '../encoding/json.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { DUAL_KINDS } from '../entry/kinds/change-proposed.ts';
import { MEDIA_TYPE } from '../entry/names.ts';
import { fail, type Result } from '../fault.ts';

/** Media type of the payload of `change.proposed`. */
export const CHANGE_MEDIA_TYPE = 'application/vnd.waybill.change+json';

/** A contract is the largest that is proposed. */
const DOCUMENT_BYTES_MAX = 262_144;

const reader = object({
  kind: oneOf(DUAL_KINDS),
  body: json(),
  mediaType: optional(string({ max: 255, pattern: MEDIA_TYPE })),
  document: optional(base64Bytes({ max: DOCUMENT_BYTES_MAX })),
});

/** A change of trust that somebody asks for: everything that its entry says, but for its place and who writes it. */
export type ChangeDocument = Decoded<typeof reader>;

/** The entry that is asked for, or that was made: its kind and body, and its payload where it has one. */
export type Changed = {
  readonly kind: string;
  readonly body: Json;
  readonly payload?: { readonly mediaType: string; readonly bytes: Uint8Array };
};

/**
 * Canonical bytes of a change: `kind`, `body` and, of one with a payload, its `mediaType` and exact bytes as base64,
 * `document`. The same change has the same bytes, so that whoever agrees to them agrees to nothing else.
 */
export function formatChange({ kind, body, payload }: Changed): Uint8Array {
  const whole = { kind, body };
  return encodeUtf8(
    formatCanonicalJson(
      payload === undefined ? whole : { ...whole, mediaType: payload.mediaType, document: formatBase64(payload.bytes) },
    ),
  );
}

/** The change in a document of canonical JSON. Fault: `dual-control/malformed-change` with the cause. Source: docs/spec/entry.md §6. */
export function parseChange(bytes: Uint8Array): Result<ChangeDocument> {
  const value = parseCanonicalJson(bytes);
  const read = value.ok ? decode(reader, value.value) : value;
  if (!read.ok)
    return fail('dual-control/malformed-change', 'The document describes no change.', read.fault.at, read.fault);
  if ((read.value.mediaType === undefined) === (read.value.document === undefined)) return read;
  return fail('dual-control/malformed-change', 'A document and its media type stand together.', '/mediaType');
}
