import { array, object, oneOf, optional, string } from '../encoding/decode.ts';
import { payloadReader, payloadTypeReader, signatureMembers } from './envelope.ts';

/** Most log entries, timestamps or certificates of one bundle; real bundles have one to three of each. */
const MATERIAL_MAX = 32;
/** Longest proof of a log that could hold every entry ever made. */
const PROOF_HASHES_MAX = 64;
/** Longest base64 field of verification material: a timestamp with its certificates stays below 16 KiB. */
const MATERIAL_LENGTH_MAX = 1024 * 1024;

/** Base64 as protojson writes bytes. Only its alphabet is looked at: what signs and logs prove is judged elsewhere. */
const bytes = string({ max: MATERIAL_LENGTH_MAX, pattern: /^[A-Za-z0-9+/_-]*={0,2}$/ });
const text = string({ max: MATERIAL_LENGTH_MAX });
/** A 64-bit integer of protojson: decimal digits in a string. Positions, sizes and times here are never negative. */
const int64 = string({ max: 19, pattern: /^(?:0|[1-9][0-9]*)$/ });

const logEntry = object({
  // protojson leaves a zero out.
  logIndex: optional(int64),
  logId: object({ keyId: bytes }),
  kindVersion: object({ kind: text, version: text }),
  integratedTime: optional(int64),
  inclusionPromise: optional(object({ signedEntryTimestamp: bytes })),
  inclusionProof: optional(
    object({
      logIndex: optional(int64),
      rootHash: bytes,
      treeSize: optional(int64),
      hashes: optional(array(bytes, { max: PROOF_HASHES_MAX })),
      checkpoint: optional(object({ envelope: text })),
    }),
  ),
  canonicalizedBody: optional(bytes),
});

const certificate = object({ rawBytes: bytes });

const verificationMaterial = object({
  publicKey: optional(object({ hint: optional(string({ max: 1024 })) })),
  x509CertificateChain: optional(object({ certificates: array(certificate, { max: MATERIAL_MAX }) })),
  certificate: optional(certificate),
  tlogEntries: optional(array(logEntry, { max: MATERIAL_MAX })),
  timestampVerificationData: optional(
    object({ rfc3161Timestamps: optional(array(object({ signedTimestamp: bytes }), { max: MATERIAL_MAX })) }),
  ),
});

const messageSignature = object({
  messageDigest: optional(
    object({
      algorithm: oneOf(['HASH_ALGORITHM_UNSPECIFIED', 'SHA2_256', 'SHA2_384', 'SHA2_512', 'SHA3_256', 'SHA3_384']),
      digest: bytes,
    }),
  ),
  signature: bytes,
});

/**
 * Every member that a Sigstore bundle may have, and no other: cosign and sigstore-go read bundles with protojson, which
 * refuses unknown members. Names in the spelling that protojson writes. Source: protobuf-specs, sigstore_bundle.proto.
 */
export const bundleReader = object({
  mediaType: string({ max: 255 }),
  verificationMaterial,
  messageSignature: optional(messageSignature),
  dsseEnvelope: optional(
    object({
      payload: payloadReader,
      payloadType: payloadTypeReader,
      signatures: array(object(signatureMembers), { max: Number.MAX_SAFE_INTEGER }),
    }),
  ),
});
