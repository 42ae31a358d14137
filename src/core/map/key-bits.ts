/**
 * Bit `position` of a key, 0 being the most significant of its first byte. Behind its end a key goes on with a byte 0x00
 * and then 0xff for ever, so that two keys always differ somewhere, also where one begins the other.
 */
export function keyBit(key: Uint8Array, position: number): 0 | 1 {
  const byte = paddedByte(key, position >>> 3);
  return ((byte >>> (7 - (position & 7))) & 1) as 0 | 1;
}

/** The first bit in which two keys differ; undefined where they are the same key. */
export function firstDifference(a: Uint8Array, b: Uint8Array): number | undefined {
  const length = Math.max(a.length, b.length);
  for (let at = 0; at <= length; at += 1) {
    const difference = paddedByte(a, at) ^ paddedByte(b, at);
    if (difference !== 0) return at * 8 + Math.clz32(difference) - 24;
  }
  return undefined;
}

function paddedByte(key: Uint8Array, at: number): number {
  return key[at] ?? (at === key.length ? 0x00 : 0xff);
}
