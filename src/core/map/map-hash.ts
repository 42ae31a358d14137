import { sha256 } from '#sha256';
import { concatBytes } from '../encoding/bytes.ts';
import { HASH_BYTES } from '../merkle/hash.ts';
import { formatVarint } from './varint.ts';

const LEAF_PREFIX = Uint8Array.of(0x00);
const NODE_PREFIX = Uint8Array.of(0x01);

/*
 * What nearly every leaf and node of a map of lists is hashed over: 32 bytes of key and 48 of value, and a bit below 128.
 * Filled anew for each and read at once: an array for each would take a fifth more time.
 */
const [KEY_BYTES, VALUE_BYTES] = [32, 48];
const LEAF_PREIMAGE = new Uint8Array(3 + KEY_BYTES + VALUE_BYTES);
LEAF_PREIMAGE[1] = KEY_BYTES;
LEAF_PREIMAGE[2 + KEY_BYTES] = VALUE_BYTES;
const NODE_PREIMAGE = new Uint8Array(2 + 2 * HASH_BYTES);
NODE_PREIMAGE.set(NODE_PREFIX);

/** Root of the map without keys: SHA-256 of no bytes. */
export const EMPTY_MAP_ROOT: Uint8Array = sha256();

/**
 * Hash of one key with its value.
 * Bytes: SHA-256(0x00 ‖ varint(length of key) ‖ key ‖ varint(length of value) ‖ value).
 * Source: filippo.io/torchwood, package mpt; docs/spec/map.md section 2.
 */
export function mapLeafHash(key: Uint8Array, value: Uint8Array): Uint8Array {
  if (key.length === KEY_BYTES && value.length === VALUE_BYTES) {
    LEAF_PREIMAGE.set(key, 2);
    LEAF_PREIMAGE.set(value, 3 + KEY_BYTES);
    return sha256(LEAF_PREIMAGE);
  }
  return sha256(concatBytes(LEAF_PREFIX, formatVarint(key.length), key, formatVarint(value.length), value));
}

/**
 * Hash of the node whose two sides first differ in `bit` (0 is the most significant of the key's first byte).
 * Bytes: SHA-256(0x01 ‖ varint(bit) ‖ left (32) ‖ right (32)); left holds the keys whose bit is 0.
 * Source: filippo.io/torchwood, package mpt; docs/spec/map.md section 2.
 */
export function mapNodeHash(bit: number, left: Uint8Array, right: Uint8Array): Uint8Array {
  if (bit < 0x80 && left.length === HASH_BYTES && right.length === HASH_BYTES) {
    NODE_PREIMAGE[1] = bit;
    NODE_PREIMAGE.set(left, 2);
    NODE_PREIMAGE.set(right, 2 + HASH_BYTES);
    return sha256(NODE_PREIMAGE);
  }
  return sha256(concatBytes(NODE_PREFIX, formatVarint(bit), left, right));
}
