import { fail, invariant, ok, type Result } from '../fault.ts';

const TWO_TO_32 = 0x1_0000_0000;

/** All parts in order, in one new array. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Whether both hold the same bytes. Not constant-time: for public values only, never for secrets. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Lexicographic order of unsigned bytes, a prefix before what it begins: negative, 0 or positive, for `sort`. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Eight bytes, big-endian. `n` is an integer from 0 to 2^53 − 1 (an invariant). */
export function u64be(n: number): Uint8Array {
  invariant(Number.isSafeInteger(n) && n >= 0, 'a 64-bit field takes an integer from 0 to 2^53 - 1');
  const bytes = new Uint8Array(8);
  let high = (n - (n % TWO_TO_32)) / TWO_TO_32;
  let low = n % TWO_TO_32;
  for (let i = 3; i >= 0; i--) {
    bytes[i] = high & 0xff;
    bytes[i + 4] = low & 0xff;
    high = high >>> 8;
    low = low >>> 8;
  }
  return bytes;
}

/**
 * The integer in the eight big-endian bytes at `offset`.
 * Fewer than eight bytes left: `encoding/truncated`; above 2^53 − 1: `encoding/integer-out-of-range`, because a number
 * could not hold it exactly and two different inputs would read as one.
 */
export function readU64be(bytes: Uint8Array, offset: number): Result<number> {
  invariant(Number.isSafeInteger(offset) && offset >= 0, 'an offset is a non-negative integer');
  if (offset + 8 > bytes.length) return fail('encoding/truncated', 'Eight bytes were expected here.', String(offset));
  let value = 0;
  for (let i = 0; i < 8; i++) value = value * 256 + (bytes[offset + i] ?? 0);
  if (value > Number.MAX_SAFE_INTEGER) {
    return fail('encoding/integer-out-of-range', 'The integer is larger than 2^53 - 1.', String(offset));
  }
  return ok(value);
}
