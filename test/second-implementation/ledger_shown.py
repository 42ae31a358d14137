"""The proved part of evidence, and the checks of docs/spec/custody-checks.md section 2 that prove it."""

import evidence as forms
import log_key_course
from entries import RESERVED_KINDS, check_commitment
from faults import Fault
from log_keys import KIND
from map_proofs import check_claim, map_key, map_value
from needed_lists import needed_lists, release_before
from merkle import check_consistency, check_inclusion
from notes import VerifierKey, cosigned_by, open_checkpoint
from names import release_key, time_ms

LIST_ENTRIES_MAX = 1_000
AHEAD_MAX_MS = 300_000
# Checks of docs/spec/custody-checks.md section 4 in its order; of one repository there may be a later one, and not an earlier.
ENTRY_CHECKS = (
    "image/manifest", "signature/image", "signature/envelope", "signer/known", "signer/in-force", "signer/allowed",
    "principal/allowed", "statement/subject", "statement/place", "release/previous", "image/retired",
)
CONTRACT_CHECKS = tuple(
    "contract/" + name
    for name in "covers signature stage order threshold people freshness limits rule run expected-stages attempts".split()
)


class Checks:
    """The growing list of checks. An outcome is "pass", "fail" or "not-run"."""

    def sorted(self) -> list:
        """Check by check in the order in which each code first came, those of entries and of contracts in the order of their tables, of which one
        repository or contract may have a later check and not an earlier one; of each code those without a seq first, then by seq."""
        place = {}
        for check in self.all:
            place.setdefault(check["code"], len(place))
        for codes in (ENTRY_CHECKS, CONTRACT_CHECKS):
            there = [code for code in codes if code in place]
            place.update(zip(there, sorted(place[code] for code in there)))
        return sorted(self.all, key=lambda check: (place[check["code"]], check.get("seq", -1)))

    def __init__(self):
        self.all = []

    def add(self, code, reason=None, not_run=False, **about):
        outcome = "pass" if reason is None else "not-run" if not_run else "fail"
        check = {"code": code, "outcome": outcome}
        if reason is not None:
            check["reason"] = reason
        check.update({name: value for name, value in about.items() if value is not None})
        self.all.append(check)
        return outcome == "pass"

    def run(self, code, test, *arguments, **about) -> bool:
        """Adds the outcome of `test`, whose faults are reasons."""
        try:
            test(*arguments)
        except Fault as fault:
            return self.add(code, fault.code, **about)
        return self.add(code, **about)


def not_in_force(entry) -> str:
    return "entry/reserved-kind" if entry.kind in RESERVED_KINDS else "entry/unknown-kind"


def claimed_keys(text: str) -> list:
    """The key that a document says it is signed with; none where that is not a verifier key."""
    try:
        return [VerifierKey(text)]
    except Fault:
        return []


def commitment(checks: Checks, last):
    """Check `commit/last` of the last entry under a checkpoint, None where it is not included; gives the root of the map."""
    if last is None:
        checks.add("commit/last", "commit/missing")
    elif last.kind != "map.committed":
        checks.add("commit/last", "commit/not-last", seq=last.seq)
    else:
        checks.add("commit/last", seq=last.seq)
        return bytes.fromhex(last.body["root"])
    return None


def check_in_map(root, key: str, length: int, listed: list, proof: bytes):
    """The fault of a list that the map does not say the same of; `listed` are its entries, or its last ones, root None where
    none is known."""
    if root is None:
        raise Fault("custody/blocked")
    value = map_value(length, listed[-1].seq, listed[-1].hash) if listed else None
    try:
        check_claim(root, map_key(key), value, proof)
    except Fault as fault:
        raise Fault("list/not-in-map" if fault.code == "map/root-mismatch" else fault.code) from None


def check_links(listed: list, key: str, of_end=False):
    """Seq of an entry that does not link to the one before it in the list, or None; the fault of a gap. `of_end` of a list whose
    end alone is shown: it begins with any n."""
    first = listed[0].keys[key][0] if of_end and listed else 1
    if any(entry.keys[key][0] != place + first for place, entry in enumerate(listed)):
        raise Fault("list/gap")
    for before, entry in zip(listed, listed[1:]):
        if entry.keys[key][1:] != (before.hash.hex(), before.seq):
            return entry.seq
    return None


def end_from(evidence, entries: dict) -> tuple:
    """(key, first seq) of the list of which the question needs the end alone: docs/spec/releases.md section 2.1. (None, 0) for none."""
    if evidence.environment is None:
        return None, 0
    shown = [entries[seq] for seq in sorted(entries) if evidence.in_view(entries[seq])]
    before = release_before(shown, evidence.repository, evidence.environment, evidence.subject)
    return release_key(evidence.repository, evidence.environment), before.seq if before is not None else 0


def listed_of(key: str, listed: list, end: tuple) -> tuple:
    """(entries that the list is judged by, whether they are its end alone, length that it has with them)."""
    if key != end[0]:
        return listed, False, len(listed)
    listed = [entry for entry in listed if entry.seq >= end[1]]
    # Without a release before all of the list is shown.
    of_end = end[1] > 0 and bool(listed)
    return listed, of_end, listed[-1].keys[key][0] if of_end else len(listed)


def proved_lists(evidence, checkpoint, included: dict) -> set:
    """Keys of the claimed lists that `list/complete` passes for, out of the entries that are included."""
    end = end_from(evidence, included)
    root, passes = commitment(Checks(), included.get(checkpoint.size - 1)), set()
    for key, (n, proof) in evidence.lists.items():
        listed = [included[seq] for seq in sorted(included) if key in included[seq].keys]
        listed, of_end, length = listed_of(key, listed, end)
        try:
            if check_links(listed, key, of_end) is not None or length != n:
                continue
            check_bound(listed, key, evidence.repository)
            check_in_map(root, key, length, listed, proof)
            passes.add(key)
        except Fault:
            continue
    return passes


def check_bound(listed: list, key: str, repository: str):
    counted = listed
    if key.startswith("image:"):
        counted = [entry for entry in listed if entry.repository == repository]
    if len(counted) > LIST_ENTRIES_MAX:
        raise Fault("list/too-many-entries")


class LedgerShown:
    """What was proved: included entries, lists that hold together, payloads that open their commitments."""

    def __init__(self, evidence, checks: Checks, trust, question, at):
        self.evidence, self.checks, self.trust = evidence, checks, trust
        if trust is not None:
            self.trust = trust.vouching_for(log_key_course.vouched_by(evidence, trust))
        self.subject, self.repository = evidence.subject, evidence.repository
        self.question, self.at = question, at
        # Lists are those that the evidence's own question needs; what counts is judged for the reader's.
        self.asked = question or evidence.question()
        self.as_of = evidence.as_of
        self.entries, self.payloads, self.whole = {}, {}, set()
        self.replayed = False
        self._filed = {}
        # Seqs of entries that lack the agreement of control keys, or the two people, that they take.
        self.without_effect = set()
        self._prove()

    # Answers for later sections.

    def in_order(self) -> list:
        return [self.entries[seq] for seq in sorted(self.entries)]

    def in_view(self) -> list:
        """What counts by the question and has effect."""
        seen = [entry for entry in self.in_order() if self.evidence.in_view(entry)]
        return [entry for entry in seen if entry.seq not in self.without_effect]

    def filed_under(self, key: str) -> list:
        """The entries of a list, as far as they count by the question."""
        return [entry for entry in self.standing_under(key) if entry.seq not in self.without_effect]

    def standing_under(self, key: str) -> list:
        """As `filed_under`, with what has no effect."""
        listed = self._filed.get(key, [])
        return listed if self.as_of is None else [entry for entry in listed if self.as_of.counts(key, entry)]

    def of_whole_lists(self) -> list:
        """The entries of all lists that hold together, in the ledger's order, as far as they count by the question."""
        seqs = {entry.seq for key in self.whole for entry in self.filed_under(key)}
        return [self.entries[seq] for seq in sorted(seqs)]

    def list_of(self, key: str) -> list:
        if key not in self.whole:
            raise Fault("list/gap")
        return self.filed_under(key)

    def listed_in_force(self, key: str) -> list:
        """As `list_of`; an entry of a kind that is not in force is a fault of its own."""
        listed = self.list_of(key)
        for entry in listed:
            if not entry.in_force():
                raise Fault(not_in_force(entry))
        return listed

    def instant_ms(self):
        """The instant of judgement: the fault of one that is none."""
        if self.as_of is not None and self.as_of.view == "now" and self.past_state is not None:
            return self.past_state.time_ms
        try:
            return time_ms(self.at)
        except Fault:
            raise Fault("custody/bad-evaluation-time") from None

    def payload_of(self, entry) -> bytes:
        if entry.seq not in self.payloads:
            raise Fault("payload/absent")
        return self.payloads[entry.seq]

    # Checks, in order.

    def _prove(self):
        self.checkpoint, self.checkpoint_reason = self._open()
        included = self._included()
        self._open_past(included)
        self._origin(included)
        self.checks.add("checkpoint/signature", self.checkpoint_reason)
        self._age(included)
        self._pins()
        if self.as_of is not None:
            for code, reason in (("asof/checkpoint", self.past_reason), ("asof/consistency", self.path_reason)):
                self.checks.add(code, reason, reason == "custody/blocked")
        for seq in sorted(self.evidence.entries):
            entry = self.evidence.entries[seq]
            if not entry.in_force() and self.evidence.in_view(entry):
                self.checks.add("entry/kind", not_in_force(entry), seq=seq)
        for seq in sorted(self.evidence.entries):
            reason = included[seq]
            self.checks.add("entry/inclusion", reason, reason == "custody/blocked", seq=seq)
            if reason is None:
                entry = self.evidence.entries[seq]
                self.entries[seq] = entry
                for key in entry.keys:
                    self._filed.setdefault(key, []).append(entry)
        seals = [entry.seq for entry in self.in_order() if entry.kind == "log.sealed"]
        self._sealed_at = min(seals, default=None)
        latest = None
        for entry in self.in_order():
            self.checks.run("entry/order", self._check_order, entry, latest, seq=entry.seq)
            latest = entry.time_ms
        self.map_root = self._commit()
        if self.as_of is not None:
            blocked = self.state_reason == "custody/blocked"
            shown = None if blocked else self.entries.get(self.as_of.size - 1)
            self.checks.add("asof/commit", self.state_reason, blocked, seq=shown.seq if shown is not None else None)
        self._lists()
        self._payloads()
        self._log_keys()

    def _open_note(self, note: bytes):
        if self.trust is None:
            return open_checkpoint(note, claimed_keys(self.evidence.log_key))
        checkpoint, signed = open_checkpoint(note, self.trust.keys() + self.trust.monitor_keys)
        if not any(self.trust.counts_for(key, checkpoint.size) for key in signed):
            raise Fault("checkpoint/log-key-differs")
        return checkpoint, signed

    def _open(self):
        try:
            checkpoint, self._signed = self._open_note(self.evidence.checkpoint)
            self.replayed = self.trust is not None and cosigned_by(self.evidence.checkpoint, self.trust.monitor_keys)
            return checkpoint, None
        except Fault as fault:
            return None, fault.code

    def _open_past(self, included: dict):
        """Reasons of the checks `asof/*`; `past_checkpoint` where it is consistent, `past_state` its last entry where that is good."""
        self.past_checkpoint = self.past_state = None
        self.past_reason = self.path_reason = self.state_reason = "custody/blocked"
        if self.as_of is None or self.checkpoint is None:
            return
        try:
            earlier = self._earlier()
            self.past_reason = None
        except Fault as fault:
            self.past_reason = fault.code
            return
        try:
            roots = earlier.root, self.checkpoint.root
            check_consistency(earlier.size, self.checkpoint.size, self.evidence.consistency, *roots)
            self.past_checkpoint, self.path_reason = earlier, None
        except Fault as fault:
            self.path_reason = fault.code
            return
        last = self.evidence.entries.get(self.as_of.size - 1)
        if last is None or included[last.seq] is not None:
            self.state_reason = "commit/missing"
        elif last.kind != "map.committed":
            self.state_reason = "commit/not-last"
        else:
            self.past_state, self.state_reason = last, None

    def _earlier(self):
        earlier, self._signed_earlier = self._open_note(self.evidence.earlier)
        if earlier.origin != self.checkpoint.origin:
            raise Fault("asof/other-log")
        if earlier.size != self.as_of.size:
            raise Fault("asof/size-differs")
        if earlier.size > self.checkpoint.size:
            raise Fault("asof/after-checkpoint")
        return earlier

    def _included(self) -> dict:
        """Reason for each shown entry; None where it is included."""
        return {seq: self._inclusion(entry) for seq, entry in self.evidence.entries.items()}

    def _inclusion(self, entry):
        if self.checkpoint is None:
            return "custody/blocked"
        try:
            path = self.evidence.paths[entry.seq]
            check_inclusion(entry.hash, entry.seq, self.checkpoint.size, path, self.checkpoint.root)
        except Fault as fault:
            return fault.code
        return None if entry.log == self.checkpoint.origin else "entry/wrong-log"

    def _origin(self, included):
        first = self.evidence.entries.get(0)
        if self.question is not None and self.question != self.evidence.question():
            self.checks.add("origin", "custody/wrong-question")
        if self.checkpoint is None:
            self.checks.add("origin", "custody/blocked", True)
        elif self.trust is not None and self.checkpoint.origin != self.trust.origin:
            self.checks.add("origin", "origin/wrong-log")
        elif first is None or included[0] is not None or first.kind != "log.opened":
            self.checks.add("origin", "entry/not-first")
        elif self.evidence.log_key not in self._named_keys(first, included):
            self.checks.add("origin", "checkpoint/log-key-not-in-log")
        elif self.trust is None:
            self.checks.add("origin", "origin/not-confirmed", True)
        else:
            self.checks.add("origin")

    def _named_keys(self, first, included) -> set:
        """The log keys that entry 0 names, or a rotation that holds in a list that holds together."""
        shown = {seq: self.evidence.entries[seq] for seq in sorted(included) if included[seq] is None}
        listed = [entry for entry in shown.values() if "trust" in entry.keys]
        rotated = any(entry.kind == KIND for entry in listed)
        if rotated and "trust" not in proved_lists(self.evidence, self.checkpoint, shown):
            listed = []
        return log_key_course.Rotations(first, listed, self.trust and self.trust.control).named

    def _log_keys(self):
        opened = self.entries.get(0)
        if opened is None or opened.kind != "log.opened":
            return
        # The list is whole: what counts by a question about the past is not asked.
        listed = self._filed["trust"] if "trust" in self.whole else None
        shown = any(entry.kind == KIND for entry in self.entries.values())
        checkpoints = [(self.checkpoint, self._signed)]
        if self.past_checkpoint is not None:
            checkpoints.append((self.past_checkpoint, self._signed_earlier))
        log_key_course.add_checks(self.checks, opened, listed, shown, checkpoints, self.trust and self.trust.control)

    def _age(self, included):
        last = None
        if self.checkpoint is not None:
            last = self.evidence.entries.get(self.checkpoint.size - 1)
        shown = last is not None and included[last.seq] is None
        if self.as_of is not None and self.as_of.view == "then":
            last, shown = self.past_state, self.past_state is not None
        self.last_ms = last.time_ms if shown else None
        try:
            now = time_ms(self.at)
        except Fault:
            self.checks.add("checkpoint/age", "custody/bad-evaluation-time")
            return
        if not shown:
            self.checks.add("checkpoint/age", "entry/missing", True)
            return
        most = self.trust.age_max_seconds if self.trust is not None else None
        if last.time_ms - now > AHEAD_MAX_MS:
            self.checks.add("checkpoint/age", "checkpoint/from-the-future")
        elif most is not None and now - last.time_ms > most * 1000:
            self.checks.add("checkpoint/age", "checkpoint/too-old")
        else:
            self.checks.add("checkpoint/age")

    def _pins(self):
        if self.trust is None or self.checkpoint is None:
            return
        for size, root in self.trust.pins:
            if size == self.checkpoint.size:
                self.checks.add("checkpoint/pins", None if root == self.checkpoint.root else "checkpoint/forked")
            elif self.past_checkpoint is not None and size == self.past_checkpoint.size:
                self.checks.add("checkpoint/pins", None if root == self.past_checkpoint.root else "checkpoint/forked")
            elif self.checkpoint.size < size:
                self.checks.add("checkpoint/pins", "checkpoint/too-old")
            else:
                self.checks.add("checkpoint/pins", "checkpoint/pin-not-comparable", True)

    def _check_order(self, entry, latest):
        if latest is not None and entry.time_ms < latest:
            raise Fault("entry/time-backwards")
        before = self.entries.get(entry.seq - 1)
        if before is not None and entry.prev != before.hash.hex():
            raise Fault("entry/link-broken")
        if (entry.kind == "log.opened") != (entry.seq == 0):
            raise Fault("entry/not-first")
        after_seal = self._sealed_at is not None and entry.seq > self._sealed_at
        if after_seal and not (entry.kind == "map.committed" and entry.seq == self._sealed_at + 1):
            raise Fault("entry/after-seal")
        for key, (n, prev, prev_seq) in entry.keys.items():
            linked = self.entries.get(prev_seq) if prev_seq is not None else None
            if linked is not None:
                place = linked.keys.get(key)
                if place is None or linked.hash.hex() != prev or place[0] + 1 != n:
                    raise Fault("list/link-broken")

    def _commit(self):
        """Root of the map that the last entry commits to; None where it does not."""
        if self.checkpoint is None:
            self.checks.add("commit/last", "custody/blocked", True)
            return None
        return commitment(self.checks, self.entries.get(self.checkpoint.size - 1))

    def _lists(self):
        last_seq = self.checkpoint.size - 1 if self.checkpoint is not None else -1
        needed = needed_lists(self.in_view(), self.repository, self.subject, self.evidence.environment)
        self._end = end_from(self.evidence, self.entries)
        ends = {0, last_seq} if self.as_of is None else {0, last_seq, self.as_of.size - 1}
        for release in forms.released(self.in_view(), self.repository, self.subject):
            ends |= {entry.seq for entry in forms.steps_back(self.entries, release)[0] if entry is not None}
        for key in sorted(needed):
            try:
                broken = self._check_list(key)
                reason = None if broken is None else "list/link-broken"
            except Fault as fault:
                broken, reason = None, fault.code
            if self.checks.add("list/complete", reason, reason == "custody/blocked", seq=broken, key=key):
                self.whole.add(key)
        for key in self.evidence.lists:
            if key not in needed:
                self.checks.add("list/complete", "list/not-needed", key=key)
        for entry in self.in_order():
            keys = entry.keys.keys() - ({self._end[0]} if entry.seq < self._end[1] else set())
            if entry.seq not in ends and not keys & needed:
                self.checks.add("list/complete", "entry/not-needed", seq=entry.seq)

    def _check_list(self, key: str):
        """Seq of an entry that does not link to the one before it in the list, or None."""
        if key not in self.evidence.lists:
            raise Fault("list/claim-missing")
        n, proof = self.evidence.lists[key]
        listed, of_end, length = listed_of(key, self._filed.get(key, []), self._end)
        broken = check_links(listed, key, of_end)
        if broken is not None:
            return broken
        if length != n:
            raise Fault("list/length-differs")
        check_bound(listed, key, self.repository)
        check_in_map(self.map_root, key, length, listed, proof)
        return None

    def _payloads(self):
        for seq, (salt, data) in self.evidence.payloads.items():
            entry = self.entries.get(seq)
            if entry is None or entry.payload is None:
                self.checks.add("payload/commitment", "payload/not-needed", seq=seq)
                continue
            if not self.evidence.in_view(entry):
                self.checks.add("payload/commitment", "payload/not-needed", seq=seq)
            if self.checks.run("payload/commitment", check_commitment, entry, salt, data, seq=seq):
                self.payloads[seq] = data
