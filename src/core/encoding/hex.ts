import { fail, ok, type Result } from '../fault.ts';

const PAIRS: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Two lower-case hex digits per byte. */
export function formatHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += PAIRS[byte];
  return text;
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
