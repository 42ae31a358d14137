"""Limits over facts, and rules: docs/spec/contract.md sections 3.4 and 3.5. What cannot be told here is `custody/not-judged`, never passed."""

from facts import combine_documents
from faults import Fault
from previous_image import previous_of
from rule_evaluation import STEPS_MAX, STEPS_OF_VERDICT_MAX, TOO_COSTLY, KnownInPart, NotKnown, evaluate

NOT_JUDGED = "custody/not-judged"


def limit_fault(limit: str, most, facts):
    """Why the image does not keep a limit, or None."""
    member = {"imageBytesMax": "image", "layersMax": "image", "componentsMax": "components", "baseImages": "baseImage"}[limit]
    if member in facts.unjudged:
        return NOT_JUDGED
    stated = facts.stated.get(member)
    if limit == "baseImages":
        return _base_fault(most, stated)
    number = {"imageBytesMax": "bytes", "layersMax": "layers", "componentsMax": "count"}[limit]
    if stated is None or number not in stated:
        return "contract/fact-missing"
    return None if stated[number] <= most else "contract/limit-exceeded"


def _base_fault(allowed: list, stated):
    if stated is None:
        return "contract/fact-missing"
    name = stated.get("name")
    kept = stated.get("digest") in allowed or (
        name is not None and (name in allowed or any(one.endswith("*") and name.startswith(one[:-1]) for one in allowed))
    )
    return None if kept else "contract/base-image-not-allowed"


class Purse:
    """What all evaluations of a verdict have together. `unknown` counts those of which nobody here knows what they took."""

    def __init__(self):
        self.left, self.unknown = STEPS_OF_VERDICT_MAX, 0

    def reason(self, rule, names: dict):
        """Why the rule does not hold, or None."""
        limit = min(STEPS_MAX, self.left)
        try:
            reason, taken = evaluate(rule, names, limit)
        except NotKnown:
            self.unknown += 1
            return NOT_JUDGED
        self.left -= taken
        # With what those may have taken, less would be left than this one took, or than it may take.
        if self.unknown and (reason == TOO_COSTLY and limit < STEPS_MAX or self.left < self.unknown * STEPS_MAX):
            return NOT_JUDGED
        return reason


class LimitsAndRules:
    """Makes the checks of one contract; `counted` is what counts for it."""

    def __init__(self, ledger, authority, contract, counted: list, purse: Purse, checks):
        self.ledger, self.authority = ledger, authority
        self.contract, self.purse, self.checks = contract, purse, checks
        self.subject, self.repository = ledger.asked[:2]
        self._previous = None
        asks = contract.limits or contract.rules or any(stage.rules for stage in contract.stages)
        self.facts = combine_documents(counted, self.subject) if asks else None

    def limits(self):
        for name, most in self.contract.limits.items():
            reason = limit_fault(name, most, self.facts)
            self.checks.add("contract/limits", reason, reason == NOT_JUDGED, contract=self.contract.name, detail=name)

    def rules(self, stages: dict):
        """`stages` {stage: what is looked at, None where it does not meet the contract}."""
        for rule in self.contract.rules:
            reason = self._reason(rule, {})
            self.checks.add("contract/rule", reason, reason == NOT_JUDGED, contract=self.contract.name, detail=rule.name)
        for stage in self.contract.stages:
            for rule in stage.rules:
                about = {"contract": self.contract.name, "stage": stage.stage, "detail": rule.name}
                if stages[stage.stage] is None:
                    self.checks.add("contract/rule", "custody/blocked", True, **about)
                else:
                    self._of_stage(rule, stages[stage.stage], about)

    def _of_stage(self, rule, looked_at: list, about: dict):
        for one in looked_at:
            reason = self._reason(rule, _names_of(one))
            if reason is not None:
                self.checks.add("contract/rule", reason, reason == NOT_JUDGED, seq=one.entry.seq, **about)
                return
        self.checks.add("contract/rule", seq=looked_at[-1].entry.seq, **about)

    def _reason(self, rule, more: dict):
        names = {"image": {"digest": self.subject, "repository": self.repository}, "facts": _map_of(self.facts)}
        if rule.compares:
            previous = self._image_before()
            if isinstance(previous, Fault):
                return previous.code
            names["previous"] = {}
            if previous.digest is not None:
                names["previous"] = {"digest": previous.digest, "facts": _map_of(previous.facts)}
                # A document that is not read here may have a fault, and then nothing stands for the image.
                if previous.facts.unjudged:
                    self.purse.unknown += 1
                    return NOT_JUDGED
        return self.purse.reason(rule, names | more)

    def _image_before(self):
        """What stands for it, or the fault of what cannot be said."""
        if self._previous is None:
            try:
                repositories = list(dict.fromkeys([self.repository, *self.contract.taken_from]))
                self._previous = previous_of(self.ledger, self.authority, repositories)
            except Fault as fault:
                self._previous = fault
        return self._previous


def _map_of(facts) -> KnownInPart:
    return KnownInPart(facts.stated, facts.unjudged)


def _names_of(one) -> dict:
    entry = one.entry
    return {
        "predicate": one.statement.predicate if one.statement.predicate is not None else {},
        "attestation": {
            "predicateType": one.statement.predicate_type, "stage": entry.stage, "repository": entry.repository,
            "signer": entry.signer, "assurance": entry.assurance,
        },
    }
