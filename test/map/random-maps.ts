import { MAP_KEY_BYTES, MAP_VALUE_BYTES } from '../../src/core/map/map-key.ts';
import type { Random } from '../hostile/mutate.ts';
import type { Pair } from './naive-map.ts';

const below = (random: Random, bound: number) => Math.floor(random() * bound);
const randomBytes = (random: Random, length: number) => Uint8Array.from({ length }, () => below(random, 256));

/** Ways to draw keys: what the map holds in truth, and what makes trees deep, crowded or odd. */
export const KEY_SHAPES = {
  'hashes, as the map holds them': (random) => randomBytes(random, MAP_KEY_BYTES),
  'keys of one bucket': (random) => withStart(randomBytes(random, MAP_KEY_BYTES), [0xa5, 0x0f]),
  'keys alike up to a late bit': (random) => {
    const key = new Uint8Array(MAP_KEY_BYTES).fill(0x33);
    for (let flips = below(random, 4); flips >= 0; flips -= 1) flipBit(key, below(random, 8 * MAP_KEY_BYTES));
    return key;
  },
  'keys of buckets side by side': (random) =>
    withStart(randomBytes(random, MAP_KEY_BYTES), [0x7f + below(random, 2), below(random, 2) * 0xff]),
  'keys that begin one another': (random) => {
    const bytes = [0x00, 0xff, 0x00, 0xfe, 0x01, 0x80];
    return Uint8Array.from({ length: below(random, 6) }, () => bytes[below(random, bytes.length)] ?? 0);
  },
} as const satisfies { readonly [shape: string]: (random: Random) => Uint8Array };

/** Some pairs in the order in which they are set; a key comes more than once, then its last value counts. */
export function randomHistory(drawKey: (random: Random) => Uint8Array, count: number, random: Random): readonly Pair[] {
  const history: Pair[] = [];
  for (let i = 0; i < count; i += 1) {
    const again = random() < 0.25 ? history[below(random, history.length)] : undefined;
    history.push({ key: again?.key ?? drawKey(random), value: randomBytes(random, MAP_VALUE_BYTES) });
  }
  return history;
}

/** What a history leaves: each key once, with its last value. */
export function lastPairs(history: readonly Pair[]): readonly Pair[] {
  return [...new Map(history.map((pair) => [Buffer.from(pair.key).toString('hex'), pair])).values()];
}

/** A copy with one bit flipped; bit 0 is the most significant of the first byte. */
export function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  flipBit(copy, bit);
  return copy;
}

function flipBit(bytes: Uint8Array, bit: number): void {
  bytes[bit >>> 3] = (bytes[bit >>> 3] ?? 0) ^ (0x80 >>> (bit & 7));
}

function withStart(key: Uint8Array, start: readonly number[]): Uint8Array {
  key.set(start);
  return key;
}
