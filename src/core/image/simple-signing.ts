import { formatCanonicalJson } from '../encoding/canonical-json.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';

/**
 * The bytes that a legacy cosign signature (`sha256-<hex>.sig`) covers; they are signed as they are, without PAE.
 *
 * `repository` goes into `docker-reference` without a tag: cosign ignores it, podman and skopeo compare it. `digest` is
 * that of the manifest or index. All member names are lower case and `optional` is null, since readers other than Go's
 * match names exactly. Canonical JSON, so that signing again gives the same bytes.
 * Source: cosign specs/SIGNATURE_SPEC.md, "Payload"; containers/image docs/containers-signature.5.md.
 */
export function simpleSigningPayload(repository: string, digest: string): Uint8Array {
  return encodeUtf8(
    formatCanonicalJson({
      critical: {
        identity: { 'docker-reference': repository },
        image: { 'docker-manifest-digest': digest },
        type: 'cosign container image signature',
      },
      optional: null,
    }),
  );
}
