import { formatCanonicalJson, parseCanonicalJson } from '../encoding/canonical-json.ts';
import { type Decoded, decode, object, string } from '../encoding/decode.ts';
import type { Json } from '../encoding/json.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { fail, type Result } from '../fault.ts';

/** Media type of the payload of `waiver.requested`. */
export const WAIVER_MEDIA_TYPE = 'application/vnd.waybill.waiver+json';

const reader = object({
  /** Why the check may be passed over, for people: the one place where a waiver holds free text. */
  reason: string({ min: 1, max: 2000 }),
});

/** Why a waiver is asked for. */
export type WaiverDocument = Decoded<typeof reader>;

/** The reason in a document of canonical JSON. Fault: `waiver/malformed-document` with the cause. Source: docs/spec/entry.md §6. */
export function parseWaiverDocument(bytes: Uint8Array): Result<WaiverDocument> {
  const value = parseCanonicalJson(bytes);
  const read = value.ok ? decode(reader, value.value) : value;
  if (read.ok) return read;
  return fail('waiver/malformed-document', 'The document does not say why.', read.fault.at, read.fault);
}

/** Canonical bytes of a reason; what {@link parseWaiverDocument} reads. */
export function formatWaiverDocument(document: WaiverDocument): Uint8Array {
  return encodeUtf8(formatCanonicalJson(document as unknown as Json));
}
