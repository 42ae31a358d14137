"""Proofs of a period by docs/spec/period.md."""

import hashlib

import names
from entries import read_entry
from faults import Fault
from members import array, closed, from_base64_of, integer, is_integer, text
from merkle import Frontier, check_consistency
from notes import open_checkpoint, open_counting
from strict_json import canonical, parse_canonical

TYPE = "waybill/period/v1"
BYTES_MAX = 25_165_824
ENTRIES_MAX = 10_000
FRONTIER_MAX = 53
PATH_MAX = 107


def hashes_of(value, most: int) -> list:
    return [from_base64_of(one, 32) for one in array(value, 0, most)]


class Bounds:
    """Where a period begins and ends: by seq, or by time, and times are compared as texts (section 2)."""

    def __init__(self, value):
        closed(value, ("from", "to"))
        self.by_seq = is_integer(value["from"])
        read = integer if self.by_seq else _time
        self.first, self.end = read(value["from"]), read(value["to"])
        if not self.first < self.end:
            raise Fault("encoding/not-allowed")

    def _place(self, entry):
        return entry.seq if self.by_seq else entry.time

    def is_before(self, entry) -> bool:
        return self._place(entry) < self.first

    def is_after(self, entry) -> bool:
        return self._place(entry) >= self.end

    def ended(self, after, size: int) -> bool:
        return after is not None or (self.by_seq and self.end <= size)


class Period:
    def __init__(self, value):
        required = ("type", "period", "checkpoint", "logKey", "entries", "left", "right", "sha256")
        closed(value, required, ("before", "after", "earlier", "consistency"))
        if value["type"] != TYPE or ("earlier" in value) != ("consistency" in value):
            raise Fault("encoding/not-allowed")
        self.bounds = Bounds(value["period"])
        self.checkpoint = text(value["checkpoint"], 1).encode()
        self.log_key = text(value["logKey"], 1)
        self.left = hashes_of(value["left"], FRONTIER_MAX)
        self.right = hashes_of(value["right"], PATH_MAX)
        self.earlier = text(value["earlier"], 1).encode() if "earlier" in value else None
        self.consistency = hashes_of(value.get("consistency", []), PATH_MAX)
        shown = array(value["entries"], 0, ENTRIES_MAX)
        without = {name: value[name] for name in value if name != "sha256"}
        if names.signer_id(value["sha256"]) != hashlib.sha256(canonical(without)).hexdigest():
            raise Fault("period/hash-wrong")
        self.entries = [read_entry(one) for one in shown]
        self.before = read_entry(value["before"]) if "before" in value else None
        self.after = read_entry(value["after"]) if "after" in value else None

    def shown(self) -> list:
        return [one for one in (self.before, *self.entries, self.after) if one is not None]


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


def open_earlier(note, consistency: list, keys: list, later):
    """The checkpoint from before the period, None where there is none (section 3, step 2)."""
    if note is None:
        return None
    found, _ = open_checkpoint(note, keys)
    if found.origin != later.origin:
        raise Fault("period/wrong-log")
    try:
        check_consistency(found.size, later.size, consistency, found.root, later.root)
    except Fault:
        raise Fault("period/not-consistent") from None
    return found


def check_follows(before, entry, origin: str):
    """Nothing, or why the entry does not stand after `before`, which is None for the first one shown (step 3)."""
    if entry.log != origin:
        raise Fault("period/wrong-log")
    if before is None:
        return
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
    if period.before is not None and not period.bounds.is_before(period.before):
        raise Fault("period/neighbour-inside")
    if period.after is not None and not period.bounds.is_after(period.after):
        raise Fault("period/neighbour-inside")
    if any(period.bounds.is_before(entry) or period.bounds.is_after(entry) for entry in period.entries):
        raise Fault("period/entry-outside")


def frontier_left_of(first: int, left: list) -> Frontier:
    """What stands left of the first entry shown (step 6)."""
    if len(left) != bin(first).count("1"):
        raise Fault("period/not-included")
    return Frontier(first, left)


def check_included(frontier: Frontier, right: list, checkpoint):
    """Nothing where the tree that ends with the last entry shown leads to the checkpoint (step 6)."""
    if frontier.size > checkpoint.size:
        raise Fault("period/not-included")
    try:
        check_consistency(frontier.size, checkpoint.size, right, frontier.root(), checkpoint.root)
    except Fault:
        raise Fault("period/not-included") from None


def verify_period(period: Period, keys: list, trust=None):
    """Checkpoint of a proof that holds, and whether the period had ended; the fault of the first step of section 3."""
    checkpoint, signed = open_counting(period.checkpoint, keys, trust)
    if period.log_key not in [key.text for key in signed]:
        raise Fault("period/wrong-log")
    earlier = open_earlier(period.earlier, period.consistency, keys, checkpoint)
    shown = period.shown()
    for before, entry in zip([None, *shown], shown):
        check_follows(before, entry, checkpoint.origin)
    _bounds(period, shown, checkpoint.size)
    frontier = frontier_left_of(shown[0].seq, period.left)
    for entry in shown:
        frontier.append(entry.hash)
    check_included(frontier, period.right, checkpoint)
    first = 0 if period.before is None else period.before.seq + 1
    if earlier is not None and earlier.size > first:
        raise Fault("period/earlier-misplaced")
    return checkpoint, period.bounds.ended(period.after, checkpoint.size)
