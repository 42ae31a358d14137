"""Rotation of a log's key by docs/spec/log-keys.md."""

import re

from faults import Fault
from members import array, distinct, from_base64_of, matching
from notes import VerifierKey
from signatures import verify_ed25519
from strict_json import INTEGER_MAX

KIND = "log-key.rotated"
SIGNATURE = re.compile(r"[A-Za-z0-9+/]{86}==")


def check_body(body: dict, text):
    """The fault of members that do not belong together (docs/spec/entry.md section 4); `text` reads one key."""
    before = distinct(body["previousLogKeys"], 1, 2, text)
    after = distinct(body["logKeys"], 1, 2, text)
    kept = [one for one in before if one in after]
    if not kept or after[: len(kept)] != kept or before == after:
        raise Fault("encoding/not-allowed")
    for one in array(body["signatures"], len({*before, *after}), len({*before, *after})):
        matching(one, SIGNATURE)


def check_by_itself(entry) -> list:
    """The keys of `logKeys` of a rotation that holds by itself, or its fault (section 3)."""
    body = entry.body
    texts = body["previousLogKeys"] + [one for one in body["logKeys"] if one not in body["previousLogKeys"]]
    try:
        keys = [VerifierKey(one) for one in texts]
    except Fault:
        raise Fault("rotation/malformed") from None
    if any(one.type != 1 or one.name != entry.log for one in keys) or len({one.id for one in keys}) != len(keys):
        raise Fault("rotation/malformed")
    n, prev, _ = entry.keys["trust"]
    lines = ["waybill log key rotation v1", entry.log, "%d %s" % (n, prev or "-")]
    lines += ["from " + one for one in body["previousLogKeys"]] + ["to " + one for one in body["logKeys"]]
    message = "".join(line + "\n" for line in lines).encode()
    for key, signature in zip(keys, body["signatures"]):
        try:
            good = verify_ed25519(key.key, message, from_base64_of(signature, 64))
        except Fault:
            good = False
        if not good:
            raise Fault("rotation/not-signed")
    return [key for key in keys if key.text in body["logKeys"]]


class Rotations:
    """What the rotations of a log make of its keys: `faults` [(seq, reason or None)], `named` every key that one that holds names."""

    def __init__(self, opened, rotations: list):
        self.in_force = list(opened.body["logKeys"])
        self.named, self.retired, self.faults = set(self.in_force), {}, []
        for entry in rotations:
            try:
                self._take(entry)
                self.faults.append((entry.seq, None))
            except Fault as fault:
                self.faults.append((entry.seq, fault.code))

    def _take(self, entry):
        check_by_itself(entry)
        before, after = entry.body["previousLogKeys"], entry.body["logKeys"]
        if before != self.in_force or any(one in self.retired for one in after):
            raise Fault("rotation/not-in-force")
        for one in before:
            if one not in after:
                self.retired[one] = entry.seq
        self.in_force = list(after)
        self.named |= set(after)

    def fault_of(self, signed: list, size: int):
        """Why none of these keys counts for a checkpoint of that size, or None."""
        texts = [key.text for key in signed]
        if any(one in self.in_force or self.retired.get(one, -1) >= size for one in texts):
            return None
        retired = any(one in self.retired for one in texts)
        return "checkpoint/log-key-retired" if retired else "checkpoint/log-key-not-in-log"


def add_checks(checks, opened, listed, shown: bool, checkpoints: list):
    """Checks `log/rotation` and `checkpoint/log-key`. `listed` is the list `trust`, None where it does not hold together; `shown`
    whether any included entry is a rotation; `checkpoints` as (checkpoint, keys whose lines verified)."""
    rotations = [entry for entry in listed or () if entry.kind == KIND]
    known = Rotations(opened, rotations)
    for seq, reason in known.faults:
        checks.add("log/rotation", reason, seq=seq)
    for checkpoint, signed in checkpoints if shown else []:
        if listed is None:
            checks.add("checkpoint/log-key", "custody/blocked", True)
        else:
            checks.add("checkpoint/log-key", known.fault_of(signed, checkpoint.size))


def vouched_by(document, trust) -> list:
    """The keys that the reader's vouch for in evidence or a completeness proof: section 4. None for who brings no key."""
    if trust is None:
        return []
    shown = document.entries
    by_reader = {key.text for key, _, high in trust.log_keys if high == INTEGER_MAX}
    found = {}
    for entry in [shown[seq] for seq in sorted(shown)] if isinstance(shown, dict) else shown:
        if entry.kind != KIND or not (by_reader | found.keys()) & set(entry.body["previousLogKeys"]):
            continue
        try:
            found.update({key.text: key for key in check_by_itself(entry)})
        except Fault:
            continue
    return list(found.values())
