import { fail, invariant, ok, type Result } from '../fault.ts';
import { decodeUtf8 } from './utf8.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PAD = 0x3d;
/** Negative, so that a group which holds one is negative as well. */
const NOT_A_DIGIT = -1;

const CODES = Uint8Array.from(ALPHABET, (character) => character.charCodeAt(0));
const DIGITS = new Int8Array(256).fill(NOT_A_DIGIT);
CODES.forEach((code, value) => {
  DIGITS[code] = value;
});

/** Bytes whose digits are passed as arguments of one call: hashes, salts and signatures. */
const BYTES_AT_ONCE = 96;

/** Standard base64 with padding. Source: RFC 4648 §4. */
export function formatBase64(bytes: Uint8Array): string {
  if (bytes.length <= BYTES_AT_ONCE) return formatShort(bytes);
  // Built as bytes and decoded once: appending to a string character by character is slow at megabytes.
  const text = decodeUtf8(codesOf(bytes));
  invariant(text.ok, 'base64 digits are ASCII');
  return text.value;
}

/** Room for the digits of each number of groups, used over and over: nothing of it outlives a call. */
const ROOMS: readonly number[][] = Array.from({ length: BYTES_AT_ONCE / 3 + 1 }, (_, groups) =>
  new Array<number>(4 * groups).fill(0),
);

function formatShort(bytes: Uint8Array): string {
  const codes = ROOMS[Math.ceil(bytes.length / 3)] ?? [];
  let out = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const triple = tripleAt(bytes, i);
    codes[out] = CODES[triple >>> 18] ?? PAD;
    codes[out + 1] = CODES[(triple >>> 12) & 63] ?? PAD;
    codes[out + 2] = left > 1 ? (CODES[(triple >>> 6) & 63] ?? PAD) : PAD;
    codes[out + 3] = left > 2 ? (CODES[triple & 63] ?? PAD) : PAD;
    out += 4;
  }
  return String.fromCharCode(...codes);
}

/** A loop of its own: one that also fills arrays is compiled for both, and takes twenty times as long at megabytes. */
function codesOf(bytes: Uint8Array): Uint8Array {
  const codes = new Uint8Array(4 * Math.ceil(bytes.length / 3));
  let out = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i;
    const triple = tripleAt(bytes, i);
    codes[out] = CODES[triple >>> 18] ?? PAD;
    codes[out + 1] = CODES[(triple >>> 12) & 63] ?? PAD;
    codes[out + 2] = left > 1 ? (CODES[(triple >>> 6) & 63] ?? PAD) : PAD;
    codes[out + 3] = left > 2 ? (CODES[triple & 63] ?? PAD) : PAD;
    out += 4;
  }
  return codes;
}

/** Three bytes from `at` on as one number; those beyond the end are zero. */
function tripleAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
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
  const whole = digitCount - (digitCount % 4);
  let out = 0;
  for (let i = 0; i < whole; i += 4) {
    const group =
      (digitAt(text, i) << 18) | (digitAt(text, i + 1) << 12) | (digitAt(text, i + 2) << 6) | digitAt(text, i + 3);
    if (group < 0) return outside(text, i);
    bytes[out] = group >>> 16;
    bytes[out + 1] = group >>> 8;
    bytes[out + 2] = group;
    out += 3;
  }
  // Two or three digits are left where there is padding.
  let bits = 0;
  for (let i = whole; i < digitCount; i += 1) {
    const digit = digitAt(text, i);
    if (digit < 0) return outside(text, i);
    bits = (bits << 6) | digit;
  }
  if (padding === 2) bytes[out] = bits >>> 4;
  if (padding === 1) {
    bytes[out] = bits >>> 10;
    bytes[out + 1] = bits >>> 2;
  }
  // The last digit of a padded group carries 4 or 2 bits that belong to no byte.
  const spareBits = padding === 2 ? bits & 0x0f : padding === 1 ? bits & 0x03 : 0;
  if (spareBits !== 0) return malformed('The unused bits of the last digit are not zero.', digitCount - 1);
  return ok(bytes);
}

function digitAt(text: string, index: number): number {
  return DIGITS[text.charCodeAt(index)] ?? NOT_A_DIGIT;
}

/** The fault of the first character from `from` on that is no digit. */
function outside(text: string, from: number): Result<never> {
  let at = from;
  while (digitAt(text, at) >= 0) at += 1;
  return malformed('A character is outside the base64 alphabet.', at);
}

function malformed(message: string, offset: number): Result<never> {
  return fail('encoding/malformed-base64', message, String(offset));
}
