/** Fault codes of the life of signers: rotation above all; docs/spec/faults.md lists every code. */
export const SIGNER_FAULT_CODES = [
  /** The key had been followed by another one, and the overlap was over. */
  'signer/rotated',
  'signer/rotated-twice',
  'signer/rotation-differs',
  'signer/rotation-not-signed',
  'signer/malformed-rotation',
  'signer/wider-than-predecessor',
  /** The revocation of the key before reaches back to before the rotation, which that key had signed. */
  'signer/predecessor-revoked',
  'signer/overlap-out-of-range',
  'signer/published-key',
  'signer/key-in-other-use',
  /** The key was older than its registration allows. */
  'signer/too-old',
  'attestation/signer-rotated',
  'attestation/signer-too-old',
  /** A key of the service's own that the log does not name, or that counts no more. */
  'key/not-registered',
  'key/retired',
] as const;
export type SignerFaultCode = (typeof SIGNER_FAULT_CODES)[number];
