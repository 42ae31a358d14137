"""Who is behind a stage, and how long ago: docs/spec/contract.md sections 3.2 and 3.3."""

from faults import Fault


class StagePeople:
    """Judges one stage; `stages` {name: what is looked at, None where `contract/stage` failed}, `sound` the sound signatures."""

    def __init__(self, stage, stages: dict, sound: list, authority):
        self.stage, self.stages, self.sound, self.authority = stage, stages, sound, authority
        self.looked_at = stages[stage.stage]
        self.asked = stage.threshold or 1

    def _person(self, one):
        return one.person(self.authority)

    def _persons(self) -> set:
        return {self._person(one) for one in self.looked_at}

    def _excluded(self) -> set:
        """Persons that do not count; None among them where one is unknown."""
        found = {self._person(one) for name in self.stage.distinct_from for one in self.stages[name] or ()}
        return found | ({self._person(one) for one in self.sound} if self.stage.distinct_from_builder else set())

    def threshold_fault(self):
        if self.looked_at is None:
            return "custody/blocked"
        persons = self._persons()
        if len(persons - {None}) >= self.asked:
            return None
        return "contract/person-unknown" if None in persons else "contract/too-few-people"

    def people_fault(self):
        if self.looked_at is None or any(self.stages[name] is None for name in self.stage.distinct_from):
            return "custody/blocked"
        if self.stage.threshold is not None and self.threshold_fault() is not None:
            return "custody/blocked"
        persons, excluded = self._persons(), self._excluded()
        if None not in excluded and len(persons - excluded - {None}) >= self.asked:
            return None
        return "contract/person-unknown" if None in persons | excluded else "contract/same-person"

    def _counts(self) -> bool:
        """Whether the stage has enough people at any age."""
        if self.stage.threshold is not None and self.threshold_fault() is not None:
            return False
        distinct = self.stage.distinct_from or self.stage.distinct_from_builder
        return not distinct or self.people_fault() is None

    def fresh_until(self, ledger) -> int:
        """The latest instant at which the stage is fresh, or the fault of one that is not."""
        if self.looked_at is None:
            raise Fault("custody/blocked")
        instant = ledger.instant_ms()
        if self.stage.counts_people() and not self._counts():
            raise Fault("custody/blocked")
        ends = [(one, one.first_entry.time_ms + self.stage.age_max_ms) for one in self.looked_at]
        if self.stage.counts_people():
            newest = {}
            for one, end in ends:
                person = self._person(one)
                if person is not None and person not in self._excluded():
                    newest[person] = max(newest.get(person, end), end)
            until = sorted(newest.values(), reverse=True)[self.asked - 1]
        else:
            until = max(end for _, end in ends)
        if instant > until:
            raise Fault("contract/stale")
        return until
