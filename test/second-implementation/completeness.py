"""Completeness proofs by docs/spec/completeness.md."""

import hashlib

import log_key_course
import names
from entries import read_entry
from faults import Fault
from ledger_shown import AHEAD_MAX_MS, Checks, check_in_map, claimed_keys, commitment, not_in_force
from log_keys import KIND
from map_proofs import PROOF_BYTES_MAX
from members import array, closed, from_base64, from_base64_of, integer, matching, text
from merkle import check_inclusion
from notes import cosigned_by, open_checkpoint
from names import time_ms
from strict_json import canonical, parse_canonical

BYTES_MAX = 64 * 2**20
ENTRIES_MAX = 2_000
PATH_MAX = 53
_MEMBERS = ("type", "key", "n", "entries", "proof", "commit", "checkpoint", "logKey", "sha256")
_HARMLESS = ("origin/not-confirmed", "checkpoint/pin-not-comparable")


class Completeness:
    """`entries` of the list in order; `commit` the last entry under the checkpoint, `path` its inclusion path."""

    def __init__(self, value):
        closed(value, _MEMBERS)
        if value["type"] != "waybill/completeness/v1":
            raise Fault("encoding/not-allowed")
        self.key = matching(value["key"], names.LIST_KEY)
        self.n = integer(value["n"], 0, ENTRIES_MAX)
        shown = array(value["entries"], 0, ENTRIES_MAX)
        self.proof = from_base64(value["proof"])
        if len(self.proof) > PROOF_BYTES_MAX:
            raise Fault("encoding/too-long")
        commit = closed(value["commit"], ("entry", "path"))
        self.path = [from_base64_of(one, 32) for one in array(commit["path"], 0, PATH_MAX)]
        self.checkpoint = text(value["checkpoint"], 1).encode()
        self.log_key = text(value["logKey"], 1)
        names.signer_id(value["sha256"])
        without = {name: value[name] for name in value if name != "sha256"}
        if hashlib.sha256(canonical(without)).hexdigest() != value["sha256"]:
            raise Fault("completeness/hash-wrong")
        self.entries = [read_entry(one) for one in shown]
        self.commit = read_entry(commit["entry"])
        seqs = [entry.seq for entry in self.entries] + [self.commit.seq]
        if len(self.entries) != self.n or any(not a < b for a, b in zip(seqs, seqs[1:])):
            raise Fault("encoding/not-allowed")


def read_completeness(data: bytes) -> Completeness:
    if len(data) > BYTES_MAX:
        raise Fault("completeness/malformed")
    try:
        return Completeness(parse_canonical(data))
    except Fault as fault:
        if fault.code.startswith("entry/") or fault.code == "completeness/hash-wrong":
            raise
        raise Fault("completeness/malformed") from None


def judge_completeness(proof: Completeness, trust, at: str) -> dict:
    """Every check, whether the proof holds, and its assurances."""
    checks = Checks()
    if trust is not None:
        trust = trust.vouching_for(log_key_course.vouched_by(proof, trust))
    checkpoint, signed, reason, replayed = _open(proof, trust)
    _origin(checks, checkpoint, trust)
    checks.add("checkpoint/signature", reason)
    fault = _included(proof, checkpoint)
    _age(checks, proof, trust, at, fault is None)
    _pins(checks, checkpoint, trust)
    if not proof.commit.in_force():
        checks.add("entry/kind", not_in_force(proof.commit), seq=proof.commit.seq)
    checks.add("entry/inclusion", fault, fault == "custody/blocked", seq=proof.commit.seq)
    for entry in proof.entries:
        if checkpoint is not None and entry.log != checkpoint.origin:
            checks.add("entry/inclusion", "entry/wrong-log", seq=entry.seq)
    _order(checks, proof.entries + ([proof.commit] if fault is None else []))
    root = _commit(checks, proof, checkpoint, fault)
    if _list(checks, proof, root) and proof.key == "trust" and proof.entries and proof.entries[0].kind == "log.opened":
        shown = any(entry.kind == KIND for entry in proof.entries)
        log_key_course.add_checks(checks, proof.entries[0], proof.entries, shown, [(checkpoint, signed)], trust and trust.control)
    holds = all(
        check["outcome"] == "pass" or (check["outcome"] == "not-run" and check["reason"] in _HARMLESS)
        for check in checks.all
    )
    return {
        "key": proof.key,
        "n": proof.n,
        "checks": checks.sorted(),
        "failed": [check["code"] for check in checks.sorted() if check["outcome"] == "fail"],
        "verdict": "fail" if not holds else "unconfirmed" if trust is None else "pass",
        "assurances": {
            "pinned": trust is not None and checkpoint is not None,
            "replayed": replayed,
            "complete": replayed and holds,
        },
    }


def proved_list(proof: Completeness, checkpoint) -> dict:
    """Entries by seq that count against a receipt (docs/spec/receipt.md section 5), and whether the list passes."""
    checks = Checks()
    fault = _included(proof, checkpoint)
    whole = _list(checks, proof, _commit(checks, proof, checkpoint, fault))
    shown = (proof.entries if whole else []) + ([proof.commit] if fault is None else [])
    return {"entries": {entry.seq: entry for entry in shown}, "lists": {proof.key: whole}}


def _open(proof, trust):
    try:
        if trust is None:
            return *open_checkpoint(proof.checkpoint, claimed_keys(proof.log_key)), None, False
        checkpoint, signed = open_checkpoint(proof.checkpoint, trust.keys() + trust.monitor_keys)
        if not any(trust.counts_for(key, checkpoint.size) for key in signed):
            raise Fault("checkpoint/log-key-differs")
        return checkpoint, signed, None, cosigned_by(proof.checkpoint, trust.monitor_keys)
    except Fault as fault:
        return None, [], fault.code, False


def _origin(checks, checkpoint, trust):
    if checkpoint is None:
        checks.add("origin", "custody/blocked", True)
    elif trust is None:
        checks.add("origin", "origin/not-confirmed", True)
    else:
        checks.add("origin", None if checkpoint.origin == trust.origin else "origin/wrong-log")


def _included(proof, checkpoint):
    """The fault of the commitment's inclusion, or None."""
    if checkpoint is None:
        return "custody/blocked"
    try:
        check_inclusion(proof.commit.hash, proof.commit.seq, checkpoint.size, proof.path, checkpoint.root)
    except Fault as fault:
        return fault.code
    return None if proof.commit.log == checkpoint.origin else "entry/wrong-log"


def _is_last(proof, checkpoint) -> bool:
    return checkpoint is not None and proof.commit.seq == checkpoint.size - 1


def _age(checks, proof, trust, at, included):
    try:
        now = time_ms(at)
    except Fault:
        checks.add("checkpoint/age", "custody/bad-evaluation-time")
        return
    if not included:
        checks.add("checkpoint/age", "entry/missing", True)
        return
    most = trust.age_max_seconds if trust is not None else None
    if proof.commit.time_ms - now > AHEAD_MAX_MS:
        checks.add("checkpoint/age", "checkpoint/from-the-future")
    elif most is not None and now - proof.commit.time_ms > most * 1000:
        checks.add("checkpoint/age", "checkpoint/too-old")
    else:
        checks.add("checkpoint/age")


def _pins(checks, checkpoint, trust):
    if trust is None or checkpoint is None:
        return
    for size, root in trust.pins:
        if size == checkpoint.size:
            checks.add("checkpoint/pins", None if root == checkpoint.root else "checkpoint/forked")
        elif checkpoint.size < size:
            checks.add("checkpoint/pins", "checkpoint/too-old")
        else:
            checks.add("checkpoint/pins", "checkpoint/pin-not-comparable", True)


def _order(checks, entries):
    by_seq = {entry.seq: entry for entry in entries}
    sealed = min((entry.seq for entry in entries if entry.kind == "log.sealed"), default=None)
    latest = None
    for entry in entries:
        checks.run("entry/order", _check_order, entry, by_seq, latest, sealed, seq=entry.seq)
        latest = entry.time_ms


def _check_order(entry, by_seq, latest, sealed):
    if latest is not None and entry.time_ms < latest:
        raise Fault("entry/time-backwards")
    before = by_seq.get(entry.seq - 1)
    if before is not None and entry.prev != before.hash.hex():
        raise Fault("entry/link-broken")
    if entry.kind == "log.opened" and entry.seq != 0:
        raise Fault("entry/not-first")
    after_seal = sealed is not None and entry.seq > sealed
    if after_seal and not (entry.kind == "map.committed" and entry.seq == sealed + 1):
        raise Fault("entry/after-seal")
    for key, (n, prev, prev_seq) in entry.keys.items():
        linked = by_seq.get(prev_seq) if prev_seq is not None else None
        if linked is not None:
            place = linked.keys.get(key)
            if place is None or linked.hash.hex() != prev or place[0] + 1 != n:
                raise Fault("list/link-broken")


def _commit(checks, proof, checkpoint, fault):
    if checkpoint is None:
        checks.add("commit/last", "custody/blocked", True)
        return None
    last = proof.commit if fault is None and _is_last(proof, checkpoint) else None
    return commitment(checks, last)


def _list(checks, proof, root) -> bool:
    try:
        broken = _check_list(proof, root)
        reason = None if broken is None else "list/link-broken"
    except Fault as fault:
        broken, reason = None, fault.code
    return checks.add("list/complete", reason, reason == "custody/blocked", seq=broken, key=proof.key)


def _check_list(proof, root):
    """Seq of an entry that does not link to the one before it, or None."""
    before = None
    for place, entry in enumerate(proof.entries):
        n, prev, prev_seq = entry.keys.get(proof.key, (None, None, None))
        if n != place + 1:
            raise Fault("list/gap")
        if before is not None and (prev, prev_seq) != (before.hash.hex(), before.seq):
            return entry.seq
        before = entry
    check_in_map(root, proof.key, len(proof.entries), proof.entries, proof.proof)
    return None
