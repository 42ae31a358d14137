import type { Decoded } from '../encoding/decode.ts';
import { type Json, parseJson } from '../encoding/json.ts';
import { fail, ok, type Result } from '../fault.ts';
import { PAYLOAD_BYTES_MAX } from '../limits.ts';
import { bundleReader } from './bundle-shape.ts';
import { decodeEnvelope, type Envelope } from './envelope.ts';

/** The media type that is written: bundle version 0.3 in its newer spelling. */
export const BUNDLE_MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';

/** The media types that are read: versions 0.1 to 0.3, the last in both its spellings. */
const BUNDLE_MEDIA_TYPES: ReadonlySet<string> = new Set([
  'application/vnd.dev.sigstore.bundle+json;version=0.1',
  'application/vnd.dev.sigstore.bundle+json;version=0.2',
  'application/vnd.dev.sigstore.bundle+json;version=0.3',
  BUNDLE_MEDIA_TYPE,
]);

/**
 * What a key-signed bundle carries. `keyHint` is an unauthenticated name of the key and selects nothing.
 * Log entries and timestamps in the bundle are checked for their form only, and not returned.
 */
export type SigstoreBundle = { readonly envelope: Envelope; readonly keyHint?: string; readonly mediaType: string };

/**
 * The envelope in a Sigstore bundle that was signed with a key. Read strictly, as protojson reads it: any unknown member
 * is refused. The signature is not verified yet.
 *
 * Faults: `dsse/too-large` (32 MiB), `dsse/malformed-bundle`, `dsse/unsupported-bundle-version`, `dsse/no-envelope` (the
 * bundle signs a file's digest instead), `dsse/keyless-not-supported` (it names a certificate), `dsse/signature-count`
 * (not exactly one), `dsse/malformed-envelope`. Source: protobuf-specs, sigstore_bundle.proto; docs/spec/attestations.md §3.
 */
export function parseSigstoreBundle(bytes: Uint8Array): Result<SigstoreBundle> {
  if (bytes.length > PAYLOAD_BYTES_MAX) return fail('dsse/too-large', 'A bundle has at most 32 MiB.');
  const document = parseJson(bytes);
  if (!document.ok) {
    return fail('dsse/malformed-bundle', 'The bundle is not a JSON document.', document.fault.at, document.fault);
  }
  return readSigstoreBundle(document.value);
}

/** The same for a document that is already parsed. */
export function readSigstoreBundle(document: Json): Result<SigstoreBundle> {
  const bundle = bundleReader(document, '');
  if (!bundle.ok) return fail('dsse/malformed-bundle', 'The bundle is malformed.', bundle.fault.at, bundle.fault);
  const { mediaType, verificationMaterial, messageSignature, dsseEnvelope } = bundle.value;
  if (!BUNDLE_MEDIA_TYPES.has(mediaType)) {
    return fail('dsse/unsupported-bundle-version', 'Bundle versions 0.1 to 0.3 are supported.', '/mediaType');
  }
  if (messageSignature !== undefined && dsseEnvelope !== undefined) {
    return fail('dsse/malformed-bundle', 'The bundle has both an envelope and a message signature.');
  }
  if (dsseEnvelope === undefined) {
    return fail('dsse/no-envelope', 'The bundle does not contain a DSSE envelope.', '/dsseEnvelope');
  }
  const hint = readHint(verificationMaterial);
  if (!hint.ok) return hint;
  if (dsseEnvelope.signatures.length !== 1) {
    return fail('dsse/signature-count', 'A bundle has exactly one signature.', '/dsseEnvelope/signatures');
  }
  const envelope = decodeEnvelope(dsseEnvelope, '/dsseEnvelope');
  if (!envelope.ok) return envelope;
  return ok({ envelope: envelope.value, ...hint.value, mediaType });
}

function readHint(material: Decoded<typeof bundleReader>['verificationMaterial']): Result<{ keyHint?: string }> {
  const { publicKey, certificate, x509CertificateChain } = material;
  const named = [publicKey, certificate, x509CertificateChain].filter((member) => member !== undefined);
  if (named.length !== 1) {
    return fail('dsse/malformed-bundle', 'A bundle names its signer in exactly one way.', '/verificationMaterial');
  }
  if (publicKey === undefined) {
    return fail('dsse/keyless-not-supported', 'The bundle is signed with a certificate.', '/verificationMaterial');
  }
  return ok(publicKey.hint === undefined || publicKey.hint === '' ? {} : { keyHint: publicKey.hint });
}
