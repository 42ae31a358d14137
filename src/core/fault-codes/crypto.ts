/** Fault codes of the crypto area; docs/spec/faults.md lists every code. */
export const CRYPTO_FAULT_CODES = ['crypto/malformed-key', 'crypto/unsupported-algorithm', 'crypto/weak-key'] as const;
export type CryptoFaultCode = (typeof CRYPTO_FAULT_CODES)[number];
