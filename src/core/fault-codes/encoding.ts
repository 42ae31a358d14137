/** Fault codes of the encoding area; docs/spec/faults.md lists every code. */
export const ENCODING_FAULT_CODES = [
  'encoding/duplicate-member',
  'encoding/integer-out-of-range',
  'encoding/lone-surrogate',
  'encoding/malformed-base64',
  'encoding/malformed-hex',
  'encoding/malformed-json',
  'encoding/malformed-utf8',
  'encoding/missing-member',
  'encoding/not-allowed',
  'encoding/not-canonical',
  'encoding/number-out-of-range',
  'encoding/pattern-mismatch',
  'encoding/too-deep',
  'encoding/too-long',
  'encoding/too-many-members',
  'encoding/too-short',
  'encoding/truncated',
  'encoding/unknown-member',
  'encoding/wrong-length',
  'encoding/wrong-type',
] as const;
export type EncodingFaultCode = (typeof ENCODING_FAULT_CODES)[number];
