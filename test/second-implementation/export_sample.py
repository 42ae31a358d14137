"""What is drawn of an export, what is asked about each item, and what its file must show: docs/spec/export.md section 6."""

import hashlib

from completeness import judge_completeness, read_completeness
from custody import judge
from evidence import AsOf, read_evidence
from faults import Fault
from ledger_shown import Checks, LedgerShown
from names import DIGEST
from reports import read_report

COLUMNS = ("table", "seq", "score", "entry_sha256", "repository", "digest", "environment", "state", "list", "file")


def score_of(entry, seed: str) -> bytes:
    return hashlib.sha256(b"waybill/sample/v1\x00" + entry.hash + seed.encode()).digest()


def _image_of(entry):
    """The image that an entry of a repository names, or None."""
    if entry.repository is None or not isinstance(entry.body, dict):
        return None
    named = entry.body["subjects"] if entry.kind == "attestation.recorded" else [entry.body.get("digest")]
    return next((one for one in named if isinstance(one, str) and DIGEST.fullmatch(one)), None)


def _list_of(entry) -> str:
    keys = sorted(entry.keys)
    return next((key for key in keys if not key.startswith("coverage:")), keys[0] if keys else "trust")


class Item:
    """An entry that was drawn, about an `image` or a `list`; `state` is (size, hash of its last entry or None, root or None)."""

    def __init__(self, table: str, score: bytes, entry):
        self.table, self.score, self.entry = table, score, entry
        self.image = _image_of(entry)
        self.environment = entry.body["environment"] if self.image is not None and entry.kind == "image.released" else None
        self.list = _list_of(entry) if self.image is None else None
        self.state = None
        self.file = "sample/%d.%s" % (entry.seq, "completeness.json" if self.image is None else "custody.html")

    def ask(self, committed, checkpoint):
        """`committed` is the last `map.committed` of the period, or None."""
        if committed is not None and self.entry.seq <= committed.seq:
            self.state = committed.seq + 1, committed.hash, None
        else:
            self.state = checkpoint.size, None, checkpoint.root

    def row(self) -> tuple:
        asked = self.image is not None
        repository, state = (self.entry.repository, self.state[0]) if asked else (None, None)
        found = self.table, self.entry.seq, self.score.hex(), self.entry.hash.hex()
        return (*found, repository, self.image, self.environment, state, self.list, self.file)


class Draw:
    """The `items` entries of each table with the smallest scores."""

    def __init__(self, seed: str, items: int):
        self.seed, self.items, self._of = seed, items, {}

    def take(self, table: str, entry):
        drawn = self._of.setdefault(table, [])
        drawn.append((score_of(entry, self.seed), entry.seq, entry))
        if len(drawn) >= 2 * self.items + 64:
            self._of[table] = sorted(drawn)[: self.items]

    def drawn(self, tables, committed, checkpoint) -> list:
        found = [
            Item(table, score, entry) for table in tables for score, _, entry in sorted(self._of.get(table, ()))[: self.items]
        ]
        for one in found:
            one.ask(committed, checkpoint)
        return found


# Areas of the checks of the log and of the evidence itself, which must hold. What others come to is the finding.
_PROVES = ("origin", "checkpoint", "asof", "log", "entry", "commit", "list", "payload", "control", "dual-control")
_HARMLESS = ("checkpoint/pin-not-comparable", "control/keys-not-confirmed")


def _demand_proved(checks: list):
    """The fault of a file of which one of these checks neither passed nor does no harm."""
    broken = [one for one in checks if one["outcome"] != "pass" and one["reason"] not in _HARMLESS]
    if broken:
        raise Fault(next((one["reason"] for one in broken if one["outcome"] == "fail"), "export/sample-differs"))


def _differs():
    return Fault("export/sample-differs")


def judge_item(item: Item, data: bytes, trust, known_programs) -> dict:
    """What the file of an item shows: {verdict, warnings?}. The fault of a file that is refused, or is about something else."""
    return _judge_list(item, data, trust) if item.image is None else _judge_custody(item, data, trust, known_programs)


def _judge_list(item: Item, data: bytes, trust) -> dict:
    proof = read_completeness(data)
    if proof.key != item.list or item.entry.hash not in [entry.hash for entry in proof.entries]:
        raise _differs()
    if proof.commit.seq + 1 < item.state[0]:
        raise _differs()
    judged = judge_completeness(proof, trust, proof.commit.time)
    if trust is not None:
        _demand_proved(judged["checks"])
    return {"verdict": judged["verdict"]}


def _judge_custody(item: Item, data: bytes, trust, known_programs) -> dict:
    report = read_report(data, known_programs)
    evidence = read_evidence(report.evidence)
    size, last, root = item.state
    question = item.image, item.entry.repository, item.environment, AsOf({"size": size, "view": "then"})
    if evidence.question() != question:
        raise _differs()
    state = evidence.entries.get(size - 1)
    drawn = evidence.entries.get(item.entry.seq)
    if state is None or (last is not None and state.hash != last):
        raise _differs()
    if item.entry.kind != "verdict.recorded" and (drawn is None or drawn.hash != item.entry.hash):
        raise _differs()
    judged = judge(evidence, trust, state.time, question, item.environment)
    if trust is not None:
        _demand_proved([one for one in judged["checks"] if one["code"].split("/")[0] in _PROVES])
    if root is not None and LedgerShown(evidence, Checks(), trust, question, state.time).past_checkpoint.root != root:
        raise _differs()
    return {"verdict": judged["verdict"], "warnings": report.warnings}
