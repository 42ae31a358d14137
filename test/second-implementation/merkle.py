"""RFC 6962 trees and proofs by docs/spec/merkle.md."""

import hashlib

from faults import Fault

SIZE_MAX = 2**53 - 1
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves: list) -> bytes:
    """Root over leaf hashes, by the definition of section 2."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    cut = 1
    while cut * 2 < len(leaves):
        cut *= 2
    return node_hash(root_of(leaves[:cut]), root_of(leaves[cut:]))


class Frontier:
    """The perfect subtrees of a tree of `size` leaves, `hashes` of their roots, largest first (section 3)."""

    def __init__(self, size: int, hashes: list):
        self.size, self.hashes = size, list(hashes)

    def append(self, leaf: bytes):
        node, rest = leaf, self.size
        while rest & 1:
            node, rest = node_hash(self.hashes.pop(), node), rest >> 1
        self.hashes.append(node)
        self.size += 1

    def root(self) -> bytes:
        if not self.hashes:
            return EMPTY_ROOT
        found = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            found = node_hash(left, found)
        return found


def _parts(index: int, size: int):
    last, inner = size - 1, 0
    while index != last:
        index, last, inner = index >> 1, last >> 1, inner + 1
    return inner, bin(index).count("1")


def _hashes(*found):
    if any(len(one) != 32 for one in found):
        raise Fault("merkle/hash-length")


def check_inclusion(leaf: bytes, index: int, size: int, path: list, root: bytes):
    if not 0 <= size <= SIZE_MAX:
        raise Fault("merkle/size-out-of-range")
    if not 0 <= index < size:
        raise Fault("merkle/index-out-of-range")
    inner, border = _parts(index, size)
    if len(path) != inner + border:
        raise Fault("merkle/path-length")
    _hashes(leaf, root, *path)
    found = leaf
    for place, sibling in enumerate(path):
        on_the_left = place >= inner or index >> place & 1
        found = node_hash(sibling, found) if on_the_left else node_hash(found, sibling)
    if found != root:
        raise Fault("merkle/root-mismatch")


def check_consistency(first: int, second: int, path: list, first_root: bytes, second_root: bytes):
    if not 0 <= second <= SIZE_MAX or not 1 <= first <= second:
        raise Fault("merkle/size-out-of-range")
    if first == second:
        if path:
            raise Fault("merkle/path-length")
        _hashes(first_root, second_root)
        if first_root != second_root:
            raise Fault("merkle/forked")
        return
    shift = (first & -first).bit_length() - 1
    inner, border = _parts(first - 1, second)
    inner -= shift
    bits = (first - 1) >> shift
    if len(path) != inner + border + (bits != 0):
        raise Fault("merkle/path-length")
    _hashes(first_root, second_root, *path)
    seed, rest = (path[0], path[1:]) if bits else (first_root, path)
    one = two = seed
    for place, sibling in enumerate(rest):
        if place >= inner or bits >> place & 1:
            one = node_hash(sibling, one)
            two = node_hash(sibling, two)
        else:
            two = node_hash(two, sibling)
    if one != first_root or two != second_root:
        raise Fault("merkle/inconsistent")
