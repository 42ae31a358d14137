import { concatBytes, equalBytes } from '../../src/core/encoding/bytes.ts';
import { keyBit } from '../../src/core/map/key-bits.ts';
import { EMPTY_MAP_ROOT, mapNodeHash } from '../../src/core/map/map-hash.ts';
import { formatMapProof, verifyMapClaim } from '../../src/core/map/map-proof.ts';
import { type MapNode, pathInMap } from '../../src/core/map/map-trie.ts';
import { formatVarint, readVarint } from '../../src/core/map/varint.ts';

/*
 * Claims on all keys that begin with some bytes. Nothing of ours makes them; they are here because the published vectors
 * have many, and each shows once more that paths and hashes are the same.
 */

export type PrefixClaim = { readonly prefix: Uint8Array; readonly hash: Uint8Array; readonly proof: Uint8Array };

/** Whether a key, with what follows it for ever, begins with these bytes. */
export function hasPrefix(key: Uint8Array, prefix: Uint8Array): boolean {
  for (let bit = 0; bit < 8 * prefix.length; bit += 1) if (keyBit(key, bit) !== keyBit(prefix, bit)) return false;
  return true;
}

/** The hash of the smallest part of the map with all keys that begin so, and the steps from there to the root. */
export function provePrefix(map: MapNode | undefined, prefix: Uint8Array): PrefixClaim {
  if (map === undefined) return { prefix, hash: EMPTY_MAP_ROOT, proof: new Uint8Array() };
  const { leaf, steps } = pathInMap(map, prefix);
  if (!hasPrefix(leaf.key, prefix))
    return { prefix, hash: EMPTY_MAP_ROOT, proof: formatMapProof(prefix, { leaf, steps }) };
  const above = steps.filter(({ bit }) => bit < 8 * prefix.length);
  const hash = steps
    .slice(0, steps.length - above.length)
    .reduce((so, { bit, sibling }) => climb(leaf.key, bit, so, sibling), leaf.hash);
  return { prefix, hash, proof: concatBytes(...above.flatMap(({ bit, sibling }) => [formatVarint(bit), sibling])) };
}

export function verifyPrefix(root: Uint8Array, { prefix, hash, proof }: PrefixClaim): boolean {
  if (equalBytes(hash, EMPTY_MAP_ROOT)) {
    const shown = readVarint(proof, 0);
    if (proof.length > 0 && shown.ok) {
      const { end, value } = shown.value;
      if (hasPrefix(proof.subarray(end, end + value), prefix)) return false;
    }
    return verifyMapClaim({ root, key: prefix, value: undefined, proof }).ok;
  }
  let reached = hash;
  let below = 8 * prefix.length;
  for (let at = 0; at < proof.length; ) {
    const read = readVarint(proof, at);
    if (!read.ok || read.value.value >= below || read.value.end + 32 > proof.length) return false;
    below = read.value.value;
    at = read.value.end + 32;
    reached = climb(prefix, below, reached, proof.subarray(read.value.end, at));
  }
  return equalBytes(reached, root);
}

function climb(key: Uint8Array, bit: number, hash: Uint8Array, sibling: Uint8Array): Uint8Array {
  return keyBit(key, bit) === 0 ? mapNodeHash(bit, hash, sibling) : mapNodeHash(bit, sibling, hash);
}
