import type { CryptoFaultCode } from '../../core/fault-codes/crypto.ts';
import type { FaultRow } from './faults.ts';

/** Keys. */
export const CRYPTO_FAULTS = {
  'crypto/malformed-key': [
    400,
    'The key is not a public key in SubjectPublicKeyInfo form.',
    'Send the PEM of an Ed25519, P-256 or P-384 public key.',
  ],
  'crypto/unsupported-algorithm': [
    400,
    'The key’s algorithm is not supported.',
    'Use Ed25519, ECDSA P-256 or ECDSA P-384.',
  ],
  'crypto/weak-key': [
    400,
    'The key is one that several signers could share, or whose private part can be found.',
    'Generate a new key.',
  ],
} as const satisfies Readonly<Record<CryptoFaultCode, FaultRow>>;
