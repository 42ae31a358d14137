"""Documents that entries commit to: signers, grants, signed images (docs/spec/entry.md section 6), contracts."""

import re

import names
from entries import ROLES
from faults import Fault, recast
from members import array, closed, distinct, from_base64, integer, matching, one_of, text
from rule_words import check_text
from rules import read_rule
from signatures import PublicKey, read_spki
from strict_json import parse_canonical

AGE_MAX_SECONDS = 3_162_240_000
ROTATION_TYPE = "application/vnd.waybill.rotation+json"
ABSOLUTE_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[\x21-\x7e]+")
_DURATION = re.compile(r"[1-9][0-9]{0,6}[smhd]")
_BASE_IMAGE = re.compile(r"[\x21-\x7e]+")
_LIMITS = ("imageBytesMax", "layersMax", "componentsMax", "baseImages")
MANIFEST_BYTES_MAX = 4 * 2**20


class Scope:
    def __init__(self, value: dict):
        self.repositories = distinct(value["repositories"], 1, 64, names.glob)
        self.stages = distinct(value["stages"], 1, 64, lambda one: one if one == "*" else names.name(one))

    def has_repository(self, repository: str) -> bool:
        return any(names.glob_matches(glob, repository) for glob in self.repositories)

    def has_stage(self, stage: str) -> bool:
        return "*" in self.stages or stage in self.stages

    def within(self, other: "Scope") -> bool:
        globs = all(any(names.glob_within(one, outer) for outer in other.repositories) for one in self.repositories)
        return globs and all(other.has_stage(one) for one in self.stages)


class SignerDocument:
    def __init__(self, value):
        closed(value, ("algorithm", "spki", "repositories", "stages"), ("title", "ageSecondsWarn", "ageSecondsMax"))
        self.scope = Scope(value)
        if "title" in value:
            text(value["title"], 1, 200)
        ages = [integer(value[one], 1, AGE_MAX_SECONDS) for one in ("ageSecondsWarn", "ageSecondsMax") if one in value]
        if ages != sorted(ages):
            raise Fault("encoding/not-allowed")
        self.age_max_seconds = value.get("ageSecondsMax")
        self.key: PublicKey = read_spki(from_base64(value["spki"]))
        one_of(value["algorithm"], (self.key.algorithm,))


def read_signer(data: bytes) -> SignerDocument:
    try:
        return SignerDocument(parse_canonical(data))
    except Fault:
        raise Fault("signer/malformed-document") from None


class Rotation:
    """What the envelope of a `signer.rotated` says."""

    def __init__(self, value):
        closed(value, ("type", "log", "signer", "successor", "until"))
        one_of(value["type"], ("waybill/rotation/v1",))
        self.log = matching(value["log"], names.ORIGIN)
        self.signer = names.signer_id(value["signer"])
        self.successor = SignerDocument(value["successor"])
        names.time_ms(value["until"])
        self.until = value["until"]


def read_rotation(envelope) -> Rotation:
    try:
        one_of(envelope.payload_type, (ROTATION_TYPE,))
        return Rotation(parse_canonical(envelope.payload))
    except Fault:
        raise Fault("signer/malformed-rotation") from None


def read_waiver(data: bytes):
    try:
        text(closed(parse_canonical(data), ("reason",))["reason"], 1, 2000)
    except Fault:
        raise Fault("waiver/malformed-document") from None


class Grant:
    def __init__(self, value):
        closed(value, ("role", "repositories", "stages"), ("person", "title"))
        self.role = one_of(value["role"], ROLES)
        self.scope = Scope(value)
        self.person = names.name(value["person"]) if "person" in value else None
        if "title" in value:
            text(value["title"], 1, 200)
        everything = "*" in self.scope.repositories and "*" in self.scope.stages
        if self.role == "admin" and not everything:
            raise Fault("grant/admin-limited")


def read_grant(data: bytes) -> Grant:
    return recast("grant/malformed-document", lambda: Grant(parse_canonical(data)))


class SignedImage:
    def __init__(self, value):
        closed(value, ("bundle", "manifest", "simpleSigning"))
        self.bundle = from_base64(text(value["bundle"], 1))
        self.manifest = from_base64(text(value["manifest"], 1))
        if len(self.manifest) > MANIFEST_BYTES_MAX:
            raise Fault("encoding/too-long")
        simple = closed(value["simpleSigning"], ("payload", "signature"))
        self.simple_payload = from_base64(text(simple["payload"], 1))
        self.simple_signature = from_base64(text(simple["signature"], 1))


def read_signed_image(data: bytes) -> SignedImage:
    return recast("image/malformed-signed-image", lambda: SignedImage(parse_canonical(data)))


class Stage:
    """What a contract asks of one stage; `types` and `signers` are None where any will do."""

    def __init__(self, value):
        optional = ("predicateTypes", "signers", "assurance", "after", "count", "on", "threshold", "distinctFrom")
        optional += ("distinctFromBuilder", "maxAge", "rules")
        closed(value, ("stage",), optional)
        self.stage = names.name(value["stage"])
        self.types = self.signers = None
        if "predicateTypes" in value:
            self.types = distinct(value["predicateTypes"], 1, 32, lambda one: text(one, 1, 255))
        if "signers" in value:
            self.signers = distinct(value["signers"], 1, 64, names.signer_id)
        self.assurance = one_of(value.get("assurance", "service"), ("pipeline", "service"))
        self.after = distinct(value["after"], 1, 64, names.name) if "after" in value else []
        self.count = one_of(value.get("count", "all"), ("all", "latest"))
        self.on = one_of(value.get("on", "image"), ("image", "source"))
        self.threshold = integer(value["threshold"], 1, 16) if "threshold" in value else None
        self.distinct_from = distinct(value["distinctFrom"], 1, 64, names.name) if "distinctFrom" in value else []
        self.distinct_from_builder = "distinctFromBuilder" in value
        if self.distinct_from_builder and value["distinctFromBuilder"] is not True:
            raise Fault("encoding/not-allowed")
        self.age_max_ms = _duration_ms(value["maxAge"]) if "maxAge" in value else None
        self.rules = _rules(value)

    def counts_people(self) -> bool:
        return self.threshold is not None or bool(self.distinct_from) or self.distinct_from_builder


def _duration_ms(value) -> int:
    matching(value, _DURATION)
    return int(value[:-1]) * {"s": 1, "m": 60, "h": 3600, "d": 86_400}[value[-1]] * 1000


def _rules(value: dict) -> list:
    """(name, expression) of each rule; `_read_rule` reads the expressions, whose faults come last."""
    found = []
    for one in array(value["rules"], 1, 16) if "rules" in value else []:
        closed(one, ("rule", "expression"), ("title",))
        found.append((names.name(one["rule"]), check_text(one["expression"])))
        if "title" in one:
            text(one["title"], 1, 200)
    return found


def _limits(value: dict) -> dict:
    """Limits by name, in the order in which they are checked."""
    if "limits" not in value:
        return {}
    limits = closed(value["limits"], (), _LIMITS)
    for name in _LIMITS[:3]:
        if name in limits:
            integer(limits[name])
    if "baseImages" in limits:
        distinct(limits["baseImages"], 1, 64, lambda one: text(matching(one, _BASE_IMAGE), 1, 255))
    return {name: limits[name] for name in _LIMITS if name in limits}


class Runs:
    def __init__(self, value):
        closed(value, ("required",), ("attemptsMax", "failedAttemptsMax"))
        if not isinstance(value["required"], bool):
            raise Fault("encoding/wrong-type")
        self.required = value["required"]
        self.attempts_max = integer(value["attemptsMax"], 1, 1000) if "attemptsMax" in value else None
        self.failed_max = integer(value["failedAttemptsMax"], 0, 1000) if "failedAttemptsMax" in value else None


class Contract:
    """What a contract asks for."""

    def __init__(self, value):
        closed(value, ("contract", "repositories", "stages"), ("title", "from", "vexFrom", "limits", "rules", "runs"))
        self.name = names.name(value["contract"])
        if "title" in value:
            text(value["title"], 1, 200)
        self.repositories = distinct(value["repositories"], 1, 16, names.glob)
        # Other repositories of which what is known of the same image counts for it, too.
        self.taken_from = distinct(value["from"], 1, 8, names.repository) if "from" in value else []
        # Whose VEX sets vulnerabilities aside: no other fact differs by it, and those that do are not known here.
        self.vex_from = distinct(value["vexFrom"], 0, 64, names.name) if "vexFrom" in value else None
        self.stages = [Stage(one) for one in array(value["stages"], 0, 64)]
        self.limits, self.rules = _limits(value), _rules(value)
        self.runs = Runs(value["runs"]) if "runs" in value else None


def _check_stages(contract: Contract):
    after = {}
    for stage in contract.stages:
        if any(ABSOLUTE_URI.fullmatch(one) is None for one in stage.types or ()):
            raise Fault("contract/unknown-predicate-type")
        if stage.stage in after:
            raise Fault("contract/duplicate-stage")
        after[stage.stage] = set(stage.after)
    for stage in contract.stages:
        if not {*stage.after, *stage.distinct_from} <= after.keys():
            raise Fault("contract/unknown-stage")
        if stage.stage in stage.distinct_from:
            raise Fault("contract/distinct-from-itself")
    if not set(contract.vex_from or ()) <= after.keys():
        raise Fault("contract/unknown-stage")
    while after:
        free = [stage for stage, before in after.items() if not before & after.keys()]
        if not free:
            raise Fault("contract/cyclic-order")
        for stage in free:
            del after[stage]
    seen = set()
    for part, of_stage in [(contract, False), *((stage, True) for stage in contract.stages)]:
        part.rules = [_read_rule(*one, of_stage, seen) for one in part.rules]


def _read_rule(name: str, expression: str, of_stage: bool, seen: set):
    if name in seen:
        raise Fault("contract/duplicate-rule")
    seen.add(name)
    return read_rule(name, expression, of_stage)


def read_contract(data: bytes) -> Contract:
    contract = recast("contract/malformed", lambda: Contract(parse_canonical(data)))
    _check_stages(contract)
    return contract
