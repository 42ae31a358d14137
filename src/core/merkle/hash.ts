import { sha256 } from '#sha256';

/** Every hash of the tree is a SHA-256: 32 bytes. */
export const HASH_BYTES = 32;

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;

/** Root of the tree without leaves: SHA-256 of no bytes. Source: RFC 6962 section 2.1. */
export const EMPTY_ROOT: Uint8Array = sha256();

/*
 * What is hashed, filled anew for each and read at once: at these lengths an array for each takes as long as the hash. Native
 * digests pay per call, not per byte, so that it is one chunk, prefix and all.
 */
const LEAF_BYTES_COPIED = 4_096;
const LEAF_PREIMAGE = new Uint8Array(1 + LEAF_BYTES_COPIED);
LEAF_PREIMAGE[0] = LEAF_PREFIX;
const NODE_PREIMAGE = new Uint8Array(1 + 2 * HASH_BYTES);
NODE_PREIMAGE[0] = NODE_PREFIX;

/**
 * Hash of one leaf, and therefore the link that the following entry carries.
 * Bytes: SHA-256(0x00 ‖ entry). Source: RFC 6962 section 2.1.
 */
export function leafHash(entry: Uint8Array): Uint8Array {
  const room = entry.length > LEAF_BYTES_COPIED ? new Uint8Array(1 + entry.length) : LEAF_PREIMAGE;
  room.set(entry, 1);
  return sha256(room.subarray(0, 1 + entry.length));
}

/**
 * Hash of the node above two subtrees.
 * Bytes: SHA-256(0x01 ‖ left (32) ‖ right (32)). The prefix keeps a node from ever being read as a leaf.
 * Source: RFC 6962 section 2.1.
 */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  // What comes from outside may have any length, and then hashes to something that is no node.
  const isNode = left.length === HASH_BYTES && right.length === HASH_BYTES;
  const preimage = isNode ? NODE_PREIMAGE : Uint8Array.of(NODE_PREFIX, ...left, ...right);
  if (isNode) {
    preimage.set(left, 1);
    preimage.set(right, 1 + HASH_BYTES);
  }
  return sha256(preimage);
}
