/** The bytes with the lowest bit of the byte at `offset` changed. */
export function flipBit(bytes: Uint8Array, offset: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[offset] = (changed[offset] ?? 0) ^ 1;
  return changed;
}
