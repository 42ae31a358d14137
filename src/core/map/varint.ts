import { fail, ok, type Result } from '../fault.ts';

/** Lengths and bit positions of a map are far below this; a longer number is refused instead of being read. */
const VARINT_MAX = 2 ** 28 - 1;

const SMALL: readonly Uint8Array[] = Array.from({ length: 128 }, (_, value) => Uint8Array.of(value));

/** Unsigned LEB128, as short as can be: seven bits a byte, the lowest first, the top bit where more follow. */
export function formatVarint(value: number): Uint8Array {
  const small = SMALL[value];
  if (small !== undefined) return small;
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.of(...bytes, rest);
}

/**
 * The number at `offset`, and the offset behind it. One number has one spelling: a form that could be shorter is refused
 * like one that is cut off or over 2^28−1 (`map/malformed-proof`).
 */
export function readVarint(
  bytes: Uint8Array,
  offset: number,
): Result<{ readonly value: number; readonly end: number }> {
  let value = 0;
  for (let length = 0; length < 4; length += 1) {
    const byte = bytes[offset + length];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * length);
    if (byte >= 0x80) continue;
    if (byte === 0 && length > 0) break;
    return ok({ value, end: offset + length + 1 });
  }
  return fail(
    'map/malformed-proof',
    `A number of at most ${VARINT_MAX} in its shortest form was expected.`,
    String(offset),
  );
}
