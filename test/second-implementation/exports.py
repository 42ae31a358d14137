"""Exports of a period, as a folder or as their entries alone: docs/spec/export.md section 5."""

import base64
import hashlib
import os
import re

import names
from controls_table import COLUMNS as CONTROL_COLUMNS
from controls_table import control_rows
from export_balance import COLUMNS as OPEN_COLUMNS
from export_balance import OpenItems
from export_cells import TableFile
from export_lines import ABSENT_SEQS_MAX, read_entries
from export_sample import COLUMNS as SAMPLE_COLUMNS
from export_sample import Draw, judge_item
from export_tables import TABLES, table_of
from faults import Fault
from members import array, closed, distinct, from_base64_of, from_hex, integer, matching, one_of
from periods import Bounds
from strict_json import canonical, parse_canonical

TYPE = "waybill/export-manifest/v1"
MANIFEST_BYTES_MAX = 8 * 2**20
FORMS = ("csv", "json")
_FILE_NAME = re.compile(r"(?=.{1,80}$)(?:sample/)?[a-z0-9][a-z0-9.-]*")
_SEED = re.compile(r"[\x20-\x7e]{1,200}")
_NAMES = tuple(table.name for table in TABLES)
_COLUMNS = {table.name: table.columns for table in TABLES} | {
    "open": OPEN_COLUMNS, "controls": CONTROL_COLUMNS, "sample": SAMPLE_COLUMNS,
}


def _integers(value, low: int = 0):
    """The fault of what is no object of integers."""
    if not isinstance(value, dict):
        raise Fault("encoding/wrong-type")
    for one in value.values():
        integer(one, low)


class Manifest:
    """`data` is compared as a whole with the one that is made anew; read is what cannot be known otherwise."""

    def __init__(self, data: bytes):
        self.data = data
        value = parse_canonical(data[:-1])
        required = ("type", "origin", "period", "seqs", "checkpoint", "ended", "counts", "absent", "tables", "formats", "files")
        closed(value, required, ("sample",))
        one_of(value["type"], (TYPE,))
        matching(value["origin"], names.ORIGIN)
        Bounds(value["period"])
        _integers(closed(value["seqs"], ("from", "to")))
        checkpoint = closed(value["checkpoint"], ("size", "root"))
        integer(checkpoint["size"], 1)
        from_base64_of(checkpoint["root"], 32)
        if not isinstance(value["ended"], bool):
            raise Fault("encoding/wrong-type")
        _integers(value["counts"], 1)
        absent = closed(value["absent"], ("count", "seqs"))
        for one in [absent["count"], *array(absent["seqs"], 0, ABSENT_SEQS_MAX)]:
            integer(one)
        _integers(value["tables"])
        self.formats = distinct(value["formats"], 1, len(FORMS), lambda one: one_of(one, FORMS))
        if self.formats != sorted(self.formats):
            raise Fault("encoding/not-allowed")
        self.sample = None
        if "sample" in value:
            sample = closed(value["sample"], ("seed", "items"))
            self.sample = matching(sample["seed"], _SEED), integer(sample["items"], 1, 1_000)
        for one in array(value["files"], 0, 2**53):
            closed(one, ("name", "size", "sha256"))
            matching(one["name"], _FILE_NAME)
            integer(one["size"])
            from_hex(one["sha256"], 32)


def read_manifest(data: bytes) -> Manifest:
    try:
        if len(data) > MANIFEST_BYTES_MAX or not data.endswith(b"\n"):
            raise Fault("encoding/not-allowed")
        return Manifest(data)
    except Fault:
        raise Fault("export/malformed") from None


class MadeTables:
    """The tables of the rows that it takes, in the forms that are asked for, and the sample."""

    def __init__(self, formats, sample):
        every = [*_NAMES, "open", "controls", *(["sample"] if sample is not None else [])]
        self.files = {(name, form): TableFile(form, _COLUMNS[name]) for name in every for form in formats}
        self.rows = dict.fromkeys(every, 0)
        self._forms, self._open = formats, OpenItems()
        self._draw = Draw(*sample) if sample is not None else None
        self._last = None

    def _add(self, name: str, cells: tuple):
        self.rows[name] += 1
        for form in self._forms:
            self.files[name, form].add(cells)

    def take(self, row):
        self._last = row.entry.time
        self._open.take(row.entry)
        table = table_of(row.entry.kind)
        if table is not None:
            self._add(table.name, table.row(row))
            if self._draw is not None:
                self._draw.take(table.name, row.entry)

    def end(self, whole) -> list:
        """The items of the sample, once all rows are taken."""
        for cells in self._open.rows(self._last):
            self._add("open", cells)
        for cells in control_rows():
            self._add("controls", cells)
        items = self._draw.drawn(_NAMES, whole.newest_commit, whole.checkpoint) if self._draw is not None else []
        for one in items:
            self._add("sample", one.row())
        return items


class _Folder:
    """Files of a folder as (size, SHA-256); the fault of one that is not there."""

    def __init__(self, path: str):
        self.path, self.seen = path, {}

    def open(self, name: str):
        path = os.path.join(self.path, name)
        if not os.path.isfile(path) or os.path.islink(path):
            raise Fault("export/file-missing", name)
        return open(path, "rb")

    def look(self, name: str) -> tuple:
        digest, size = hashlib.sha256(), 0
        with self.open(name) as file:
            while part := file.read(2**20):
                digest.update(part)
                size += len(part)
        self.seen[name] = size, digest.hexdigest()
        return self.seen[name]

    def strangers(self) -> list:
        found = []
        for place, _, inside in os.walk(self.path):
            found += [os.path.relpath(os.path.join(place, name), self.path) for name in inside]
        return sorted(name for name in found if name != "export.json" and name not in self.seen)


def _manifest_of(whole, made: MadeTables, manifest: Manifest, folder: _Folder) -> bytes:
    head, checkpoint = whole.head, whole.checkpoint
    value = {
        "type": TYPE,
        "origin": checkpoint.origin,
        "period": head.period,
        "seqs": {"from": head.first, "to": head.end},
        "checkpoint": {"size": checkpoint.size, "root": base64.b64encode(checkpoint.root).decode()},
        "ended": whole.ended,
        "counts": whole.counts,
        "absent": {"count": whole.absent, "seqs": whole.absent_seqs},
        "tables": made.rows,
        "formats": manifest.formats,
        "files": [
            {"name": name, "size": size, "sha256": digest} for name, (size, digest) in sorted(folder.seen.items())
        ],
    }
    if manifest.sample is not None:
        value["sample"] = {"seed": manifest.sample[0], "items": manifest.sample[1]}
    return canonical(value) + b"\n"


def _found(whole) -> dict:
    return {
        "seqs": list(range(whole.head.first, whole.head.end)), "ended": whole.ended, "size": whole.checkpoint.size,
        "counts": whole.counts, "absent": {"count": whole.absent, "seqs": whole.absent_seqs},
    }


def verify_entries(file, keys: list, trust=None, wanted=()) -> tuple:
    """(what was read, what is said of it) of the entries alone, out of an open file."""
    whole = read_entries(file, keys, trust, wanted=wanted)
    return whole, _found(whole)


def verify_folder(path: str, keys: list, trust=None, known_programs=(), wanted=()) -> tuple:
    """As `verify_entries`, with `tables`, `sample` and `strangers`, of a folder."""
    folder = _Folder(path)
    with folder.open("export.json") as file:
        manifest = read_manifest(file.read(MANIFEST_BYTES_MAX + 1))
    made = MadeTables(manifest.formats, manifest.sample)
    with folder.open("entries.jsonl") as file:
        whole = read_entries(file, keys, trust, made.take, wanted)
    folder.look("entries.jsonl")
    items = made.end(whole)
    for (name, form), table in made.files.items():
        if folder.look("%s.%s" % (name, form)) != table.end():
            raise Fault("export/file-differs", name)
    for item in items:
        folder.look(item.file)
    if _manifest_of(whole, made, manifest, folder) != manifest.data:
        raise Fault("export/file-differs", "export.json")
    sample = []
    for item in items:
        with folder.open(item.file) as file:
            data = file.read()
        sample.append({"table": item.table, "seq": item.entry.seq, **judge_item(item, data, trust, known_programs)})
    return whole, _found(whole) | {"tables": made.rows, "sample": sample, "strangers": folder.strangers()}
