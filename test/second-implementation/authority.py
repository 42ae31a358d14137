"""Who may: principals and signers by docs/spec/custody-checks.md section 3."""

from documents import read_grant, read_rotation, read_signer
from dsse import read_envelope
from faults import Fault
from ledger_shown import not_in_force
from names import time_ms

# Kinds that stand in lists of others and change nothing that is judged there.
WITHOUT_EFFECT = ("change.proposed", "token.issued")
_BUILDS = ("image.signed", "attestation.recorded", "run.opened", "run.closed")
_DECIDES = ("image.released", "image.retired", "waiver.requested", "waiver.approved", "waiver.revoked")
_WRITERS = {kind: ("pipeline", "admin") for kind in _BUILDS} | {kind: ("release-manager", "admin") for kind in _DECIDES}


class Signer:
    """A key; `follows` the ids of those before it, `retired` (seq, time) from which its successor alone counts."""

    def __init__(self, document, use: str, registration, effective_ms, retired, predecessor):
        self.key, self.scope, self.use = document.key, document.scope, use
        self.age_max_seconds = document.age_max_seconds
        self.registered_seq, self.effective_ms = registration.seq, effective_ms
        self.retired = retired
        self.too_old_ms = None
        if self.age_max_seconds is not None:
            self.too_old_ms = registration.time_ms + self.age_max_seconds * 1000
        self.disowned, self.follows = False, ()
        if predecessor is not None:
            revoked = predecessor.effective_ms is not None and predecessor.effective_ms <= registration.time_ms
            self.disowned = predecessor.disowned or revoked
            self.follows = (predecessor.key.id, *predecessor.follows)


class Authority:
    """Answers from the lists that hold: `ledger.list_of(key)` gives entries in order or raises `list/gap`."""

    def __init__(self, ledger, grants=None):
        """`grants` are those that are judged at once, all in view unless told; others are, in order, by `judge_grant`."""
        self.ledger = ledger
        self._faults = {}
        self._grants = {}
        self._signers = {}
        # In the ledger's order, so that whatever a grant rests on is known before it.
        for entry in ledger.in_view() if grants is None else grants:
            if entry.kind == "principal.granted":
                self.judge_grant(entry)

    def judge_grant(self, entry):
        try:
            self.check_writer(entry)
            grant = read_grant(self.ledger.payload_of(entry))
            if grant.role != entry.body["role"]:
                raise Fault("grant/malformed-document")
            self._grants[entry.seq] = grant
        except Fault as fault:
            self._faults[entry.seq] = fault.code

    def _grant_before(self, principal: str, seq: int):
        newest = None
        for entry in self.ledger.list_of("principal:" + principal):
            if entry.seq < seq and entry.kind not in WITHOUT_EFFECT:
                newest = entry
        if newest is None:
            raise Fault("principal/no-grant")
        if not newest.in_force():
            raise Fault(not_in_force(newest))
        if newest.kind != "principal.granted":
            raise Fault("principal/revoked")
        if newest.seq in self._faults:
            raise Fault(self._faults[newest.seq])
        return self._grants[newest.seq]

    def grant_of(self, principal: str, seq: int):
        """The good grant that the principal held for the entry at `seq`, or None."""
        try:
            return self._grant_before(principal, seq)
        except Fault:
            return None

    def person_of(self, entry, seq=None):
        """The person behind an entry, None where nobody is named; with `seq`, by the grant that its principal held there."""
        grant = self.grant_of(entry.principal, entry.seq if seq is None else seq)
        return grant.person if grant is not None else None

    def person_named_later(self, entry):
        """As `person_of`; where that names nobody, the first later good grant that names one does."""
        person = self.person_of(entry)
        if person is not None:
            return person
        for one in self.ledger.filed_under("principal:" + entry.principal):
            grant = self._grants.get(one.seq)
            if one.seq > entry.seq and grant is not None and grant.person is not None:
                return grant.person
        return None

    def _service_may(self, entry) -> bool:
        if entry.kind == "principal.granted":
            listed = self.ledger.filed_under("principal:" + entry.body["principal"])
            first = all(one.kind in WITHOUT_EFFECT for one in listed if one.seq < entry.seq)
            return first and entry.body["principal"] == "bootstrap-admin" and entry.body["role"] == "admin"
        if entry.kind.startswith("signer."):
            return self._use_of(entry) != "attest"
        return False

    def _use_of(self, entry) -> str:
        """Use of the key that a signer entry is about; "attest" where no registration says otherwise."""
        return entry.body["use"] if entry.kind == "signer.registered" else self._registered_use(entry.body["signer"])

    def _registered_use(self, signer_id: str, seen=()) -> str:
        for one in self.ledger.filed_under("signer:" + signer_id):
            if one.kind == "signer.registered":
                return one.body["use"]
            if one.kind == "signer.rotated" and one.body["successor"] == signer_id and signer_id not in seen:
                return self._registered_use(one.body["signer"], (signer_id, *seen))
        return "attest"

    def check_writer(self, entry, seq=None):
        """Nothing, or the reason why the entry's principal may not have written it; with `seq`, why not there."""
        if entry.principal == "service":
            if not self._service_may(entry):
                raise Fault("principal/name-reserved")
            return
        if entry.kind in ("signer.registered", "signer.rotated") and self._use_of(entry) != "attest":
            raise Fault("principal/wrong-role")
        grant = self._grant_before(entry.principal, entry.seq if seq is None else seq)
        if grant.role not in _WRITERS.get(entry.kind, ("admin",)):
            raise Fault("principal/wrong-role")
        if entry.repository is not None and not grant.scope.has_repository(entry.repository):
            raise Fault("principal/wrong-repository")
        if grant.role == "pipeline" and entry.stage is not None and not grant.scope.has_stage(entry.stage):
            raise Fault("principal/wrong-stage")

    def signer(self, signer_id: str) -> Signer:
        if signer_id not in self._signers:
            # Keys that follow one another in a circle were registered by nobody.
            self._signers[signer_id] = Fault("signer/not-registered")
            try:
                self._signers[signer_id] = self._read_signer(signer_id)
            except Fault as fault:
                self._signers[signer_id] = fault
        found = self._signers[signer_id]
        if isinstance(found, Fault):
            raise Fault(found.code)
        return found

    def _read_signer(self, signer_id: str) -> Signer:
        listed = [one for one in self.ledger.list_of("signer:" + signer_id) if one.kind not in WITHOUT_EFFECT]
        if not listed:
            raise Fault("signer/not-registered")
        registration = listed[0]
        if not registration.in_force():
            raise Fault(not_in_force(registration))
        rotated = registration.kind == "signer.rotated" and registration.body["successor"] == signer_id
        if registration.kind != "signer.registered" and not rotated:
            raise Fault("signer/not-registered")
        predecessor = self.signer(registration.body["signer"]) if rotated else None
        retired = self._what_follows(signer_id, listed[1:])
        data = self.ledger.payload_of(registration)
        document = self._rotated(registration, predecessor, data) if rotated else read_signer(data)
        if document.key.id != signer_id:
            raise Fault("signer/id-differs")
        self.check_writer(registration)
        revoked = [time_ms(entry.body["effective"]) for entry in listed if entry.kind == "signer.revoked"]
        use = predecessor.use if rotated else registration.body["use"]
        return Signer(document, use, registration, min(revoked, default=None), retired, predecessor)

    def _what_follows(self, signer_id: str, listed: list):
        """(seq, time) of the rotation that ends the key, or None."""
        retired = None
        for entry in listed:
            if not entry.in_force():
                raise Fault(not_in_force(entry))
            if entry.kind == "signer.registered" or (
                entry.kind == "signer.rotated" and entry.body["successor"] == signer_id
            ):
                raise Fault("signer/registered-twice")
            if entry.kind == "signer.rotated":
                if retired is not None:
                    raise Fault("signer/rotated-twice")
                retired = entry.seq, time_ms(entry.body["until"])
            elif entry.kind != "signer.revoked":
                raise Fault("signer/not-registered")
            self.check_writer(entry)
        return retired

    @staticmethod
    def _rotated(entry, predecessor: Signer, data: bytes):
        envelope = read_envelope(data)
        rotation = read_rotation(envelope)
        successor, body = rotation.successor, entry.body
        said = (rotation.log, rotation.signer, rotation.until, successor.key.id)
        if said != (entry.log, body["signer"], body["until"], body["successor"]):
            raise Fault("signer/rotation-differs")
        if not envelope.signed_by(predecessor.key) or not envelope.signed_by(successor.key):
            raise Fault("signer/rotation-not-signed")
        most = predecessor.age_max_seconds
        older = most is not None and (successor.age_max_seconds is None or successor.age_max_seconds > most)
        if older or not successor.scope.within(predecessor.scope):
            raise Fault("signer/wider-than-predecessor")
        return successor
