"""The keys of a log over its whole list `trust`, and whom a reader's keys vouch for: docs/spec/log-keys.md sections 1, 3 and 4."""

from control import ControlSet, check_envelope, read_set
from faults import Fault
from log_keys import KIND, check_by_itself
from strict_json import INTEGER_MAX


def _opened_set(entry):
    """The control set that entry 0 names, without keys where it names none; None where what it names is none."""
    try:
        return read_set(entry.body["controlKeys"], entry.body["controlThreshold"])
    except Fault:
        return None


def _set_after(current, entry):
    if entry.kind != "control-keys.changed" or current is None or not current.keys:
        return current
    try:
        check_envelope(entry, None, current)
        return read_set(entry.body["controlKeys"], entry.body["controlThreshold"])
    except Fault:
        return current


def _check_agreed(entry, current):
    if current is None:
        raise Fault("custody/blocked")
    if current.keys:
        check_envelope(entry, None, current)


class Rotations:
    """What the rotations of a log make of its keys: `faults` [(seq, reason or None)], `named` every key that one that holds names.
    `listed` is the list `trust`, or nothing of it; `brought` the control set of the reader, or None."""

    def __init__(self, opened, listed: list, brought):
        self.in_force = list(opened.body["logKeys"])
        self.control = brought if brought is not None else _opened_set(opened)
        self.named, self.retired, self.faults = set(self.in_force), {}, []
        for entry in listed:
            self.control = _set_after(self.control, entry)
            if entry.kind != KIND:
                continue
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
        _check_agreed(entry, self.control)
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


def add_checks(checks, opened, listed, shown: bool, checkpoints: list, brought):
    """Checks `log/rotation` and `checkpoint/log-key`. `listed` is the list `trust`, None where it does not hold together; `shown`
    whether any included entry is a rotation; `checkpoints` as (checkpoint, keys whose lines verified); `brought` the control set of
    the reader, or None."""
    known = Rotations(opened, listed or [], brought)
    for seq, reason in known.faults:
        checks.add("log/rotation", reason, reason == "custody/blocked", seq=seq)
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
    found, control = {}, trust.control or ControlSet([], 0)
    for entry in [shown[seq] for seq in sorted(shown)] if isinstance(shown, dict) else shown:
        if entry.kind == "log.opened" and entry.seq == 0 and trust.control is None:
            control = _opened_set(entry)
        control = _set_after(control, entry)
        if entry.kind != KIND or not (by_reader | found.keys()) & set(entry.body["previousLogKeys"]):
            continue
        try:
            keys = check_by_itself(entry)
            _check_agreed(entry, control)
            found.update({key.text: key for key in keys})
        except Fault:
            continue
    return list(found.values())
