import { formatBase64 } from '../encoding/base64.ts';
import { formatCanonicalJson, parseCanonicalJson } from '../encoding/canonical-json.ts';
import { base64Bytes, type Decoded, decode, object } from '../encoding/decode.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { fail, type Result } from '../fault.ts';
import { MANIFEST_BYTES_MAX, type Manifest } from './manifest.ts';

/** Media type of the payload of `image.signed`. */
export const SIGNED_IMAGE_MEDIA_TYPE = 'application/vnd.waybill.signed-image+json';

/** A bundle around a statement without predicate: a few hundred bytes, and the annotations that a caller asked for. */
const BUNDLE_BYTES_MAX = 1024 * 1024;
const SIGNATURE_BYTES_MAX = 1024;

const reader = object({
  /** JSON text of the Sigstore bundle, version 0.3. */
  bundle: base64Bytes({ min: 1, max: BUNDLE_BYTES_MAX }),
  /** The exact manifest bytes that the digest is over. */
  manifest: base64Bytes({ min: 1, max: MANIFEST_BYTES_MAX }),
  simpleSigning: object({
    payload: base64Bytes({ min: 1, max: BUNDLE_BYTES_MAX }),
    signature: base64Bytes({ min: 1, max: SIGNATURE_BYTES_MAX }),
  }),
});

/** What signing an image left behind: its exact manifest, and the signature in the two forms that cosign reads. */
export type SignedImage = Decoded<typeof reader>;

/**
 * The signed image in a document of canonical JSON whose four values are base64. Nothing is verified yet.
 * Fault: `image/malformed-signed-image` with the cause. Source: docs/spec/entry.md §6.
 */
export function parseSignedImage(bytes: Uint8Array): Result<SignedImage> {
  const value = parseCanonicalJson(bytes);
  const read = value.ok ? decode(reader, value.value) : value;
  if (read.ok) return read;
  return fail('image/malformed-signed-image', 'The document is not a signed image.', read.fault.at, read.fault);
}

/** Canonical bytes of a signed image; what {@link parseSignedImage} reads. */
export function formatSignedImage({ bundle, manifest, simpleSigning }: SignedImage): Uint8Array {
  return encodeUtf8(
    formatCanonicalJson({
      bundle: formatBase64(bundle),
      manifest: formatBase64(manifest),
      simpleSigning: {
        payload: formatBase64(simpleSigning.payload),
        signature: formatBase64(simpleSigning.signature),
      },
    }),
  );
}

/** The digests of an index's children as `image.signed` lists them: each once, in the order of the manifest. */
export function childDigests(manifest: Manifest): readonly string[] {
  return [...new Set(manifest.children.map((child) => child.digest))];
}
