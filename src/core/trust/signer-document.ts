import { type KeyAlgorithm, type PublicKey, parsePublicKey, signerKeyId } from '../crypto/public-key.ts';
import { formatBase64 } from '../encoding/base64.ts';
import { formatCanonicalJson, parseCanonicalJson } from '../encoding/canonical-json.ts';
import { base64Bytes, decode, object, oneOf, optional } from '../encoding/decode.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { type Fault, fail, ok, type Result } from '../fault.ts';
import { scopeRepositories, scopeStages, scopeTitle } from './scope.ts';

/** Media type of the payload of `signer.registered`. */
export const SIGNER_MEDIA_TYPE = 'application/vnd.waybill.signer+json';

const ALGORITHMS = ['ed25519', 'ecdsa-p256', 'ecdsa-p384'] as const satisfies readonly KeyAlgorithm[];

const reader = object({
  algorithm: oneOf(ALGORITHMS),
  spki: base64Bytes({ max: 1024 }),
  repositories: scopeRepositories,
  stages: scopeStages,
  title: optional(scopeTitle),
});

/** A registered key: what it is, and which stages of which repositories it may attest. */
export type SignerDocument = {
  readonly key: PublicKey;
  /** Its name, 64 hex digits, computed from the key and never read. */
  readonly signer: string;
  readonly repositories: readonly string[];
  readonly stages: readonly string[];
  readonly title?: string;
};

/**
 * The signer in a document of canonical JSON: `algorithm`, `repositories`, `spki` (base64 of the DER
 * SubjectPublicKeyInfo), `stages`, `title`. The key is checked by the strict rules of its algorithm, which must be the
 * named one. Fault: `signer/malformed-document` with the cause. Source: docs/spec/entry.md §6.
 */
export function parseSignerDocument(bytes: Uint8Array): Result<SignerDocument> {
  const value = parseCanonicalJson(bytes);
  if (!value.ok) return malformed(value.fault);
  const read = decode(reader, value.value);
  if (!read.ok) return malformed(read.fault);
  const key = parsePublicKey(read.value.spki);
  if (!key.ok) return malformed(key.fault);
  const { algorithm, repositories, stages, title } = read.value;
  if (key.value.algorithm !== algorithm) {
    return fail('signer/malformed-document', 'The key is not of the algorithm that the document names.', '/algorithm');
  }
  const signer = signerKeyId(key.value);
  return ok({ key: key.value, signer, repositories, stages, ...(title === undefined ? {} : { title }) });
}

/** Canonical bytes of a signer document; what {@link parseSignerDocument} reads. */
export function formatSignerDocument(document: Omit<SignerDocument, 'signer'>): Uint8Array {
  const { key, repositories, stages, title } = document;
  return encodeUtf8(
    formatCanonicalJson({
      algorithm: key.algorithm,
      spki: formatBase64(key.spki),
      repositories,
      stages,
      ...(title === undefined ? {} : { title }),
    }),
  );
}

function malformed(cause: Fault): Result<never> {
  return fail('signer/malformed-document', 'The document does not describe a signer.', cause.at, cause);
}
