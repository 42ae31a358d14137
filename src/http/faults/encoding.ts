import type { EncodingFaultCode } from '../../core/fault-codes/encoding.ts';
import type { FaultRow } from './faults.ts';

/** Text, numbers, JSON: readers that accept one spelling only. */
export const ENCODING_FAULTS = {
  'encoding/duplicate-element': [
    400,
    'An array that holds each element once holds one twice.',
    'Take the repetition out.',
  ],
  'encoding/duplicate-member': [
    400,
    'A JSON object names a member twice, and readers would disagree which counts.',
    'Name it once.',
  ],
  'encoding/integer-out-of-range': [400, 'A whole number lies outside its bounds.', 'Correct what `at` points to.'],
  'encoding/lone-surrogate': [400, 'A text holds half of a character.', 'Write text as Unicode.'],
  'encoding/malformed-base64': [
    400,
    'A text is not base64 with padding.',
    'Use the standard alphabet, padding, and no white space.',
  ],
  'encoding/malformed-hex': [400, 'A text is not lower-case hex.', 'Write two lower-case digits for each byte.'],
  'encoding/malformed-json': [400, 'The body is not JSON.', 'Correct what stands at the offset in `at`.'],
  'encoding/malformed-utf8': [400, 'The bytes are not UTF-8.', 'Send text as UTF-8.'],
  'encoding/missing-member': [400, 'A member that is needed is missing.', 'Add what `at` points to.'],
  'encoding/not-allowed': [400, 'A value is not one of those that may stand there.', 'Correct what `at` points to.'],
  'encoding/not-canonical': [
    400,
    'The JSON is not in its canonical form (RFC 8785).',
    'Send the bytes as they were handed out.',
  ],
  'encoding/number-out-of-range': [400, 'A number is larger than readers can hold.', 'Write it as text.'],
  'encoding/pattern-mismatch': [
    400,
    'A text does not have the form that it must have.',
    'Correct what `at` points to.',
  ],
  'encoding/too-deep': [400, 'The document nests too deep.', 'Flatten it.'],
  'encoding/too-long': [400, 'A text or array is too long.', 'Shorten what `at` points to.'],
  'encoding/too-many-members': [400, 'The document has too many members.', 'Split it.'],
  'encoding/too-short': [400, 'A text or array is too short.', 'Complete what `at` points to.'],
  'encoding/truncated': [400, 'The bytes end too early.', 'Send them whole.'],
  'encoding/unknown-member': [
    400,
    'A member is not known, and is not ignored.',
    'Correct its spelling, or take it out.',
  ],
  'encoding/wrong-length': [400, 'A value does not have the length that it must have.', 'Correct what `at` points to.'],
  'encoding/wrong-type': [400, 'A value is of another JSON type than it must be.', 'Correct what `at` points to.'],
} as const satisfies Readonly<Record<EncodingFaultCode, FaultRow>>;
