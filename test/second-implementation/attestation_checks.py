"""Signatures and attestations that count: docs/spec/custody-checks.md section 4."""

import copy

import dsse
import evidence as forms
from documents import read_signed_image
from faults import Fault
from manifests import read_manifest, simple_signing_payload
from names import source_key
from predicate_types import COSIGN_SIGN, INHERITED
from runs import Runs
from statements import read_statement

_MEDIA_TYPES = {
    "envelope": "application/vnd.dsse.envelope.v1+json",
    "bundle": "application/vnd.dev.sigstore.bundle.v0.3+json",
    "image": "application/vnd.waybill.signed-image+json",
}
_USES = {("image.signed", "service"): "image", ("attestation.recorded", "pipeline"): "attest"}
_USES["attestation.recorded", "service"] = "service"


class Counted:
    """One entry that counts. `about` is the image or commit that it is checked as one of; `on` what it is about."""

    def __init__(self, entry, about: str, on: tuple):
        self.entry, self.about, self.on = entry, about, on
        self.envelope = self.statement = self.signed_image = None
        self.unread = self.signer = self.signer_fault = None
        self.sound = True
        self.placed = False
        self.first_record = entry.seq
        self.first_entry = entry
        # The first one that is of the same stage, too.
        self.filed_entry = entry

    def record_first(self, lowest: dict):
        kind, payload = self.entry.kind, self.envelope.payload
        self.first_entry = lowest.get((kind, payload), self.entry)
        self.first_record = self.first_entry.seq
        self.filed_entry = lowest.get((kind, self.entry.stage, payload), self.entry)

    def person(self, authority):
        """Whoever recorded it first, where the same one filed it first for its stage."""
        first, filed = authority.person_of(self.first_entry), authority.person_of(self.filed_entry)
        return first if first == filed else None


class AttestationChecks:
    """The checks of what counts in the repository in question, or in another one that a contract takes the image from; `lowest`
    {kind, perhaps stage, and payload of an envelope: the first entry with them}."""

    def __init__(self, ledger, authority, checks, taken_from=None):
        self.ledger, self.authority, self.checks = ledger, authority, checks
        self.subject, self.repository = ledger.asked[0], taken_from or ledger.asked[1]
        above = forms.indexes_above(ledger.in_view(), taken_from or ledger.repository, ledger.subject)
        shown = [ledger.subject, *above]
        self.above = [image for image in shown if image != self.subject]
        self.runs = Runs(ledger, authority, self.subject, self.repository, self.above)
        past = self._in_the_past()
        self.commits = []
        signed = [one for one in map(self._counted, past) if one is not None and one.entry.kind == "image.signed"]
        # Commits that the image comes from, in the order of the signatures.
        for one in signed:
            commit = self.runs.accounted.get(one.entry.run)
            if commit is not None and commit not in self.commits:
                self.commits.append(commit)
        self.counted = [one for one in map(self._counted, past) if one is not None]
        everything = self._all_of_repository()
        for one in self.counted:
            self._read(one)
        self._first_records(everything)
        self.contained = self._containment()
        for one in self.counted:
            self._look_up_signer(one)
        self._check_all()

    def _in_the_past(self) -> list:
        """What was recorded about images and is in view: what was recorded since a past state counts in neither view."""
        as_of = self.ledger.as_of
        return [entry for entry in self.ledger.in_order() if as_of is None or entry.seq < as_of.size]

    def _all_of_repository(self) -> list:
        """Entries of the repository in the lists of the images, counted or not."""
        keys = {"image:" + image for image in [self.subject, *self.above]}
        keys |= {source_key(self.repository, commit) for commit in self.commits}
        found = []
        for entry in self._in_the_past():
            if entry.kind in ("image.signed", "attestation.recorded") and entry.repository == self.repository:
                if keys & entry.keys.keys():
                    found.append(entry)
        return found

    def _counted(self, entry):
        if entry.kind not in ("image.signed", "attestation.recorded") or entry.repository != self.repository:
            return None
        if entry.kind == "image.signed":
            about = [entry.body["digest"]]
        else:
            about = [key[len("image:") :] for key in entry.keys if key.startswith("image:")]
        images = [self.subject] if self.subject in about and self._listed(self.subject) else []
        for image in self.above:
            if image in about and self._listed(image) and entry.predicate_type in INHERITED:
                images.append(image)
        commits = [one for one in self.commits if self._is_about_commit(entry, one)]
        if not images and not commits:
            return None
        on = (("image",) if images else ()) + (("source",) if commits else ())
        return Counted(entry, images[0] if images else "gitCommit:" + commits[-1], on)

    def _is_about_commit(self, entry, commit: str) -> bool:
        key = source_key(self.repository, commit)
        return entry.kind == "attestation.recorded" and key in entry.keys and key in self.ledger.whole

    def _listed(self, image: str) -> bool:
        """Whether the list of the image holds together; what stands in one that does not is as if it were not shown."""
        return "image:" + image in self.ledger.whole

    # Reading payloads.

    def _read(self, one: Counted):
        try:
            one.envelope, one.signed_image = self._envelope_of(one.entry)
            one.statement = read_statement(one.envelope)
        except Fault as fault:
            one.unread = fault.code

    def _envelope_of(self, entry):
        data = self.ledger.payload_of(entry)
        form = entry.body["form"] if entry.kind == "attestation.recorded" else "image"
        if entry.payload["mediaType"] != _MEDIA_TYPES[form]:
            raise Fault("payload/media-type-wrong")
        if form == "envelope":
            return dsse.read_envelope(data), None
        if form == "bundle":
            return dsse.read_bundle(data), None
        signed = read_signed_image(data)
        return dsse.read_bundle(signed.bundle), signed

    def _first_records(self, everything: list):
        self.lowest = lowest = {}
        for entry in everything:
            try:
                envelope, _ = self._envelope_of(entry)
            except Fault:
                continue
            lowest.setdefault((entry.kind, envelope.payload), entry)
            lowest.setdefault((entry.kind, entry.stage, envelope.payload), entry)
        for one in self.counted:
            if one.envelope is not None:
                one.record_first(lowest)

    # Indexes.

    def _manifest_fault(self, one: Counted):
        """Nothing where the exact manifest bytes are what the body says."""
        body = one.entry.body
        manifest = read_manifest(one.signed_image.manifest, body["mediaType"])
        said = (body["digest"], body["size"], body["mediaType"], body["shape"])
        if said != (manifest.digest, manifest.size, manifest.media_type, manifest.shape):
            raise Fault("image/manifest-differs")
        if manifest.children != body["children"]:
            raise Fault("image/child-not-in-index")

    def _containment(self) -> set:
        """Indexes that contain the subject by exact manifest bytes, directly or through other such indexes."""
        edges = []
        for one in self.counted:
            if one.entry.kind == "image.signed" and one.unread is None and one.signed_image is not None:
                body = one.entry.body
                try:
                    manifest = read_manifest(one.signed_image.manifest, body["mediaType"])
                except Fault:
                    continue
                if manifest.digest == body["digest"]:
                    edges.append((manifest.digest, manifest.children))
        found = {self.subject}
        while True:
            more = {index for index, children in edges if found & set(children)} - found
            if not more:
                return found
            found |= more

    # Checks.

    def _look_up_signer(self, one: Counted):
        try:
            one.signer = self.authority.signer(one.entry.signer)
        except Fault as fault:
            one.signer_fault = fault.code

    def _check_all(self):
        """Check by check, each for all entries in the ledger's order."""
        images = [one for one in self.counted if one.entry.kind == "image.signed"]
        others = [one for one in self.counted if one.entry.kind != "image.signed"]
        for one in images:
            self._blocked_or("image/manifest", one, self._manifest_fault)
        for one in images + others:
            self._signature(one)
        for one in self.counted:
            self._add(one, "signer/known", one.signer_fault)
        for code, test in (("signer/in-force", self._in_force), ("signer/allowed", self._allowed)):
            for one in self.counted:
                if one.signer is None:
                    self._add(one, code, "custody/blocked", True)
                else:
                    self._run(one, code, test, one.entry, one.signer)
        for one in self.counted:
            self._run(one, "principal/allowed", self.authority.check_writer, one.entry)
        for code, test in (("statement/subject", self._subject), ("statement/place", self._place)):
            for one in self.counted:
                self._blocked_or(code, one, test)

    def _add(self, one, code, reason=None, not_run=False):
        passed = self.checks.add(code, reason, not_run, seq=one.entry.seq, stage=one.entry.stage)
        one.sound = one.sound and passed

    def _run(self, one, code, test, *arguments):
        passed = self.checks.run(code, test, *arguments, seq=one.entry.seq, stage=one.entry.stage)
        one.sound = one.sound and passed

    def _blocked_or(self, code, one, test):
        if one.unread is not None:
            self._add(one, code, "custody/blocked", True)
        else:
            self._run(one, code, test, one)

    def _signature(self, one):
        code = "signature/image" if one.entry.kind == "image.signed" else "signature/envelope"
        if one.unread is not None:
            self._add(one, code, one.unread, one.unread == "payload/absent")
        elif one.signer is None:
            self._add(one, code, "custody/blocked", True)
        else:
            self._run(one, code, self._check_signature, one)

    def _check_signature(self, one):
        if not one.envelope.signed_by(one.signer.key):
            raise Fault("dsse/no-trusted-signature")
        if one.signed_image is not None:
            payload = one.signed_image.simple_payload
            if payload != simple_signing_payload(self.repository, one.entry.body["digest"]):
                raise Fault("image/simple-signing-wrong")
            if not one.signer.key.verify(payload, one.signed_image.simple_signature):
                raise Fault("image/simple-signing-wrong")

    @staticmethod
    def _in_force(entry, signer):
        if signer.registered_seq >= entry.seq:
            raise Fault("signer/registered-later")
        if signer.disowned:
            raise Fault("signer/predecessor-revoked")
        if signer.effective_ms is not None and entry.time_ms >= signer.effective_ms:
            raise Fault("signer/revoked")
        if signer.retired is not None and entry.seq > signer.retired[0] and entry.time_ms >= signer.retired[1]:
            raise Fault("signer/rotated")
        if signer.too_old_ms is not None and entry.time_ms >= signer.too_old_ms:
            raise Fault("signer/too-old")

    @staticmethod
    def _allowed(entry, signer):
        if entry.kind == "image.signed" and signer.use != "image":
            raise Fault("signer/wrong-use")
        if _USES.get((entry.kind, entry.assurance)) != signer.use:
            raise Fault("signer/assurance-wrong")
        if not signer.scope.has_repository(entry.repository):
            raise Fault("signer/wrong-repository")
        if entry.stage is not None and not signer.scope.has_stage(entry.stage):
            raise Fault("signer/wrong-stage")

    def _subject(self, one):
        entry, statement = one.entry, one.statement
        if one.about.startswith("gitCommit:"):
            if one.about not in statement.about:
                raise Fault("statement/other-subject")
            if entry.predicate_type is not None and entry.predicate_type != statement.predicate_type:
                raise Fault("attestation/type-differs")
            return
        if one.about not in self.contained:
            raise Fault("image/child-not-in-index")
        filed = [entry.body["digest"]] if entry.kind == "image.signed" else entry.body["subjects"]
        if any(subject not in statement.about for subject in [one.about, *filed]):
            raise Fault("statement/other-subject")
        if entry.kind == "image.signed" and (statement.predicate_type != COSIGN_SIGN or statement.predicate):
            raise Fault("image/wrong-predicate-type")
        if entry.predicate_type is not None and entry.predicate_type != statement.predicate_type:
            raise Fault("attestation/type-differs")

    def _place(self, one):
        found = one.statement.placement()
        entry = one.entry
        one.placed = "repository" in found and "stage" in found
        actual = {"repository": entry.repository, "stage": entry.stage, "run": entry.run}
        if any(actual[name] != value for name, value in found.items()):
            raise Fault("attestation/filed-elsewhere")


def counted_together(places: list) -> list:
    """What counts in several repositories, in the ledger's order, each with the first record in any of them."""
    if len(places) == 1:
        return places[0].counted
    lowest, found = {}, []
    for place in places:
        for payload, entry in place.lowest.items():
            if payload not in lowest or entry.seq < lowest[payload].seq:
                lowest[payload] = entry
    for place in places:
        for one in map(copy.copy, place.counted):
            if one.envelope is not None:
                one.record_first(lowest)
            found.append(one)
    return sorted(found, key=lambda one: one.entry.seq)
