import { fail, invariant, ok, type Result } from '../fault.ts';
import { decodeUtf8 } from './utf8.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PAD = 0x3d;
const NOT_A_DIGIT = 255;

const CODES = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
const DIGITS = new Uint8Array(256).fill(NOT_A_DIGIT);
CODES.forEach((code, value) => {
  DIGITS[code] = value;
});

/** Standard base64 with padding. Source: RFC 4648 §4. */
export function formatBase64(bytes: Uint8Array): string {
  // Built as bytes and decoded once: appending to a string character by character is slow at megabytes.
  const codes = new Uint8Array(4 * ((bytes.length + 2 - ((bytes.length + 2) % 3)) / 3)).fill(PAD);
  let out = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const triple = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    codes[out] = CODES[triple >>> 18] ?? PAD;
    codes[out + 1] = CODES[(triple >>> 12) & 63] ?? PAD;
    if (left > 1) codes[out + 2] = CODES[(triple >>> 6) & 63] ?? PAD;
    if (left > 2) codes[out + 3] = CODES[triple & 63] ?? PAD;
    out += 4;
  }
  const text = decodeUtf8(codes);
  invariant(text.ok, 'base64 digits are ASCII');
  return text.value;
}

/**
 * Bytes of a base64 text. One spelling per value: standard alphabet, full padding, zero bits where the last digit has
 * bits to spare, no white space. Anything else: `encoding/malformed-base64`. Source: RFC 4648 §4 and §3.5.
 */
export function parseBase64(text: string): Result<Uint8Array> {
  if (text.length % 4 !== 0) return malformed('The length is not a multiple of four.', text.length);
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const digitCount = text.length - padding;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let bits = 0;
  let out = 0;
  for (let i = 0; i < digitCount; i++) {
    const digit = DIGITS[text.charCodeAt(i)] ?? NOT_A_DIGIT;
    if (digit === NOT_A_DIGIT) return malformed('A character is outside the base64 alphabet.', i);
    bits = ((bits << 6) | digit) & 0xffffff;
    const place = i % 4;
    if (place === 1) bytes[out++] = (bits >>> 4) & 0xff;
    else if (place === 2) bytes[out++] = (bits >>> 2) & 0xff;
    else if (place === 3) bytes[out++] = bits & 0xff;
  }
  // The last digit of a padded group carries 4 or 2 bits that belong to no byte.
  const spareBits = padding === 2 ? bits & 0x0f : padding === 1 ? bits & 0x03 : 0;
  if (spareBits !== 0) return malformed('The unused bits of the last digit are not zero.', digitCount - 1);
  return ok(bytes);
}

function malformed(message: string, offset: number): Result<never> {
  return fail('encoding/malformed-base64', message, String(offset));
}
