import { createHash } from 'node:crypto';

/*
 * The map by its definition alone (docs/spec/map.md sections 2 and 3): goes through the bits one by one, keeps nothing,
 * hashes with the platform, and shares no line with the map that it is held against.
 */

export type Pair = { readonly key: Uint8Array; readonly value: Uint8Array };

/** Root over pairs whose keys are distinct, in any order. */
export function naiveRoot(pairs: readonly Pair[]): Uint8Array {
  return hashOf(pairs.map(withBits), 0);
}

/** The one proof of what stands under the key: of presence where a pair has it, otherwise of absence. */
export function naiveProof(pairs: readonly Pair[], key: Uint8Array): Uint8Array {
  const bits = bitsOf(key);
  const steps: Uint8Array[] = [];
  let left = pairs.map(withBits);
  for (let bit = 0; left.length > 1; bit += 1) {
    const [same, others] = [
      left.filter((one) => at(one.bits, bit) === at(bits, bit)),
      left.filter((one) => at(one.bits, bit) !== at(bits, bit)),
    ];
    if (same.length > 0 && others.length > 0) steps.unshift(Buffer.concat([varint(bit), hashOf(others, bit + 1)]));
    left = same.length > 0 ? same : others;
  }
  const [leaf] = left;
  const isThere = leaf === undefined || leaf.bits === bits;
  return Uint8Array.from(
    Buffer.concat([...(isThere ? [] : [framed(leaf.pair.key), framed(leaf.pair.value)]), ...steps]),
  );
}

/** 7 bits a byte, the lowest first. */
export function varint(value: number): Uint8Array {
  return value < 128 ? Uint8Array.of(value) : Uint8Array.of((value % 128) + 128, ...varint(Math.floor(value / 128)));
}

type Bits = { readonly pair: Pair; readonly bits: string };

function withBits(pair: Pair): Bits {
  return { pair, bits: bitsOf(pair.key) };
}

/** The key in binary digits, with the zeros of the byte behind it; only ones follow. */
function bitsOf(key: Uint8Array): string {
  return [...key, 0].map((byte) => byte.toString(2).padStart(8, '0')).join('');
}

function at(bits: string, bit: number): string {
  return bits[bit] ?? '1';
}

function hashOf(some: readonly Bits[], bit: number): Uint8Array {
  const [first] = some;
  if (first === undefined) return sha256();
  if (some.length === 1) return sha256(Uint8Array.of(0), framed(first.pair.key), framed(first.pair.value));
  for (let split = bit; ; split += 1) {
    const [zeros, ones] = ['0', '1'].map((side) => some.filter(({ bits }) => at(bits, split) === side));
    if (zeros === undefined || ones === undefined || zeros.length === 0 || ones.length === 0) continue;
    return sha256(Uint8Array.of(1), varint(split), hashOf(zeros, split + 1), hashOf(ones, split + 1));
  }
}

function framed(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([varint(bytes.length), bytes]);
}

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(createHash('sha256').update(Buffer.concat(parts)).digest());
}
