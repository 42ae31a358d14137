"""Entries of the ledger by docs/spec/entry.md sections 1 to 5."""

import hashlib
import hmac

import log_keys
import names
from faults import Fault, recast
from members import array, closed, distinct, integer, matching, one_of, text, from_hex
from merkle import leaf_hash
from strict_json import canonical

BYTES_MAX = 65_535
KEYS_MAX = 66
RESERVED_KINDS = frozenset(
    "environment.snapshot payload.erased trusted-root.published".split()
)
ROLES = ("pipeline", "release-manager", "auditor", "operator", "admin")
# What takes two people (docs/spec/dual-control.md section 2), and so can be proposed.
PROPOSED_KINDS = (
    "settings.changed", "contract.published", "contract.withdrawn", "signer.registered", "signer.revoked", "signer.rotated",
    "principal.granted", "principal.revoked", "token.issued",
)
USES = ("attest", "image", "service", "verdict")

# kind: members that it requires, members that it allows, members of its body.
KINDS = {
    "log.opened": ((), (), ("mapRule", "logKeys", "controlKeys", "controlThreshold", "predecessor?")),
    "log.sealed": ((), ("control",), ("successor", "logKeys")),
    "control-keys.changed": ((), ("control",), ("controlKeys", "controlThreshold")),
    "log-key.rotated": ((), ("control",), ("previousLogKeys", "logKeys", "signatures")),
    "map.committed": ((), (), ("keys", "root")),
    "image.signed": (
        ("repository", "signer", "assurance", "predicateType", "payload"),
        ("run",),
        ("digest", "mediaType", "size", "shape", "children"),
    ),
    "attestation.recorded": (
        ("repository", "stage", "assurance", "signer", "payload"),
        ("predicateType", "run"),
        ("form", "subjects"),
    ),
    "run.opened": (("repository", "run"), (), ("commit", "contracts", "stages", "expires")),
    "run.closed": (("repository", "run"), (), ("commit", "outcome")),
    "run.expired": (("repository", "run"), (), ("commit",)),
    "contract.published": (("payload",), ("control",), ("contract", "version", "repositories", "previousRepositories", "from?")),
    "contract.withdrawn": ((), ("control",), ("contract", "version", "repositories")),
    "signer.registered": (("payload",), ("control",), ("signer", "use")),
    "signer.revoked": ((), ("control",), ("signer", "effective")),
    "signer.rotated": (("payload",), ("control",), ("signer", "successor", "until")),
    "principal.granted": (("payload",), ("control",), ("principal", "role")),
    "principal.revoked": ((), ("control",), ("principal",)),
    "verdict.recorded": (
        ("repository", "signer", "payload"),
        (),
        ("digest", "verdict", "cut", "evaluated", "evaluator", "trust", "view?", "contracts?", "environment?"),
    ),
    "image.released": (("repository",), (), ("digest", "environment", "verdict")),
    "image.retired": (("repository",), (), ("digest", "environment?")),
    "waiver.requested": (
        ("repository", "payload"),
        (),
        ("waiver", "digest", "check", "contract", "stage?", "rule?", "expires", "breakGlass"),
    ),
    "waiver.approved": (("repository",), ("control",), ("waiver", "digest")),
    "waiver.revoked": (("repository",), (), ("waiver", "digest")),
    "settings.changed": ((), ("control",), ("dualControl",)),
    "change.proposed": (("payload",), (), ("kind", "key")),
    "token.issued": ((), (), ("principal", "lifetimeSeconds")),
}
_HEADER = ("v", "log", "seq", "time", "kind", "keys", "principal", "body")
_FIELDS = ("repository", "stage", "run", "signer", "assurance", "predicateType", "payload", "control")


def _printable(value, low: int, high: int) -> str:
    matching(value, names.PRINTABLE)
    return text(value, low, high)


def _predecessor(value):
    closed(value, ("origin",), ("anchored", "recovered"))
    matching(value["origin"], names.ORIGIN)
    for name in ("anchored", "recovered"):
        if name in value:
            closed(value[name], ("size", "root"))
            integer(value[name]["size"], 1)
            from_hex(value[name]["root"], 32)


def _pinned(value):
    """Versions of contracts, ascending by name."""
    found = []
    for one in array(value, 0, 64):
        closed(one, ("contract", "version"))
        integer(one["version"], 1)
        found.append(names.name(one["contract"]))
    _ascending(found)


def _ascending(found: list):
    if any(not before < after for before, after in zip(found, found[1:])):
        raise Fault("encoding/not-allowed")


def _true_or_false(value):
    if not isinstance(value, bool):
        raise Fault("encoding/wrong-type")


def _globs(value, low):
    return distinct(value, low, 16, names.glob)


_BODY_MEMBERS = {
    "mapRule": lambda value: one_of(value, ("waybill/map/v1",)),
    "keys": integer,
    "root": lambda value: from_hex(value, 32),
    "logKeys": lambda value: distinct(value, 1, 8, lambda one: _printable(one, 1, 512)),
    "controlKeys": lambda value: distinct(value, 0, 16, lambda one: _printable(one, 1, 1024)),
    "controlThreshold": lambda value: integer(value, 0, 16),
    "predecessor": lambda value: _predecessor(value),
    "successor": lambda value: matching(value, names.ORIGIN),
    "digest": names.digest,
    "mediaType": lambda value: matching(value, names.MEDIA_TYPE),
    "size": lambda value: integer(value, 1),
    "shape": lambda value: one_of(value, ("image", "index")),
    "children": lambda value: distinct(value, 0, 64, names.digest),
    "form": lambda value: one_of(value, ("envelope", "bundle")),
    "subjects": lambda value: distinct(value, 1, 64, lambda one: matching(one, names.SUBJECT)),
    "contract": names.name,
    "version": lambda value: integer(value, 1),
    "repositories": lambda value: _globs(value, 1),
    "previousRepositories": lambda value: _globs(value, 0),
    "from": lambda value: distinct(value, 1, 8, names.repository),
    "signer": names.signer_id,
    "use": lambda value: one_of(value, USES),
    "effective": names.time_ms,
    "principal": names.name,
    "role": lambda value: one_of(value, ROLES),
    "verdict": lambda value: one_of(value, ("pass", "waived", "fail", "unjudged")),
    "cut": lambda value: integer(value, 1),
    "evaluated": names.time_ms,
    "evaluator": lambda value: matching(value, names.EVALUATOR),
    "trust": names.signer_id,
    "view": lambda value: one_of(value, ("then",)),
    "contracts": names.signer_id,
    "environment": names.name,
    "commit": lambda value: matching(value, names.COMMIT),
    "stages": lambda value: _ascending([names.name(one) for one in array(value, 0, 512)]),
    "expires": names.time_ms,
    "outcome": lambda value: one_of(value, ("succeeded", "failed", "cancelled")),
    "until": names.time_ms,
    "waiver": lambda value: matching(value, names.WAIVER),
    "check": lambda value: matching(value, names.CONTRACT_CHECK),
    "stage": names.name,
    "rule": lambda value: matching(value, names.RULE_OR_LIMIT),
    "breakGlass": _true_or_false,
    "dualControl": _true_or_false,
    "kind": lambda value: one_of(value, PROPOSED_KINDS),
    "key": lambda value: matching(value, names.PROPOSED_LIST),
    "lifetimeSeconds": lambda value: integer(value, 60, 31_622_400),
}
# Members that are spelled like another kind's and mean something else.
_MEMBERS_OF_KINDS = {
    ("run.opened", "contracts"): _pinned,
    ("signer.rotated", "successor"): names.signer_id,
    ("image.released", "verdict"): integer,
    ("control-keys.changed", "controlKeys"): lambda value: distinct(value, 1, 16, lambda one: _printable(one, 1, 1024)),
    ("control-keys.changed", "controlThreshold"): lambda value: integer(value, 1, 16),
}


class Entry:
    """A read entry: `data` exact bytes, `hash` of them, `keys` {key: (n, prev, prevSeq)}, other members as they stand."""

    def __init__(self, value: dict, data: bytes):
        self.value, self.data, self.hash = value, data, leaf_hash(data)
        self.log, self.seq, self.prev = value["log"], value["seq"], value.get("prev")
        self.time, self.kind, self.principal = value["time"], value["kind"], value["principal"]
        self.time_ms = names.time_ms(self.time)
        self.keys = {one["key"]: (one["n"], one.get("prev"), one.get("prevSeq")) for one in value["keys"]}
        self.repository, self.stage, self.run = value.get("repository"), value.get("stage"), value.get("run")
        self.signer, self.assurance = value.get("signer"), value.get("assurance")
        self.predicate_type, self.payload = value.get("predicateType"), value.get("payload")
        self.body, self.control = value.get("body"), value.get("control")

    def in_force(self) -> bool:
        return self.kind in KINDS


def _check_keys(value):
    if not isinstance(value, list) or len(value) > KEYS_MAX:
        raise Fault("encoding/wrong-type")
    before = None
    for one in value:
        closed(one, ("key", "n"), ("prev", "prevSeq"))
        key = matching(one["key"], names.LIST_KEY)
        if before is not None and not before < key:
            raise Fault("encoding/not-allowed")
        before = key
        first = integer(one["n"], 1) == 1
        if ("prev" in one) == first or ("prevSeq" in one) == first:
            raise Fault("encoding/missing-member")
        if not first:
            from_hex(one["prev"], 32)
            integer(one["prevSeq"])


def _check_payload(value):
    closed(value, ("commitment", "mediaType", "size"))
    from_hex(value["commitment"], 32)
    matching(value["mediaType"], names.MEDIA_TYPE)
    integer(value["size"])


_FIELD_FORMS = {
    "repository": names.repository,
    "stage": names.name,
    "run": names.name,
    "signer": names.signer_id,
    "assurance": lambda value: one_of(value, ("pipeline", "keyless", "service", "unsigned")),
    "predicateType": lambda value: _printable(value, 1, 255),
    "payload": _check_payload,
    "control": lambda value: _printable(value, 0, 16_384),
}


def _check_header(value: dict):
    closed(value, _HEADER, ("prev",) + _FIELDS)
    matching(value["log"], names.ORIGIN)
    integer(value["seq"])
    names.time_ms(value["time"])
    matching(value["kind"], names.KIND)
    names.name(value["principal"])
    if "prev" in value:
        from_hex(value["prev"], 32)
    _check_keys(value["keys"])
    for field in _FIELDS:
        if field in value:
            _FIELD_FORMS[field](value[field])


def _keys_of(value: dict) -> set:
    """What an entry of a kind in force is filed under (section 4)."""
    kind, body = value["kind"], value["body"]
    area = kind.split(".")[0]
    runs = {"run:" + value["run"]} if "run" in value else set()
    if area in ("log", "log-key", "settings") or kind == "control-keys.changed":
        return {"trust"}
    if area == "change":
        return {body["key"]}
    if area == "token":
        return {"principal:" + body["principal"]}
    if area == "run":
        return runs | {names.source_key(value["repository"], body["commit"])}
    if kind == "signer.rotated":
        return {"signer:" + body["signer"], "signer:" + body["successor"]}
    if area == "waiver":
        return {"waiver:" + body["waiver"], "image:" + body["digest"]}
    if kind in ("image.released", "image.retired"):
        released = {names.release_key(value["repository"], body["environment"])} if "environment" in body else set()
        return released | {"image:" + body["digest"]}
    if area == "map":
        return set()
    if kind == "image.signed":
        return runs | {"image:" + digest for digest in [body["digest"], *body["children"]]}
    if kind == "attestation.recorded":
        return runs | {
            "image:" + subject
            if subject.startswith("sha256:")
            else names.source_key(value["repository"], subject[len("gitCommit:") :])
            for subject in body["subjects"]
        }
    if area == "contract":
        globs = body["repositories"] + body.get("previousRepositories", [])
        return {"contract:" + body["contract"]} | {names.coverage_key(glob) for glob in globs}
    if kind == "verdict.recorded":
        return {"verdict:" + body["digest"]}
    return {area + ":" + body[area]}


def _check_kind(value: dict):
    required, allowed, body_members = KINDS[value["kind"]]
    for field in required:
        if field not in value:
            raise Fault("entry/field-missing", field)
    for field in _FIELDS:
        if field in value and field not in required and field not in allowed:
            raise Fault("entry/field-unexpected", field)
    try:
        needed = [name for name in body_members if not name.endswith("?")]
        body = closed(value["body"], needed, [name[:-1] for name in body_members if name.endswith("?")])
        if value["kind"] == log_keys.KIND:
            log_keys.check_body(body, lambda one: _printable(one, 1, 512))
            body = {}
        for name in body:
            _MEMBERS_OF_KINDS.get((value["kind"], name), _BODY_MEMBERS[name])(body[name])
        if value["kind"] == "signer.rotated" and body["signer"] == body["successor"]:
            raise Fault("encoding/not-allowed")
    except Fault:
        raise Fault("entry/body-malformed") from None
    if {one["key"] for one in value["keys"]} != _keys_of(value):
        raise Fault("entry/keys-wrong")


def read_entry(value) -> Entry:
    """Entry of a JSON value; its exact bytes are the canonical form of it."""
    data = canonical(value)
    if len(data) > BYTES_MAX:
        raise Fault("entry/too-large")
    if any(byte < 0x20 or byte > 0x7E or byte == 0x3C for byte in data):
        raise Fault("entry/not-ascii")
    version = value.get("v") if isinstance(value, dict) else None
    if not isinstance(version, (int, float)) or isinstance(version, bool):
        raise Fault("entry/malformed")
    if version != 1:
        raise Fault("entry/unsupported-version")
    recast("entry/malformed", _check_header, value)
    if value["seq"] == 0 and "prev" in value:
        raise Fault("entry/first-has-prev")
    if value["seq"] > 0 and "prev" not in value:
        raise Fault("entry/prev-missing")
    if any(one.get("prevSeq", -1) >= value["seq"] for one in value["keys"]):
        raise Fault("entry/malformed")
    if value["kind"] in KINDS:
        _check_kind(value)
    return Entry(value, data)


def check_commitment(entry: Entry, salt, payload: bytes):
    """The fault of a payload that is not what the entry commits to. `salt` is 32 bytes, or None."""
    if len(payload) != entry.payload["size"]:
        raise Fault("payload/size-wrong")
    message = b"waybill/payload/v1\x00" + payload
    if salt is None or hmac.new(salt, message, hashlib.sha256).hexdigest() != entry.payload["commitment"]:
        raise Fault("payload/commitment-wrong")
