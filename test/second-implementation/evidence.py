"""Evidence as a file (docs/spec/evidence.md section 1) and the lists that a question needs (section 4)."""

import hashlib

import names
from entries import Entry, read_entry
from faults import Fault
from map_proofs import PROOF_BYTES_MAX
from members import array, closed, from_base64, from_base64_of, integer, matching, one_of, text
from strict_json import canonical, parse_canonical

BYTES_MAX = 256 * 2**20
ENTRIES_MAX = 20_000
PATH_MAX = 53
CONSISTENCY_MAX = 107
# Lists of which everything counts in what is known now about the past.
_KNOWN_NOW = ("coverage:", "contract:", "signer:", "principal:", "waiver:")


class AsOf:
    """The part of a question that is about the past: the state of the first `size` entries, `view` "then" or "now"."""

    def __init__(self, value):
        closed(value, ("size", "view"))
        self.size = integer(value["size"], 1)
        self.view = one_of(value["view"], ("then", "now"))

    def __eq__(self, other):
        return isinstance(other, AsOf) and (self.size, self.view) == (other.size, other.view)

    def counts(self, key: str, entry) -> bool:
        """Whether the entry counts where it stands in the list of `key`: section 5."""
        known_now = self.view == "now" and (key == "trust" or key.startswith(_KNOWN_NOW))
        return known_now or entry.seq < self.size

    def in_view(self, entry) -> bool:
        return entry.seq < self.size or any(self.counts(key, entry) for key in entry.keys)


class Evidence:
    """`entries` {seq: Entry}, `paths` {seq: hashes}, `payloads` {seq: (salt, bytes)}, `lists` {key: (n, proof)}."""

    def __init__(self, value):
        required = ("type", "question", "checkpoint", "logKey", "entries", "payloads", "lists", "sha256")
        closed(value, required, ("earlier", "consistency"))
        if value["type"] != "waybill/evidence/v1":
            raise Fault("encoding/not-allowed")
        self.sha256 = names.signer_id(value["sha256"])
        question = closed(value["question"], ("subject", "repository"), ("environment", "asOf"))
        self.subject = names.digest(question["subject"])
        self.repository = names.repository(question["repository"])
        self.environment = names.name(question["environment"]) if "environment" in question else None
        self.as_of = AsOf(question["asOf"]) if "asOf" in question else None
        self.checkpoint = text(value["checkpoint"], 1).encode()
        self.earlier = text(value["earlier"], 1).encode() if "earlier" in value else None
        self.consistency = []
        if "consistency" in value:
            self.consistency = [from_base64_of(one, 32) for one in array(value["consistency"], 0, CONSISTENCY_MAX)]
        self.log_key = text(value["logKey"], 1)
        shown = [closed(one, ("entry", "path")) for one in array(value["entries"], 1, ENTRIES_MAX)]
        paths = [[from_base64_of(part, 32) for part in array(one["path"], 0, PATH_MAX)] for one in shown]
        payloads = [_payload(one) for one in array(value["payloads"], 0, ENTRIES_MAX)]
        lists = [_list(one) for one in array(value["lists"], 0, 2**53)]
        without = {name: value[name] for name in value if name != "sha256"}
        if hashlib.sha256(canonical(without)).hexdigest() != self.sha256:
            raise Fault("custody/evidence-hash-wrong")
        if any((name in value) != (self.as_of is not None) for name in ("earlier", "consistency")):
            raise Fault("encoding/missing-member")
        entries = [read_entry(one["entry"]) for one in shown]
        self.entries: dict[int, Entry] = _ascending([(entry.seq, entry) for entry in entries])
        self.paths = {entry.seq: path for entry, path in zip(entries, paths)}
        self.payloads = _ascending(payloads)
        self.lists = _ascending(lists)


    def question(self) -> tuple:
        return self.subject, self.repository, self.environment, self.as_of

    def in_view(self, entry) -> bool:
        return self.as_of is None or self.as_of.in_view(entry)


def _payload(value):
    closed(value, ("seq", "salt", "bytes"))
    return integer(value["seq"]), (from_base64_of(value["salt"], 32), from_base64(value["bytes"]))


def _list(value):
    closed(value, ("key", "n", "proof"))
    proof = from_base64(value["proof"])
    if len(proof) > PROOF_BYTES_MAX:
        raise Fault("encoding/too-long")
    return matching(value["key"], names.LIST_KEY), (integer(value["n"]), proof)


def _ascending(pairs: list) -> dict:
    if any(not before[0] < after[0] for before, after in zip(pairs, pairs[1:])):
        raise Fault("encoding/not-allowed")
    return dict(pairs)


def read_evidence(data: bytes) -> Evidence:
    if len(data) > BYTES_MAX or b"<" in data:
        raise Fault("custody/malformed-evidence")
    try:
        return Evidence(parse_canonical(data))
    except Fault as fault:
        if fault.code.startswith("entry/") or fault.code == "custody/evidence-hash-wrong":
            raise
        raise Fault("custody/malformed-evidence") from None


def indexes_above(entries, repository: str, subject: str) -> list:
    """Digests of indexes that claim to contain the subject, directly or through another, each once."""
    signed = [
        entry for entry in entries if entry.kind == "image.signed" and entry.repository == repository
    ]
    found, turn = [], [subject]
    while turn:
        child = turn.pop(0)
        for entry in signed:
            digest = entry.body["digest"]
            if child in entry.body["children"] and digest != subject and digest not in found:
                found.append(digest)
                turn.append(digest)
    return found


def released(entries, repository: str, subject: str) -> list:
    """The releases of the image in the repository."""
    return [
        entry for entry in entries
        if entry.kind == "image.released" and entry.repository == repository and entry.body["digest"] == subject
    ]


def steps_back(shown: dict, release) -> tuple:
    """(entries on the way to the previous release, that release or None); the way may end early: docs/spec/releases.md section 2."""
    key, way, entry = names.release_key(release.repository, release.body["environment"]), [], release
    while key in entry.keys and entry.keys[key][2] is not None:
        entry = shown.get(entry.keys[key][2])
        if entry is None:
            way.append(None)
            return way, None
        way.append(entry)
        if entry.kind == "image.released" and entry.body["digest"] != release.body["digest"]:
            return way, entry
    return way, None


