import { sha256 } from '#sha256';

/** Every hash of the tree is a SHA-256: 32 bytes. */
export const HASH_BYTES = 32;

const LEAF_PREFIX = 0x00;
const NODE_PREFIX = 0x01;

/** Root of the tree without leaves: SHA-256 of no bytes. Source: RFC 6962 section 2.1. */
export const EMPTY_ROOT: Uint8Array = sha256();

/**
 * Hash of one leaf, and therefore the link that the following entry carries.
 * Bytes: SHA-256(0x00 ‖ entry). Source: RFC 6962 section 2.1.
 */
export function leafHash(entry: Uint8Array): Uint8Array {
  // One chunk, prefix and all: at these lengths a native digest pays per call, not per byte.
  const preimage = new Uint8Array(1 + entry.length);
  preimage[0] = LEAF_PREFIX;
  preimage.set(entry, 1);
  return sha256(preimage);
}

/**
 * Hash of the node above two subtrees.
 * Bytes: SHA-256(0x01 ‖ left (32) ‖ right (32)). The prefix keeps a node from ever being read as a leaf.
 * Source: RFC 6962 section 2.1.
 */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const preimage = new Uint8Array(1 + 2 * HASH_BYTES);
  preimage[0] = NODE_PREFIX;
  preimage.set(left, 1);
  preimage.set(right, 1 + HASH_BYTES);
  return sha256(preimage);
}
