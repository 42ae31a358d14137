"""Dual control by docs/spec/dual-control.md: what lacks two people has no effect."""

import base64

from authority import Authority
from control import grants_trust
from faults import Fault
from strict_json import canonical

MEDIA_TYPE = "application/vnd.waybill.change+json"
_LIST_OF = {
    "settings.changed": "trust",
    "contract.published": "contract:",
    "contract.withdrawn": "contract:",
    "signer.registered": "signer:",
    "signer.revoked": "signer:",
    "signer.rotated": "signer:",
    "principal.granted": "principal:",
    "principal.revoked": "principal:",
    "token.issued": "principal:",
}


def _list_of(entry) -> str:
    start = _LIST_OF[entry.kind]
    return start + entry.body[start[:-1]] if start.endswith(":") else start


def _change(entry, payload) -> bytes:
    """What a proposal of this entry has as its payload."""
    value = {"kind": entry.kind, "body": entry.body}
    if entry.payload is not None:
        value["mediaType"] = entry.payload["mediaType"]
        value["document"] = base64.b64encode(payload).decode()
    return canonical(value)


class DualControlChecks:
    """Makes the check `dual-control/two-people` and takes from the ledger's lists what has no effect."""

    def __init__(self, ledger, checks):
        self.ledger, self.checks = ledger, checks
        # Who may is judged by the grants before an entry that have effect: each is judged once it is known whether it has.
        self.authority = Authority(ledger, ())
        self.on = False
        # Principals, and whether the grant that each holds is one of trust, None where only its document could tell.
        self._trusted = {}
        for entry in ledger.of_whole_lists():
            if entry.seq not in ledger.without_effect:
                self._take(entry)

    def _take(self, entry):
        payload = self.ledger.payloads.get(entry.seq)
        takes = self._takes_two(entry, payload)
        if takes is not False:
            try:
                if takes is None:
                    raise Fault("payload/absent")
                self._check(entry, payload)
                self._check_people(entry)
                self.checks.add("dual-control/two-people", seq=entry.seq)
            except Fault as fault:
                not_run = fault.code in ("payload/absent", "custody/blocked")
                self.checks.add("dual-control/two-people", fault.code, not_run, seq=entry.seq)
                self.ledger.without_effect.add(entry.seq)
                return
        if entry.kind == "settings.changed":
            self.on = entry.body["dualControl"]
        if entry.kind == "principal.granted":
            self.authority.judge_grant(entry)
        if entry.kind.startswith("principal."):
            granted = entry.kind == "principal.granted" and grants_trust(entry, payload)
            self._trusted[entry.body["principal"]] = granted

    def _takes_two(self, entry, payload):
        """Whether two people are asked for; None where only a document that is not shown could tell."""
        if entry.kind == "settings.changed":
            return True
        if not self.on or entry.principal == "service" or entry.kind not in _LIST_OF:
            return False
        if not entry.kind.startswith("principal."):
            return True
        # A grant before of which nothing is known counts as one of trust.
        if self._trusted.get(entry.body["principal"], False) is not False:
            return True
        return grants_trust(entry, payload) if entry.kind == "principal.granted" else False

    def _check(self, entry, payload):
        key = _list_of(entry)
        if key not in self.ledger.whole:
            raise Fault("custody/blocked")
        place = entry.keys[key][2]
        proposal = self.ledger.entries.get(place) if place is not None else None
        if proposal is None or proposal.kind != "change.proposed":
            raise Fault("dual-control/not-proposed")
        if proposal.seq not in self.ledger.payloads:
            raise Fault("payload/absent")
        if proposal.payload["mediaType"] != MEDIA_TYPE:
            raise Fault("payload/media-type-wrong")
        if entry.payload is not None and payload is None:
            raise Fault("payload/absent")
        if self.ledger.payloads[proposal.seq] != _change(entry, payload):
            raise Fault("dual-control/other-change")

    def _check_people(self, entry):
        proposal = self.ledger.entries[entry.keys[_list_of(entry)][2]]
        self.authority.check_writer(proposal)
        self.authority.check_writer(proposal, entry.seq)
        self.authority.check_writer(entry)
        second = self.authority.person_of(entry)
        first = [self.authority.person_of(proposal), self.authority.person_of(proposal, entry.seq)]
        if second is None or None in first:
            raise Fault("dual-control/person-unknown")
        if second in first:
            raise Fault("dual-control/same-person")
