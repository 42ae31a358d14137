"""Contracts that apply, and what they ask: docs/spec/contract.md sections 2 and 3."""

import names
from attestation_checks import counted_together
from authority import WITHOUT_EFFECT
from documents import read_contract
from faults import Fault
from ledger_shown import not_in_force
from limits_and_rules import LimitsAndRules, Purse
from names import time_ms
from stage_people import StagePeople


class ContractChecks:
    """`applies` the contracts in force for the repository; `unreadable` whether one could not be read; `until_ms` instants
    after which something that passed would not."""

    def __init__(self, ledger, authority, checks):
        self.ledger, self.authority, self.checks = ledger, authority, checks
        self.until_ms, self.purse = [], Purse()
        self.repository = ledger.asked[1]
        self.applies, self.unreadable = [], False
        gap = self._covers()
        if gap or self.unreadable:
            self.checks.add("contract/covers", "list/gap", True)
            self.unreadable = True
        elif not self.applies:
            self.checks.add("contract/covers", "contract/none", True)

    def taken_from(self) -> list:
        """The other repositories that contracts which apply take the image from."""
        return sorted({one for contract in self.applies for one in contract.taken_from} - {self.repository})

    def judge(self, found: dict):
        """`found` {repository: its AttestationChecks}, of the repository in question and of those that images are taken from."""
        for contract in self.applies:
            places = [found[one] for one in dict.fromkeys([self.repository, *contract.taken_from])]
            self.runs = {one.repository: one.runs for one in places}
            self.counted = counted_together(places)
            self._judge(contract)

    def _covers(self) -> bool:
        found, gap = set(), False
        for glob in names.globs_that_can_match(self.repository):
            key = names.coverage_key(glob)
            # A version without effect names its contract all the same: the list of that one may be what does not hold together.
            for entry in self.ledger.standing_under(key) if key in self.ledger.whole else []:
                if entry.in_force():
                    found.add(entry.body["contract"])
            if key not in self.ledger.whole or not all(one.in_force() for one in self.ledger.standing_under(key)):
                gap = True
        for name in sorted(found):
            try:
                listed = [one for one in self.ledger.list_of("contract:" + name) if one.kind not in WITHOUT_EFFECT]
                contract = self._in_force(name, listed) if listed else None
            except Fault as fault:
                self.checks.add("contract/covers", fault.code, contract=name)
                self.unreadable = True
                continue
            if contract is not None:
                self.checks.add("contract/covers", seq=listed[-1].seq, contract=name)
                self.applies.append(contract)
        return gap

    def _in_force(self, name: str, listed: list):
        """The contract where it applies, None where it asks for nothing of this repository."""
        version, globs = 0, []
        for entry in listed:
            if not entry.in_force():
                raise Fault(not_in_force(entry))
            if entry.kind == "contract.published":
                version += 1
                good = entry.body["version"] == version and entry.body["previousRepositories"] == globs
                globs = entry.body["repositories"]
            else:
                good = entry.body["version"] == version and entry.body["repositories"] == globs
            if not good:
                raise Fault("contract/versions-inconsistent")
            self.authority.check_writer(entry)
        newest = listed[-1]
        if newest.kind == "contract.withdrawn":
            return None
        contract = read_contract(self.ledger.payload_of(newest))
        said = (name, newest.body["repositories"], newest.body.get("from", []))
        if (contract.name, contract.repositories, contract.taken_from) != said:
            raise Fault("contract/body-differs")
        if not any(names.glob_matches(glob, self.repository) for glob in contract.repositories):
            return None
        return contract

    def _judge(self, contract):
        signatures = [one for one in self.counted if one.entry.kind == "image.signed"]
        sound = [one for one in signatures if one.sound]
        reason = None if sound else "contract/signature-failed" if signatures else "contract/signature-missing"
        seq = sound[0].entry.seq if sound else None
        self.checks.add("contract/signature", reason, seq=seq, contract=contract.name)
        stages = {}
        for stage in contract.stages:
            looked_at, reason, seq = self._stage(stage)
            stages[stage.stage] = None if reason is not None else looked_at
            self.checks.add("contract/stage", reason, seq=seq, contract=contract.name, stage=stage.stage)
        for stage in contract.stages:
            if stage.after:
                self._order(contract.name, stage, stages)
        people = {stage.stage: StagePeople(stage, stages, sound, self.authority) for stage in contract.stages}
        for stage in contract.stages:
            if stage.threshold is not None:
                self._person_check("contract/threshold", contract, stage, people[stage.stage].threshold_fault)
        for stage in contract.stages:
            if stage.distinct_from or stage.distinct_from_builder:
                self._person_check("contract/people", contract, stage, people[stage.stage].people_fault)
        for stage in contract.stages:
            if stage.age_max_ms is not None:
                self._freshness(contract, stage, people[stage.stage])
        more = LimitsAndRules(self.ledger, self.authority, contract, self.counted, self.purse, self.checks)
        more.limits()
        more.rules(stages)
        self._runs(contract, sound)

    def _person_check(self, code: str, contract, stage, fault):
        reason = fault()
        self.checks.add(code, reason, reason == "custody/blocked", contract=contract.name, stage=stage.stage)

    def _freshness(self, contract, stage, people):
        about = {"contract": contract.name, "stage": stage.stage}
        try:
            until = people.fresh_until(self.ledger)
            self.checks.add("contract/freshness", **about)
            self.until_ms.append(until)
        except Fault as fault:
            self.checks.add("contract/freshness", fault.code, fault.code == "custody/blocked", **about)

    def _stage(self, stage):
        found = [
            one for one in self.counted
            if one.entry.kind == "attestation.recorded" and one.entry.stage == stage.stage and stage.on in one.on
        ]
        if not found:
            return found, "contract/stage-missing", None
        if stage.count == "latest":
            found = self._newest(found, stage.threshold is not None)
        for one in found:
            reason = self._unmet(stage, one)
            if reason is not None:
                return found, reason, one.entry.seq
        return found, None, found[-1].entry.seq

    def _newest(self, found: list, by_author: bool) -> list:
        """Those with the highest first record, of all or of each author."""

        def author(one):
            person = one.person(self.authority) if by_author else None
            return ("person", person) if person is not None else ("principal", one.filed_entry.principal if by_author else "")

        newest = {}
        for one in found:
            newest[author(one)] = max(newest.get(author(one), -1), one.first_record)
        return [one for one in found if one.first_record == newest[author(one)]]

    @staticmethod
    def _unmet(stage, one):
        if not one.sound:
            return "contract/stage-attestation-failed"
        if stage.types is not None and one.statement.predicate_type not in stage.types:
            return "contract/wrong-predicate-type"
        if stage.signers is not None and not {one.entry.signer, *one.signer.follows} & set(stage.signers):
            return "contract/wrong-signer"
        if stage.assurance == "pipeline" and one.entry.assurance != "pipeline":
            return "contract/wrong-assurance"
        return None

    def _order(self, name: str, stage, stages):
        about = {"contract": name, "stage": stage.stage}
        if stages[stage.stage] is None:
            self.checks.add("contract/order", "custody/blocked", True, **about)
            return
        own = _lowest(stages[stage.stage])
        early = any(stages[before] is None or own <= _lowest_filed(stages[before]) for before in stage.after)
        self.checks.add("contract/order", "contract/stage-too-early" if early else None, **about)

    # Runs: docs/spec/contract.md section 4.

    def _runs(self, contract, sound: list):
        looked_at = [one for one in sound if one.entry.run in self._runs_of(one).accounted]
        required = contract.runs is not None and contract.runs.required
        if not required and not looked_at:
            return
        succeeded = [one for one in looked_at if self._runs_of(one).opened[one.entry.run].outcome == "succeeded"]
        by = (succeeded or looked_at[-1:] or [None])[0]
        decisive = self._runs_of(by).opened[by.entry.run] if by is not None else None
        self._run(contract, required, by, decisive)
        if required:
            self._expected(contract, decisive)
        if contract.runs is not None and (contract.runs.attempts_max, contract.runs.failed_max) != (None, None):
            reason = self._attempts(contract.runs, by, decisive)
            self.checks.add("contract/attempts", reason, reason == "custody/blocked", contract=contract.name)

    def _runs_of(self, one):
        """The runs of the repository that a signature is of."""
        return self.runs[one.entry.repository]

    def _run(self, contract, required: bool, by, decisive):
        reason = None
        if decisive is None:
            reason = "contract/run-missing"
        elif decisive.outcome in ("failed", "cancelled", "expired"):
            reason = "run/" + decisive.outcome
        elif decisive.outcome == "open":
            try:
                overdue = decisive.expires_ms <= time_ms(self.ledger.at)
                reason = "run/overdue" if overdue else "run/open" if required else None
            except Fault:
                reason = "custody/bad-evaluation-time"
            if reason is None:
                self.until_ms.append(decisive.expires_ms)
        self.checks.add("contract/run", reason, contract=contract.name, seq=by.entry.seq if by is not None else None)

    def _expected(self, contract, decisive):
        if decisive is None:
            self.checks.add("contract/expected-stages", "custody/blocked", True, contract=contract.name)
            return
        there = {one.entry.stage for one in self.counted if one.entry.kind == "attestation.recorded"}
        missing = [stage for stage in decisive.stages if stage not in there]
        for stage in missing:
            about = {"contract": contract.name, "stage": stage}
            self.checks.add("contract/expected-stages", "contract/expected-stage-missing", **about)
        if not missing:
            self.checks.add("contract/expected-stages", contract=contract.name)

    def _attempts(self, asked, by, decisive):
        attempts = self._runs_of(by).attempts.get(decisive.commit) if decisive is not None else None
        if attempts is None:
            return "custody/blocked"
        before = [one for one in attempts if one.opened.seq < decisive.opened.seq]
        if asked.attempts_max is not None and len(before) + 1 > asked.attempts_max:
            return "contract/too-many-attempts"
        if asked.failed_max is not None and sum(one.outcome != "succeeded" for one in before) > asked.failed_max:
            return "contract/too-many-failed-attempts"
        return None


def _lowest(looked_at: list) -> int:
    return min(one.first_record for one in looked_at)


def _lowest_filed(looked_at: list) -> int:
    return min(one.filed_entry.seq for one in looked_at)
