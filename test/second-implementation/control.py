"""Control keys by docs/spec/control.md sections 1 to 5: what lacks their agreement has no effect."""

import hashlib

from documents import read_grant
from dsse import read_envelope_value
from faults import Fault
from members import closed, from_base64, integer, matching, text
from names import HASH
from signatures import read_spki
from strict_json import canonical, parse_canonical

PAYLOAD_TYPE = "application/vnd.waybill.control+json"
OPENING_SEQ_MAX = 4
_BOUND_TO = {
    "contract.published": "contract:",
    "contract.withdrawn": "contract:",
    "signer.registered": "signer:",
    "signer.revoked": "signer:",
    "signer.rotated": "signer:",
    "principal.granted": "principal:",
    "principal.revoked": "principal:",
    "waiver.approved": "waiver:",
    "control-keys.changed": "trust",
    "log-key.rotated": "trust",
    "settings.changed": "trust",
}
_MEMBERS = ("repository", "stage", "run", "signer", "assurance", "predicateType")


class ControlSet:
    """`keys` {id: key} and `threshold`; no keys and 0 where none are named."""

    def __init__(self, keys: list, threshold: int):
        if not keys and threshold == 0:
            self.keys, self.threshold = {}, 0
            return
        read = [read_spki(from_base64(one)) for one in keys]
        self.keys = {hashlib.sha256(b"waybill/control/v1\x00" + one.spki).hexdigest(): one for one in read}
        self.threshold = threshold
        allowed = all(one.algorithm in ("ed25519", "ecdsa-p256", "ecdsa-p384") for one in read)
        if not allowed or not 1 <= len(read) <= 16 or len(self.keys) != len(read) or not 1 <= threshold <= len(read):
            raise Fault("control/malformed-keys")

    def same(self, other: "ControlSet") -> bool:
        return self.threshold == other.threshold and self.keys.keys() == other.keys.keys()


def read_set(keys: list, threshold: int) -> ControlSet:
    try:
        return ControlSet(keys, threshold)
    except Fault:
        raise Fault("control/malformed-keys") from None


def _bound_key(entry) -> str:
    start = _BOUND_TO[entry.kind]
    return start + entry.body[start[:-1]] if start.endswith(":") else start


def grants_trust(entry, payload):
    """Whether a grant is one of trust; None where only its document, which is not shown, could tell."""
    if entry.body["role"] in ("admin", "release-manager"):
        return True
    return _names_person(payload)


def _names_person(payload):
    """Whether the document of a grant names a person; None where it is not shown."""
    if payload is None:
        return None
    try:
        return read_grant(payload).person is not None
    except Fault:
        return False


def _read_control(value: str):
    """(envelope, keyids, statement)."""
    if not isinstance(value, str) or len(value) > 16_384:
        raise Fault("encoding/too-long")
    document = parse_canonical(value.encode())
    closed(document, ("payload", "payloadType", "signatures"))
    envelope = read_envelope_value(document)
    ids = [matching(closed(one, ("keyid", "sig"))["keyid"], HASH) for one in document["signatures"]]
    if envelope.payload_type != PAYLOAD_TYPE or any(not before < after for before, after in zip(ids, ids[1:])):
        raise Fault("encoding/not-allowed")
    from_base64(document["payload"])
    for one in document["signatures"]:
        from_base64(one["sig"])
    statement = parse_canonical(envelope.payload)
    closed(statement, ("log", "kind", "key", "n", "body"), ("prev", "payloadSha256") + _MEMBERS)
    for name in ("log", "kind", "key", *_MEMBERS):
        if name in statement:
            text(statement[name])
    if ("prev" in statement) != (integer(statement["n"], 1) > 1):
        raise Fault("encoding/missing-member")
    for name in ("prev", "payloadSha256"):
        if name in statement:
            matching(statement[name], HASH)
    return envelope, ids, statement


def _statement_of(entry, payload) -> dict:
    key = _bound_key(entry)
    n, prev, _ = entry.keys[key]
    found = {"log": entry.log, "kind": entry.kind, "key": key, "n": n, "body": entry.body}
    if prev is not None:
        found["prev"] = prev
    if payload is not None:
        found["payloadSha256"] = hashlib.sha256(payload).hexdigest()
    found.update({name: entry.value[name] for name in _MEMBERS if name in entry.value})
    return found


def check_envelope(entry, payload, current: ControlSet):
    if entry.control is None:
        raise Fault("control/missing")
    try:
        envelope, ids, said = _read_control(entry.control)
    except Fault:
        raise Fault("control/malformed") from None
    actual = _statement_of(entry, payload)
    for name in ("log", "kind", "key"):
        if said[name] != actual[name]:
            raise Fault("control/wrong-" + name)
    if (said["n"], said.get("prev")) != (actual["n"], actual.get("prev")):
        raise Fault("control/wrong-place")
    if entry.payload is not None and payload is None:
        raise Fault("payload/absent")
    if said.get("payloadSha256") != actual.get("payloadSha256"):
        raise Fault("control/wrong-payload")
    if envelope.payload != canonical(actual):
        raise Fault("control/wrong-body")
    message = envelope.signed_bytes()
    signed = {
        one for one, signature in zip(ids, envelope.signatures) if one in current.keys
        and current.keys[one].verify(message, signature)
    }
    if len(signed) < current.threshold:
        raise Fault("control/threshold-not-met")


class ControlChecks:
    """Makes the checks `control/*` and takes from the ledger's lists what has no effect. `signed` is the assurance."""

    def __init__(self, ledger, checks):
        self.ledger, self.checks = ledger, checks
        self.keys_passed, self.malformed = None, False
        self.named = ledger.trust.control if ledger.trust is not None else None
        self.first = self._first()
        self.envelopes_passed = True
        self._envelopes()
        self.controlled = bool(self.first is None or self.first.keys) or self.malformed
        self.signed = bool(
            self.named is not None and self.named.keys and self.keys_passed
            and "trust" in ledger.whole and self.envelopes_passed
        )

    def _first(self):
        """The first set; None where none is known although one is named."""
        opened = self.ledger.entries.get(0)
        if opened is not None and opened.kind != "log.opened":
            opened = None
        in_log = None
        if opened is not None:
            try:
                in_log = read_set(opened.body["controlKeys"], opened.body["controlThreshold"])
            except Fault:
                self.malformed = True
        named = self.named if self.named is not None and self.named.keys else None
        if named is None and not self.malformed and (in_log is None or not in_log.keys):
            return ControlSet([], 0)
        reason, not_run = None, False
        if self.malformed:
            reason = "control/malformed-keys"
        elif in_log is None:
            reason, not_run = "custody/blocked", True
        elif named is None:
            reason, not_run = "control/keys-not-confirmed", True
        elif not named.same(in_log):
            reason = "control/keys-differ"
        self.keys_passed = self.checks.add("control/keys", reason, not_run)
        return named if named is not None else None if self.malformed else in_log

    def _envelopes(self):
        current = self.first if "trust" in self.ledger.whole or not (self.first is None or self.first.keys) else None
        without = current is not None and not current.keys
        trusted = {}
        for entry in self.ledger.of_whole_lists():
            payload = self.ledger.payloads.get(entry.seq)
            takes = self._takes(entry, payload, trusted)
            if without:
                if entry.kind == "control-keys.changed":
                    self._fail(entry, "control/no-keys")
                elif entry.control is not None and entry.in_force():
                    self._fail(entry, "control/not-needed", False)
                continue
            reason = None
            if takes is False:
                if entry.control is not None and entry.in_force():
                    self._fail(entry, "control/not-needed", False)
            elif current is None:
                self._fail(entry, "custody/blocked", not_run=True)
                reason = "custody/blocked"
            elif takes is None:
                self._fail(entry, "payload/absent", not_run=True)
                reason = "payload/absent"
            else:
                try:
                    check_envelope(entry, payload, current)
                    if entry.kind == "control-keys.changed":
                        current = read_set(entry.body["controlKeys"], entry.body["controlThreshold"])
                    self.checks.add("control/envelope", seq=entry.seq)
                except Fault as fault:
                    reason = fault.code
                    self._fail(entry, reason, not_run=reason == "payload/absent")
            if reason is None and entry.kind.startswith("principal."):
                granted = entry.kind == "principal.granted" and grants_trust(entry, payload)
                trusted[entry.body["principal"]] = granted

    @staticmethod
    def _takes(entry, payload, trusted: dict):
        """Whether the entry takes an envelope; None where only a document that is not shown could tell."""
        if entry.kind not in _BOUND_TO:
            return False
        if entry.principal == "service" and entry.seq <= OPENING_SEQ_MAX:
            body = entry.body
            if entry.kind == "signer.registered" and body["use"] != "attest":
                return False
            if entry.kind == "principal.granted" and (body["principal"], body["role"]) == ("bootstrap-admin", "admin"):
                return _names_person(payload) is True
        if not entry.kind.startswith("principal."):
            return True
        before = trusted.get(entry.body["principal"], False)
        now = grants_trust(entry, payload) if entry.kind == "principal.granted" else False
        if now or before:
            return True
        return None if now is None or before is None else False

    def _fail(self, entry, reason: str, effect_lost: bool = True, not_run: bool = False):
        self.checks.add("control/envelope", reason, not_run, seq=entry.seq)
        self.envelopes_passed = False
        if effect_lost:
            self.ledger.without_effect.add(entry.seq)
