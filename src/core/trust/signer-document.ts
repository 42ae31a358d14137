import { type KeyAlgorithm, type PublicKey, parsePublicKey, signerKeyId } from '../crypto/public-key.ts';
import { formatBase64 } from '../encoding/base64.ts';
import { formatCanonicalJson, parseCanonicalJson } from '../encoding/canonical-json.ts';
import { base64Bytes, decode, integer, object, oneOf, optional } from '../encoding/decode.ts';
import type { Json } from '../encoding/json.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { formatTime, parseTime, YEAR_10000_MS } from '../entry/time.ts';
import { type Fault, fail, ok, type Result } from '../fault.ts';
import { isScopeWithin, scopeRepositories, scopeStages, scopeTitle } from './scope.ts';

/** Media type of the payload of `signer.registered`. */
export const SIGNER_MEDIA_TYPE = 'application/vnd.waybill.signer+json';

const ALGORITHMS = ['ed25519', 'ecdsa-p256', 'ecdsa-p384', 'rsa'] as const satisfies readonly KeyAlgorithm[];

/** A hundred years: whoever sets a limit means to meet it. */
const ageSeconds = integer({ min: 1, max: 100 * 366 * 24 * 60 * 60 });

const reader = object({
  algorithm: oneOf(ALGORITHMS),
  spki: base64Bytes({ max: 1024 }),
  repositories: scopeRepositories,
  stages: scopeStages,
  title: optional(scopeTitle),
  ageSecondsWarn: optional(ageSeconds),
  ageSecondsMax: optional(ageSeconds),
});

/** A registered key: what it is, and which stages of which repositories it may attest. */
export type SignerDocument = {
  readonly key: PublicKey;
  /** Its name, 64 hex digits, computed from the key and never read. */
  readonly signer: string;
  readonly repositories: readonly string[];
  readonly stages: readonly string[];
  readonly title?: string;
  /** Age from which on it is to be rotated. Nothing follows from it but a warning. */
  readonly ageSecondsWarn?: number;
  /** Age from which on what it signs does not count. */
  readonly ageSecondsMax?: number;
};

/**
 * The signer in a document of canonical JSON: `ageSecondsMax`, `ageSecondsWarn`, `algorithm`, `repositories`, `spki` (base64
 * of the DER SubjectPublicKeyInfo), `stages`, `title`. The key is checked by the strict rules of its algorithm, which must be the
 * named one. Fault: `signer/malformed-document` with the cause. Source: docs/spec/entry.md §6.
 */
export function parseSignerDocument(bytes: Uint8Array): Result<SignerDocument> {
  const value = parseCanonicalJson(bytes);
  return value.ok ? readSignerDocument(value.value) : malformed(value.fault);
}

/** The same for a document that is already parsed. */
export function readSignerDocument(value: Json): Result<SignerDocument> {
  const read = decode(reader, value);
  if (!read.ok) return malformed(read.fault);
  const key = parsePublicKey(read.value.spki);
  if (!key.ok) return malformed(key.fault);
  const { algorithm, spki: _spki, ...rest } = read.value;
  if (key.value.algorithm !== algorithm) {
    return fail('signer/malformed-document', 'The key is not of the algorithm that the document names.', '/algorithm');
  }
  const { ageSecondsWarn, ageSecondsMax } = rest;
  if (ageSecondsWarn !== undefined && ageSecondsMax !== undefined && ageSecondsWarn > ageSecondsMax) {
    return fail('signer/malformed-document', 'A warning comes before the end, not after it.', '/ageSecondsWarn');
  }
  return ok({ key: key.value, signer: signerKeyId(key.value), ...rest });
}

/** Canonical bytes of a signer document; what {@link parseSignerDocument} reads. */
export function formatSignerDocument(document: Omit<SignerDocument, 'signer'>): Uint8Array {
  return encodeUtf8(formatCanonicalJson(signerDocumentJson(document)));
}

/** A signer document as JSON. */
export function signerDocumentJson(document: Omit<SignerDocument, 'signer'>): Json {
  const { key, repositories, stages, title, ageSecondsWarn, ageSecondsMax } = document;
  return {
    algorithm: key.algorithm,
    spki: formatBase64(key.spki),
    repositories,
    stages,
    ...(title === undefined ? {} : { title }),
    ...(ageSecondsWarn === undefined ? {} : { ageSecondsWarn }),
    ...(ageSecondsMax === undefined ? {} : { ageSecondsMax }),
  };
}

/** Whether one key may follow another: it reaches no farther, and may not grow older. */
export function mayFollow(successor: SignerDocument, predecessor: SignerDocument): boolean {
  const { ageSecondsMax: most } = predecessor;
  const isYoungEnough = most === undefined || (successor.ageSecondsMax ?? Number.POSITIVE_INFINITY) <= most;
  return isYoungEnough && isScopeWithin(successor, predecessor);
}

/** When a key that was registered at a time reaches an age; undefined without one, and beyond the year 9999. */
export function signerAgeAt(registeredAt: string, ageSeconds: number | undefined): string | undefined {
  const begun = parseTime(registeredAt);
  if (begun === undefined || ageSeconds === undefined) return undefined;
  const end = begun + ageSeconds * 1000;
  return end >= YEAR_10000_MS ? undefined : formatTime(end);
}

function malformed(cause: Fault): Result<never> {
  return fail('signer/malformed-document', 'The document does not describe a signer.', cause.at, cause);
}
