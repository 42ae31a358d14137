import { fail, ok, type Result } from '../fault.ts';

const PAIRS: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const CODES = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
/** Bytes whose digits are passed as arguments of one call: hashes and signatures. */
const BYTES_AT_ONCE = 64;

/** Two lower-case hex digits per byte. */
export function formatHex(bytes: Uint8Array): string {
  if (bytes.length <= BYTES_AT_ONCE) return formatShort(bytes);
  let text = '';
  for (const byte of bytes) text += PAIRS[byte];
  return text;
}

/** Room for the digits of each length, used over and over: nothing of it outlives a call. */
const ROOMS: readonly number[][] = Array.from({ length: BYTES_AT_ONCE + 1 }, (_, bytes) =>
  new Array<number>(2 * bytes).fill(0),
);

/** In one piece: a text that was put together of pairs is taken apart again when it is compared or looked up. */
function formatShort(bytes: Uint8Array): string {
  const codes = ROOMS[bytes.length] ?? [];
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    codes[2 * at] = CODES[byte >>> 4] ?? 0;
    codes[2 * at + 1] = CODES[byte & 15] ?? 0;
  }
  return String.fromCharCode(...codes);
}

/**
 * Bytes of a hex text: lower case only, so that a value has one spelling. `encoding/malformed-hex` for any other
 * character or an odd number of digits, `encoding/wrong-length` when `lengthBytes` is given and differs.
 */
export function parseHex(text: string, lengthBytes?: number): Result<Uint8Array> {
  if (text.length % 2 !== 0) return fail('encoding/malformed-hex', 'The number of hex digits is odd.');
  if (lengthBytes !== undefined && text.length !== lengthBytes * 2) {
    return fail('encoding/wrong-length', `Expected ${lengthBytes} bytes, found ${text.length / 2}.`);
  }
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    const high = hexDigit(text.charCodeAt(2 * i));
    const low = hexDigit(text.charCodeAt(2 * i + 1));
    if (high < 0 || low < 0) return fail('encoding/malformed-hex', 'Only 0-9 and a-f are hex digits.', String(2 * i));
    bytes[i] = high * 16 + low;
  }
  return ok(bytes);
}

/** Value of the digit with this character code, or −1. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0x61 && code <= 0x66) return code - 0x61 + 10;
  return -1;
}
