import { sha256 } from '#sha256';
import { formatHex } from '../encoding/hex.ts';
import { fail, ok, type Result } from '../fault.ts';

const IMAGE_DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * The digest that names an image: `sha256:` and 64 lower-case hex digits, 71 characters, unchanged.
 * Any other algorithm or spelling: `image/malformed-digest`, so that one image has one name.
 * Source: OCI image-spec, descriptor.md "Digests".
 */
export function parseImageDigest(text: string): Result<string> {
  if (IMAGE_DIGEST.test(text)) return ok(text);
  return fail('image/malformed-digest', 'An image digest is "sha256:" and 64 lower-case hex digits.');
}

/** Digest of exactly these bytes, as `sha256:` and lower-case hex. A manifest is never re-encoded before it is hashed. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${formatHex(sha256(bytes))}`;
}
