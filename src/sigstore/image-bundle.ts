import { bundleToJSON, toDSSEBundle } from '@sigstore/bundle';
import type { Bundle as SerializedBundle } from 'sigstore';
import { sha256 } from '#sha256';
import type { PublicKey } from '../core/crypto/public-key.ts';
import { formatBase64 } from '../core/encoding/base64.ts';

/**
 * JSON text of a Sigstore bundle v0.3 around a statement that `key` signed. The hint is the base64 SHA-256 of the key's
 * SPKI DER, as cosign writes it. The envelope's keyid is emptied afterwards: the builder copies the hint into it, and
 * Go verifiers skip a signature whose keyid is not their own fingerprint of the key.
 */
export function buildImageBundle(
  payloadType: string,
  statement: Uint8Array,
  signature: Uint8Array,
  key: PublicKey,
): string {
  const bundle = toDSSEBundle({
    artifact: Buffer.from(statement),
    artifactType: payloadType,
    signature: Buffer.from(signature),
    keyHint: formatBase64(sha256(key.spki)),
  });
  for (const line of bundle.content.dsseEnvelope.signatures) line.keyid = '';
  const serialized: SerializedBundle = bundleToJSON(bundle);
  return JSON.stringify(serialized);
}
