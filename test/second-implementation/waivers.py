"""Waivers: docs/spec/waivers.md sections 2 to 5."""

import names
from documents import read_waiver
from faults import Fault
from ledger_shown import not_in_force

LONGEST_MS = 91 * 86_400_000
BREAK_GLASS_MS = 86_400_000
MEDIA_TYPE = "application/vnd.waybill.waiver+json"


class Waiver:
    """`fault` the reason why it is not in force, or None; `until_ms` the instants up to which what it exempts is exempted."""

    def __init__(self, entry):
        self.entry, self.body = entry, entry.body
        self.fault, self.until_ms = None, [names.time_ms(entry.body["expires"])]

    def about(self) -> dict:
        return {name: self.body.get(name) for name in ("contract", "stage", "rule")}

    def exempts(self, check: dict, unmet: set) -> bool:
        """`unmet` the stages, each with its contract, whose own check did not pass."""
        body, code = self.body, check["code"]
        if not code.startswith("contract/") or code == "contract/covers":
            return False
        same = all(check.get(name) == body.get(name) for name in ("contract", "stage"))
        if same and code == body["check"] and _named_in(check) == body.get("rule"):
            return True
        blocked = check["outcome"] == "not-run" and check["reason"] == "custody/blocked"
        of_stage = same and (body["contract"], body.get("stage")) in unmet
        return blocked and of_stage and body["check"] == "contract/stage" and "rule" not in body


def _named_in(check: dict):
    """The rule or the limit that a check is about, None where it is about neither."""
    return check.get("detail") if check["code"] in ("contract/rule", "contract/limits") else None


class WaiverChecks:
    """Waives what waivers in force exempt; `until_ms` the instants after which that is so no more."""

    def __init__(self, ledger, authority, checks, counted: list, controlled: bool):
        self.ledger, self.authority, self.counted, self.controlled = ledger, authority, counted, controlled
        self.until_ms = []
        subject, repository = ledger.asked[:2]
        listed = ledger.filed_under("image:" + subject) if "image:" + subject in ledger.whole else []
        waivers = [
            Waiver(entry) for entry in listed
            if entry.kind == "waiver.requested" and entry.repository == repository and entry.body["digest"] == subject
        ]
        # Who broke the glass for what so far, as long as nobody approved it.
        self.broken = set()
        for one in waivers:
            try:
                self._judge(one)
            except Fault as fault:
                one.fault = fault.code
            if one.body["breakGlass"] and not self._is_approved(one):
                self.broken.add(self._glass(one))
        self._apply(checks, waivers)

    def _glass(self, one: Waiver) -> tuple:
        scope = tuple(one.body.get(name) for name in ("contract", "check", "stage", "rule"))
        return (self.authority.person_of(one.entry), *scope)

    def _is_approved(self, one: Waiver) -> bool:
        key = "waiver:" + one.body["waiver"]
        if key not in self.ledger.whole:
            return False
        for entry in self.ledger.list_of(key):
            if entry.kind == "waiver.approved":
                try:
                    self._approve(one, entry, names.time_ms(one.body["expires"]))
                    return True
                except Fault:
                    continue
        return False

    def _apply(self, checks, waivers: list):
        named, open_checks = [], []
        unmet = {
            (check.get("contract"), check.get("stage")) for check in checks.all
            if check["code"] == "contract/stage" and check["outcome"] != "pass"
        }
        for check in checks.all:
            if check["outcome"] == "pass" or check.get("reason") == "custody/not-judged":
                continue
            exempting = next((one for one in waivers if one.fault is None and one.exempts(check, unmet)), None)
            if exempting is None:
                open_checks.append(check)
                continue
            check["outcome"] = "waived"
            if exempting not in named:
                named.append(exempting)
        would = {one.body["waiver"] for one in waivers if any(one.exempts(check, unmet) for check in open_checks)}
        for one in waivers:
            if one in named:
                self.until_ms += one.until_ms
                checks.add("waiver/in-force", seq=one.entry.seq, **one.about())
            elif one.fault is not None and one.body["waiver"] in would:
                checks.add("waiver/in-force", one.fault, seq=one.entry.seq, **one.about())

    def _judge(self, one: Waiver):
        request, body = one.entry, one.body
        listed = self.ledger.list_of("waiver:" + body["waiver"])
        for place, entry in enumerate(listed):
            self._check_list_entry(entry, place, request)
        if any(entry.kind == "waiver.revoked" for entry in listed):
            raise Fault("waiver/revoked")
        self.authority.check_writer(request)
        grant = self.authority.grant_of(request.principal, request.seq)
        if body["breakGlass"] and (grant is None or grant.role != "release-manager"):
            raise Fault("principal/wrong-role")
        data = self.ledger.payload_of(request)
        if request.payload["mediaType"] != MEDIA_TYPE:
            raise Fault("payload/media-type-wrong")
        read_waiver(data)
        expires = names.time_ms(body["expires"])
        if expires - request.time_ms > LONGEST_MS:
            raise Fault("waiver/too-long")
        self._check_person(request, body)
        instant = self.ledger.instant_ms()
        if instant >= expires:
            raise Fault("waiver/expired")
        self._check_approval(one, listed, expires, instant)

    @staticmethod
    def _check_list_entry(entry, place: int, request):
        if not entry.in_force():
            raise Fault(not_in_force(entry))
        first = place == 0
        if first != (entry.kind == "waiver.requested") or (first and entry.seq != request.seq):
            raise Fault("waiver/inconsistent")
        if not first and entry.kind not in ("waiver.approved", "waiver.revoked"):
            raise Fault("waiver/inconsistent")
        if entry.repository != request.repository or entry.body["digest"] != request.body["digest"]:
            raise Fault("waiver/inconsistent")

    def _check_person(self, entry, body) -> str:
        person = self.authority.person_of(entry)
        if person is None:
            raise Fault("waiver/person-unknown")
        builders = self._builders(body)
        if None in builders:
            raise Fault("waiver/builder-unknown")
        if person in builders:
            raise Fault("waiver/by-builder")
        return person

    def _builders(self, body) -> set:
        stage = body.get("stage")
        built = [
            one.entry for one in self.counted
            if one.entry.kind == "image.signed" or stage is None or one.entry.stage == stage
        ]
        return {self.authority.person_named_later(entry) for entry in built}

    def _check_approval(self, one: Waiver, listed: list, expires: int, instant: int):
        first_fault = None
        for entry in listed:
            if entry.kind == "waiver.approved":
                try:
                    self._approve(one, entry, expires)
                    return
                except Fault as fault:
                    first_fault = first_fault or fault.code
        if not one.body["breakGlass"]:
            raise Fault(first_fault or "waiver/not-approved")
        if self.controlled:
            raise Fault(first_fault or "waiver/no-break-glass")
        if self._glass(one) in self.broken:
            raise Fault("waiver/break-glass-again")
        lapses = one.entry.time_ms + BREAK_GLASS_MS
        if instant >= lapses:
            raise Fault("waiver/break-glass-lapsed")
        one.until_ms.append(lapses)

    def _approve(self, one: Waiver, entry, expires: int):
        self.authority.check_writer(entry)
        person = self._check_person(entry, one.body)
        if person == self.authority.person_of(one.entry):
            raise Fault("waiver/same-person")
        if entry.time_ms >= expires:
            raise Fault("waiver/expired")
        if one.body["breakGlass"] and entry.time_ms - one.entry.time_ms >= BREAK_GLASS_MS:
            raise Fault("waiver/break-glass-lapsed")
