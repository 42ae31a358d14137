"""The entries of an export, line by line, by docs/spec/export.md sections 2 and 3."""

from entries import check_commitment, read_entry
from faults import Fault
from ledger_shown import claimed_keys
from members import array, closed, from_base64, from_base64_of, integer, text
from notes import open_counting
from periods import (
    FRONTIER_MAX, PATH_MAX, Bounds, check_follows, check_included, frontier_left_of, hashes_of, open_earlier,
)
from strict_json import parse_canonical

TYPE = "waybill/export/v1"
LINE_BYTES_MAX = 1_048_576
DOCUMENT_BYTES_MAX = 524_288
ABSENT_SEQS_MAX = 1_000
DOCUMENTED = frozenset(
    "change.proposed contract.published principal.granted signer.registered signer.rotated waiver.requested".split()
)


class Row:
    """An entry of the period, and the document that stands beside it or None."""

    def __init__(self, value):
        closed(value, ("entry",), ("document",))
        self.salt = self.document = None
        if "document" in value:
            document = closed(value["document"], ("bytes", "salt"))
            self.salt, self.document = from_base64_of(document["salt"], 32), from_base64(document["bytes"])
            if len(self.document) > DOCUMENT_BYTES_MAX:
                raise Fault("encoding/too-long")
        self.entry = read_entry(value["entry"])
        if self.document is not None and self.entry.kind not in DOCUMENTED:
            raise Fault("export/document-not-needed")

    def check_document(self):
        if self.document is not None:
            check_commitment(self.entry, self.salt, self.document)

    def lacks_document(self) -> bool:
        return self.document is None and self.entry.kind in DOCUMENTED


class Head:
    """The first line. `period` as it stands there, `first` and `end` the seqs that are said to be shown."""

    def __init__(self, value):
        required = ("type", "period", "seqs", "checkpoint", "logKey", "left")
        closed(value, required, ("earlier", "consistency", "before"))
        if value["type"] != TYPE or ("earlier" in value) != ("consistency" in value):
            raise Fault("encoding/not-allowed")
        self.period, self.bounds = value["period"], Bounds(value["period"])
        seqs = closed(value["seqs"], ("from", "to"))
        self.first, self.end = integer(seqs["from"]), integer(seqs["to"])
        if self.first > self.end:
            raise Fault("encoding/not-allowed")
        self.checkpoint = text(value["checkpoint"], 1).encode()
        self.log_key = text(value["logKey"], 1)
        self.earlier = text(value["earlier"], 1).encode() if "earlier" in value else None
        self.consistency = hashes_of(value.get("consistency", []), PATH_MAX)
        self.left = hashes_of(value["left"], FRONTIER_MAX)
        self.before = read_entry(value["before"]) if "before" in value else None


class End:
    def __init__(self, value):
        closed(value, ("right",), ("after",))
        self.right = hashes_of(value["right"], PATH_MAX)
        self.after = read_entry(value["after"]) if "after" in value else None


def _read_line(line: bytes, first: bool):
    """Head, Row or End of a line without its line feed."""
    if len(line) > LINE_BYTES_MAX:
        raise Fault("export/malformed")
    try:
        value = parse_canonical(line)
        if first:
            return Head(value)
        return End(value) if isinstance(value, dict) and "right" in value else Row(value)
    except Fault as fault:
        if fault.code.startswith(("entry/", "export/")):
            raise
        raise Fault("export/malformed") from None


class ExportEntries:
    """The lines so far; nothing that was read counts before `whole` is true. `kept` {seq: entry} for the seqs that are asked for.
    `keys` None opens with the key that the first line names."""

    def __init__(self, line: bytes, keys, trust=None, wanted=()):
        self.head = head = _read_line(line, True)
        self.wanted, self.kept = frozenset(wanted), {}
        keys = claimed_keys(head.log_key) if keys is None else keys
        self.checkpoint, signed = open_counting(head.checkpoint, keys, trust)
        if head.log_key not in [key.text for key in signed]:
            raise Fault("period/wrong-log")
        self._earlier = open_earlier(head.earlier, head.consistency, keys, self.checkpoint)
        self.counts, self.absent, self.absent_seqs = {}, 0, []
        self.last = self.newest_commit = self._frontier = None
        self._count, self.whole, self.ended = 0, False, False
        if head.first != (0 if head.before is None else head.before.seq + 1):
            raise Fault("export/counts-differ")
        if head.before is not None:
            self._append(head.before)
            if not head.bounds.is_before(head.before):
                raise Fault("period/neighbour-inside")

    def _append(self, entry):
        check_follows(self.last, entry, self.checkpoint.origin)
        if self.last is None:
            if self.head.before is None and entry.seq != 0:
                raise Fault("period/neighbour-missing")
            self._frontier = frontier_left_of(entry.seq, self.head.left)
        if entry.seq >= self.checkpoint.size:
            raise Fault("period/not-included")
        self._frontier.append(entry.hash)
        self.last = entry
        if entry.seq in self.wanted:
            self.kept[entry.seq] = entry

    def take(self, line: bytes):
        """The row of a line, None at the last one, which proves all before it."""
        if self.whole:
            raise Fault("export/malformed")
        found = _read_line(line, False)
        if isinstance(found, End):
            self._finish(found)
            return None
        entry = found.entry
        self._append(entry)
        if self.head.bounds.is_before(entry) or self.head.bounds.is_after(entry):
            raise Fault("period/entry-outside")
        found.check_document()
        self._count += 1
        self.counts[entry.kind] = self.counts.get(entry.kind, 0) + 1
        if entry.kind == "map.committed":
            self.newest_commit = entry
        if found.lacks_document():
            self.absent += 1
            if len(self.absent_seqs) < ABSENT_SEQS_MAX:
                self.absent_seqs.append(entry.seq)
        return found

    def _finish(self, end: End):
        head, size = self.head, self.checkpoint.size
        if end.after is not None:
            self._append(end.after)
            if not head.bounds.is_after(end.after):
                raise Fault("period/neighbour-inside")
        if self.last is None or (end.after is None and self.last.seq != size - 1):
            raise Fault("period/neighbour-missing")
        if self._count != head.end - head.first:
            raise Fault("export/counts-differ")
        check_included(self._frontier, end.right, self.checkpoint)
        if self._earlier is not None and self._earlier.size > head.first:
            raise Fault("period/earlier-misplaced")
        self.ended = head.bounds.ended(end.after, size)
        self.whole = True


def read_entries(file, keys, trust=None, take=lambda row: None, wanted=()) -> ExportEntries:
    """Verifies an open binary file of lines, each row given to `take` as it comes; the fault of the first that does not hold."""
    found = None
    while True:
        line = file.readline(LINE_BYTES_MAX + 2)
        if not line:
            break
        if not line.endswith(b"\n"):
            if found is not None and found.whole:
                raise Fault("export/malformed")
            raise Fault("export/malformed" if len(line) > LINE_BYTES_MAX else "export/not-ended")
        if found is None:
            found = ExportEntries(line[:-1], keys, trust, wanted)
            continue
        row = found.take(line[:-1])
        if row is not None:
            take(row)
    if found is None or not found.whole:
        raise Fault("export/not-ended")
    return found
