import { concatBytes, equalBytes } from '../encoding/bytes.ts';
import { fail, invariant, ok, type Result } from '../fault.ts';
import { HASH_BYTES } from '../merkle/hash.ts';
import { firstDifference, keyBit } from './key-bits.ts';
import { EMPTY_MAP_ROOT, mapLeafHash, mapNodeHash } from './map-hash.ts';
import type { MapLeaf, MapStep } from './map-trie.ts';
import { formatVarint, readVarint } from './varint.ts';

/**
 * Longest proof over keys of 32 bytes: one step of two bytes and a hash for each of their bits, and another leaf of a map of
 * lists (1 + 32 + 1 + 48 bytes).
 */
export const MAP_PROOF_BYTES_MAX = 256 * (2 + HASH_BYTES) + 82;

/**
 * Bytes that prove what stands under a key of a map. For a key that is there: (varint(bit) ‖ sibling (32))*, from the leaf
 * to the root. For one that is not: varint(length) ‖ key ‖ varint(length) ‖ value of the leaf at which a search for it
 * ends, then the steps of that leaf. In the empty map: no bytes.
 */
export function formatMapProof(
  key: Uint8Array,
  path: { readonly leaf: MapLeaf; readonly steps: readonly MapStep[] } | undefined,
): Uint8Array {
  if (path === undefined) return new Uint8Array();
  const { leaf, steps } = path;
  const isThere = firstDifference(leaf.key, key) === undefined;
  const other = isThere ? [] : [formatVarint(leaf.key.length), leaf.key, formatVarint(leaf.value.length), leaf.value];
  return concatBytes(...other, ...steps.flatMap(({ bit, sibling }) => [formatVarint(bit), sibling]));
}

/** The claim that under this root the key has this value, or is not there (`value` undefined). */
export type MapClaim = {
  readonly root: Uint8Array;
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
  readonly proof: Uint8Array;
};

/**
 * Holds where the proof leads to the root. What is at each place on the way follows from the key alone, so that one key has
 * one value, or none, under one root.
 *
 * map/malformed-proof (form, or bits that do not decrease), map/absence-not-shown (the leaf shown is the key's own, or a
 * search for the key would not end there), map/root-mismatch. Source: docs/spec/map.md section 3.
 */
export function verifyMapClaim({ root, key, value, proof }: MapClaim): Result<void> {
  invariant(root.length === HASH_BYTES, 'a root has 32 bytes');
  if (value !== undefined) return reach(mapLeafHash(key, value), key, key, proof, root);
  if (proof.length === 0) {
    if (equalBytes(root, EMPTY_MAP_ROOT)) return ok(undefined);
    return fail('map/root-mismatch', 'Only the empty map shows by nothing that a key is absent.');
  }
  const otherKey = cutBytes(proof, 0);
  if (!otherKey.ok) return otherKey;
  const otherValue = cutBytes(proof, otherKey.value.end);
  if (!otherValue.ok) return otherValue;
  const other = otherKey.value.bytes;
  if (firstDifference(other, key) === undefined)
    return fail('map/absence-not-shown', 'The proof shows the key itself.');
  const leaf = mapLeafHash(other, otherValue.value.bytes);
  return reach(leaf, key, other, proof.subarray(otherValue.value.end), root);
}

/** Climbs from a leaf by the steps; `shown` is the key of that leaf, `key` the one that is searched for. */
function reach(
  leaf: Uint8Array,
  key: Uint8Array,
  shown: Uint8Array,
  steps: Uint8Array,
  root: Uint8Array,
): Result<void> {
  let hash = leaf;
  let below = Number.POSITIVE_INFINITY;
  for (let at = 0; at < steps.length; ) {
    const read = readVarint(steps, at);
    if (!read.ok) return read;
    const { value: bit, end } = read.value;
    const sibling = steps.subarray(end, end + HASH_BYTES);
    if (bit >= below || sibling.length < HASH_BYTES)
      return fail('map/malformed-proof', 'A step is a bit before that of the last one, and a hash.', String(at));
    if (keyBit(key, bit) !== keyBit(shown, bit))
      return fail('map/absence-not-shown', 'A search for the key would leave the way that is shown.', String(at));
    hash = keyBit(key, bit) === 0 ? mapNodeHash(bit, hash, sibling) : mapNodeHash(bit, sibling, hash);
    below = bit;
    at = end + HASH_BYTES;
  }
  if (equalBytes(hash, root)) return ok(undefined);
  return fail('map/root-mismatch', 'The proof does not lead to the root of the map.');
}

function cutBytes(proof: Uint8Array, offset: number): Result<{ readonly bytes: Uint8Array; readonly end: number }> {
  const length = readVarint(proof, offset);
  if (!length.ok) return length;
  const end = length.value.end + length.value.value;
  if (end > proof.length) return fail('map/malformed-proof', 'The proof is cut off.', String(offset));
  return ok({ bytes: proof.subarray(length.value.end, end), end });
}
