"""The map from lists to their newest entries, and its proofs, by docs/spec/map.md."""

import hashlib

from faults import Fault

RULE = "waybill/map/v1"
EMPTY_ROOT = hashlib.sha256(b"").digest()
PROOF_BYTES_MAX = 8_786
_INTEGER_MAX = 2**53 - 1
_NUMBER_BYTES_MAX = 4


def map_key(name: str) -> bytes:
    """Key of the map of the list `name`."""
    return hashlib.sha256(RULE.encode() + b"\x00" + name.encode("ascii")).digest()


def map_value(n: int, seq: int, digest: bytes) -> bytes:
    """What the map says of a list of n entries whose newest stands at seq and has this hash."""
    return n.to_bytes(8, "big") + seq.to_bytes(8, "big") + digest


def read_value(value: bytes):
    """(n, seq, hash) of a value."""
    n, seq = int.from_bytes(value[:8], "big"), int.from_bytes(value[8:16], "big")
    if len(value) != 48 or not 1 <= n <= _INTEGER_MAX or seq > _INTEGER_MAX:
        raise Fault("map/malformed-value")
    return n, seq, value[16:]


def root_of(pairs: dict) -> bytes:
    """Root over keys and values, by the definition of section 2."""
    return _hash_over(sorted((_bits(key), key, value) for key, value in pairs.items()), 0)


def prove(pairs: dict, key: bytes) -> bytes:
    """The proof of what stands under the key."""
    if not pairs:
        return b""
    rows = sorted((_bits(one), one, value) for one, value in pairs.items())
    shown, value, steps = _search(rows, _bits(key))
    return steps if shown == key else _framed(shown) + _framed(value) + steps


def check_claim(root: bytes, key: bytes, value, proof: bytes):
    """Holds where key has the value, or is absent where value is None; by the steps of section 3."""
    if value is not None:
        _climb(_leaf(key, value), key, key, proof, 0, root)
        return
    if not proof:
        if root != EMPTY_ROOT:
            raise Fault("map/root-mismatch")
        return
    shown, at = _cut(proof, 0)
    shown_value, at = _cut(proof, at)
    if shown == key:
        raise Fault("map/absence-not-shown")
    _climb(_leaf(shown, shown_value), key, shown, proof, at, root)


def _climb(digest: bytes, key: bytes, shown: bytes, proof: bytes, at: int, root: bytes):
    below = None
    while at < len(proof):
        bit, at = _number(proof, at)
        sibling = proof[at : at + 32]
        if len(sibling) < 32 or (below is not None and bit >= below):
            raise Fault("map/malformed-proof")
        if _bit(key, bit) != _bit(shown, bit):
            raise Fault("map/absence-not-shown")
        digest = _node(bit, sibling, digest) if _bit(key, bit) else _node(bit, digest, sibling)
        below, at = bit, at + 32
    if digest != root:
        raise Fault("map/root-mismatch")


def _number(data: bytes, at: int):
    """The number at a place, and the place behind it."""
    value = 0
    for count in range(_NUMBER_BYTES_MAX):
        if at + count >= len(data):
            break
        byte = data[at + count]
        value |= (byte & 0x7F) << 7 * count
        if byte & 0x80:
            continue
        if byte == 0 and count > 0:
            break
        return value, at + count + 1
    raise Fault("map/malformed-proof")


def _cut(data: bytes, at: int):
    length, start = _number(data, at)
    if start + length > len(data):
        raise Fault("map/malformed-proof")
    return data[start : start + length], start + length


def _varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _framed(data: bytes) -> bytes:
    return _varint(len(data)) + data


def _leaf(key: bytes, value: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + _framed(key) + _framed(value)).digest()


def _node(bit: int, left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + _varint(bit) + left + right).digest()


def _bit(key: bytes, position: int) -> int:
    byte = position // 8
    if byte < len(key):
        return key[byte] >> 7 - position % 8 & 1
    return 0 if byte == len(key) else 1


def _bits(key: bytes) -> str:
    """The bits of a key with the zeros behind it; only ones follow."""
    return "".join(f"{byte:08b}" for byte in key + b"\x00")


def _at(bits: str, position: int) -> str:
    return bits[position] if position < len(bits) else "1"


def _parted(rows: list, bit: int):
    """The first bit from `bit` on in which not all rows agree, and the rows on either side."""
    while True:
        zeros = [row for row in rows if _at(row[0], bit) == "0"]
        if 0 < len(zeros) < len(rows):
            return bit, zeros, [row for row in rows if _at(row[0], bit) == "1"]
        bit += 1


def _hash_over(rows: list, bit: int) -> bytes:
    if not rows:
        return EMPTY_ROOT
    if len(rows) == 1:
        return _leaf(rows[0][1], rows[0][2])
    bit, zeros, ones = _parted(rows, bit)
    return _node(bit, _hash_over(zeros, bit + 1), _hash_over(ones, bit + 1))


def _search(rows: list, bits: str):
    """Key and value of the leaf at which a search ends, and its steps."""
    steps, bit = b"", 0
    while len(rows) > 1:
        bit, zeros, ones = _parted(rows, bit)
        near, far = (zeros, ones) if _at(bits, bit) == "0" else (ones, zeros)
        steps = _varint(bit) + _hash_over(far, bit + 1) + steps
        rows, bit = near, bit + 1
    return rows[0][1], rows[0][2], steps
