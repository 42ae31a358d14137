"""Proofs of a period by docs/spec/period.md."""

import hashlib

import names
from entries import read_entry
from faults import Fault
from members import array, closed, from_base64_of, integer, is_integer, text
from merkle import check_consistency, node_hash
from notes import open_checkpoint, open_counting
from strict_json import canonical, parse_canonical

TYPE = "waybill/period/v1"
BYTES_MAX = 25_165_824
ENTRIES_MAX = 10_000
FRONTIER_MAX = 53
PATH_MAX = 107


def _hashes(value, most: int) -> list:
    return [from_base64_of(one, 32) for one in array(value, 0, most)]


class Period:
    def __init__(self, value):
        required = ("type", "period", "checkpoint", "logKey", "entries", "left", "right", "sha256")
        closed(value, required, ("before", "after", "earlier", "consistency"))
        if value["type"] != TYPE or ("earlier" in value) != ("consistency" in value):
            raise Fault("encoding/not-allowed")
        bounds = closed(value["period"], ("from", "to"))
        self.by_seq = is_integer(bounds["from"])
        read = integer if self.by_seq else _time
        self.first, self.end = read(bounds["from"]), read(bounds["to"])
        if not self.first < self.end:
            raise Fault("encoding/not-allowed")
        self.checkpoint = text(value["checkpoint"], 1).encode()
        self.log_key = text(value["logKey"], 1)
        self.left = _hashes(value["left"], FRONTIER_MAX)
        self.right = _hashes(value["right"], PATH_MAX)
        self.earlier = text(value["earlier"], 1).encode() if "earlier" in value else None
        self.consistency = _hashes(value.get("consistency", []), PATH_MAX)
        shown = array(value["entries"], 0, ENTRIES_MAX)
        without = {name: value[name] for name in value if name != "sha256"}
        if names.signer_id(value["sha256"]) != hashlib.sha256(canonical(without)).hexdigest():
            raise Fault("period/hash-wrong")
        self.entries = [read_entry(one) for one in shown]
        self.before = read_entry(value["before"]) if "before" in value else None
        self.after = read_entry(value["after"]) if "after" in value else None

    def shown(self) -> list:
        return [one for one in (self.before, *self.entries, self.after) if one is not None]

    def _place(self, entry):
        return entry.seq if self.by_seq else entry.time

    def is_before(self, entry) -> bool:
        return self._place(entry) < self.first

    def is_after(self, entry) -> bool:
        return self._place(entry) >= self.end


def _time(value) -> str:
    """The text itself: times are compared as texts."""
    names.time_ms(value)
    return value


def read_period(data: bytes) -> Period:
    if len(data) > BYTES_MAX:
        raise Fault("period/malformed")
    try:
        return Period(parse_canonical(data))
    except Fault as fault:
        if fault.code.startswith(("entry/", "period/")):
            raise
        raise Fault("period/malformed") from None


def _earlier(period: Period, keys: list, later):
    if period.earlier is None:
        return None
    found, _ = open_checkpoint(period.earlier, keys)
    if found.origin != later.origin:
        raise Fault("period/wrong-log")
    try:
        check_consistency(found.size, later.size, period.consistency, found.root, later.root)
    except Fault:
        raise Fault("period/not-consistent") from None
    return found


def _follow(shown: list, origin: str):
    for before, entry in zip([None, *shown], shown):
        if entry.log != origin:
            raise Fault("period/wrong-log")
        if before is None:
            continue
        if entry.seq != before.seq + 1:
            raise Fault("period/not-contiguous")
        if entry.prev != before.hash.hex():
            raise Fault("entry/link-broken")
        if entry.time < before.time:
            raise Fault("entry/time-backwards")


def _bounds(period: Period, shown: list, size: int):
    if not shown or (period.before is None and shown[0].seq != 0):
        raise Fault("period/neighbour-missing")
    if period.after is None and shown[-1].seq != size - 1:
        raise Fault("period/neighbour-missing")
    if period.before is not None and not period.is_before(period.before):
        raise Fault("period/neighbour-inside")
    if period.after is not None and not period.is_after(period.after):
        raise Fault("period/neighbour-inside")
    if any(period.is_before(entry) or period.is_after(entry) for entry in period.entries):
        raise Fault("period/entry-outside")


def _root_after(first: int, left: list, leaves: list) -> bytes:
    """Root of the tree whose first leaves stand under `left`, once `leaves` are appended (merkle.md section 3)."""
    hashes, size = list(left), first
    for leaf in leaves:
        node, rest = leaf, size
        while rest & 1:
            node, rest = node_hash(hashes.pop(), node), rest >> 1
        hashes.append(node)
        size += 1
    root = hashes.pop()
    while hashes:
        root = node_hash(hashes.pop(), root)
    return root


def _included(period: Period, shown: list, checkpoint):
    first = shown[0].seq
    end = first + len(shown)
    if end > checkpoint.size or len(period.left) != bin(first).count("1"):
        raise Fault("period/not-included")
    root = _root_after(first, period.left, [entry.hash for entry in shown])
    try:
        check_consistency(end, checkpoint.size, period.right, root, checkpoint.root)
    except Fault:
        raise Fault("period/not-included") from None


def verify_period(period: Period, keys: list, trust=None):
    """Checkpoint of a proof that holds, and whether the period had ended; the fault of the first step of section 3."""
    checkpoint, signed = open_counting(period.checkpoint, keys, trust)
    if period.log_key not in [key.text for key in signed]:
        raise Fault("period/wrong-log")
    earlier = _earlier(period, keys, checkpoint)
    shown = period.shown()
    _follow(shown, checkpoint.origin)
    _bounds(period, shown, checkpoint.size)
    _included(period, shown, checkpoint)
    first = 0 if period.before is None else period.before.seq + 1
    if earlier is not None and earlier.size > first:
        raise Fault("period/earlier-misplaced")
    ended = period.after is not None or (period.by_seq and period.end <= checkpoint.size)
    return checkpoint, ended
