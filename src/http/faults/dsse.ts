import type { DsseFaultCode } from '../../core/fault-codes/dsse.ts';
import type { FaultRow } from './faults.ts';

/** Envelopes and bundles. */
export const DSSE_FAULTS = {
  'dsse/keyless-not-supported': [
    422,
    'The bundle is signed with a certificate, which this version cannot judge.',
    'Sign with a registered key.',
  ],
  'dsse/malformed-bundle': [400, 'The document is not a Sigstore bundle.', 'Send the bundle as the tool wrote it.'],
  'dsse/malformed-envelope': [400, 'The document is not a DSSE envelope.', 'Send the envelope as the tool wrote it.'],
  'dsse/no-envelope': [
    400,
    'The bundle holds no DSSE envelope.',
    'Attest with a statement; a bare message signature is not an attestation.',
  ],
  'dsse/no-signature': [
    400,
    'The envelope has no signature.',
    'Sign it, or submit the statement’s predicate and let the service sign.',
  ],
  'dsse/no-trusted-signature': [
    422,
    'No signature of the envelope is by a key that counts here.',
    'Register the key, or sign with one that is registered.',
  ],
  'dsse/signature-count': [400, 'A bundle carries exactly one signature.', 'Send one bundle for each signature.'],
  'dsse/too-large': [
    413,
    'The envelope is too large.',
    'Keep large evidence in an object store and attest its digest.',
  ],
  'dsse/too-many-signatures': [400, 'The envelope has more signatures than are read.', 'Send fewer.'],
  'dsse/unsupported-bundle-version': [
    400,
    'The bundle is of a version that is not read.',
    'Write bundles of v0.1 to v0.3.',
  ],
} as const satisfies Readonly<Record<DsseFaultCode, FaultRow>>;
