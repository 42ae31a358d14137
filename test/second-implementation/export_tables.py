"""The tables of an export, a row for each entry of their kinds: docs/spec/export.md section 4."""

import hashlib

from documents import read_waiver
from entries import KINDS
from faults import Fault
from strict_json import parse, parse_canonical

_TRUST_KINDS = (
    "change.proposed", "contract.published", "contract.withdrawn", "control-keys.changed", "log-key.rotated", "log.opened", "log.sealed",
    "principal.granted", "principal.revoked", "settings.changed", "signer.registered", "signer.revoked", "signer.rotated", "token.issued",
)
_COMMON = ("seq", "time", "kind"), ("principal", "entry_sha256")


def _joined(values):
    """The cell of a list, None for one that is not there or has nothing to show."""
    return " ".join(values) if values else None


def _n(entry, area: str):
    return next((place[0] for key, place in sorted(entry.keys.items()) if key.startswith(area + ":")), None)


def _yes(value):
    return None if value is None else "yes" if value else "no"


def _image(entry, row) -> dict:
    body = entry.body
    return {
        "repository": entry.repository, "digest": body["digest"], "shape": body["shape"], "children": len(body["children"]),
        "media_type": body["mediaType"], "size": body["size"], "run": entry.run, "signer": entry.signer,
        "assurance": entry.assurance, "predicate_type": entry.predicate_type,
    }


def _attestation(entry, row) -> dict:
    return {
        "repository": entry.repository, "stage": entry.stage, "subjects": _joined(entry.body["subjects"]),
        "predicate_type": entry.predicate_type, "form": entry.body["form"], "run": entry.run, "signer": entry.signer,
        "assurance": entry.assurance, "payload_commitment": entry.payload["commitment"], "payload_size": entry.payload["size"],
    }


def _run(entry, row) -> dict:
    body = entry.body
    return {
        "run": entry.run, "repository": entry.repository, "commit": body["commit"],
        "outcome": "expired" if entry.kind == "run.expired" else body.get("outcome"), "expires": body.get("expires"),
        "contracts": _joined(["%s@%d" % (one["contract"], one["version"]) for one in body.get("contracts", ())]),
        "stages": _joined(body.get("stages")), "entry_of_run": _n(entry, "run"), "entry_of_commit": _n(entry, "source"),
    }


def _release(entry, row) -> dict:
    body = entry.body
    return {
        "repository": entry.repository, "digest": body["digest"], "environment": body.get("environment"),
        "verdict_seq": body.get("verdict"), "entry_of_environment": _n(entry, "release"),
    }


def _verdict(entry, row) -> dict:
    body = entry.body
    same = ("digest", "environment", "verdict", "cut", "view", "evaluated", "evaluator")
    found = {name: body.get(name) for name in same}
    return found | {
        "repository": entry.repository, "trust_sha256": body["trust"], "contracts_sha256": body.get("contracts"), "signer": entry.signer,
    }


def _reason(row) -> str:
    if row.document is None:
        return "[not shown]"
    try:
        read_waiver(row.document)
        return parse(row.document)["reason"]
    except Fault:
        return "[does not read]"


def _waiver(entry, row) -> dict:
    body = entry.body
    found = {name: body.get(name) for name in ("waiver", "digest", "check", "contract", "stage", "rule", "expires")}
    requested, approved = entry.kind == "waiver.requested", entry.kind == "waiver.approved"
    return found | {
        "repository": entry.repository, "break_glass": _yes(body.get("breakGlass")), "reason": _reason(row) if requested else None,
        "control": _yes(entry.control is not None) if approved else None, "entry_of_waiver": _n(entry, "waiver"),
    }


def _said_by_document(document) -> dict:
    """Cells of a grant or of a signer, from a document of any content."""
    try:
        value = parse_canonical(document)
    except Fault:
        return {}
    if not isinstance(value, dict):
        return {}
    found = {}
    for name in ("person", "title"):
        if isinstance(value.get(name), str):
            found[name] = value[name]
    for name in ("repositories", "stages"):
        if isinstance(value.get(name), list):
            found[name] = _joined([one for one in value[name] if isinstance(one, str)])
    return found


def _about(entry) -> str:
    if entry.kind == "signer.rotated":
        return "signer:" + entry.body["signer"]
    return next((key for key in sorted(entry.keys) if not key.startswith("coverage:")), None)


def _trust(entry, row) -> dict:
    body, kind = entry.body, entry.kind
    found = {"about": _about(entry), "control": _yes(entry.control is not None)}
    if row.document is not None:
        found["document_sha256"] = hashlib.sha256(row.document).hexdigest()
        if kind in ("principal.granted", "signer.registered"):
            found |= _said_by_document(row.document)
    if kind.startswith("contract."):
        found |= {"version": body["version"], "repositories": _joined(body["repositories"])}
    elif kind == "control-keys.changed":
        found |= {"keys": _joined(body["controlKeys"]), "threshold": body["controlThreshold"]}
    elif kind in ("log.opened", "log.sealed", "log-key.rotated"):
        threshold = body.get("controlThreshold") if kind == "log.opened" else None
        found |= {"keys": _joined(body["logKeys"]), "threshold": threshold or None}
    if kind in ("log.sealed", "signer.rotated"):
        found["successor"] = body["successor"]
    found["effective"] = body.get("effective") if kind == "signer.revoked" else body.get("until") if kind == "signer.rotated" else None
    if kind == "settings.changed":
        found["setting"] = "dual-control=" + ("on" if body["dualControl"] else "off")
    found["proposed"] = body.get("kind") if kind == "change.proposed" else None
    found["role"] = body.get("role") if kind == "principal.granted" else None
    found["use"] = body.get("use") if kind == "signer.registered" else None
    found["lifetime_seconds"] = body.get("lifetimeSeconds") if kind == "token.issued" else None
    return found


def _other(entry, row) -> dict:
    return {"repository": entry.repository, "lists": _joined(sorted(entry.keys))}


class Table:
    """`kinds` of the entries that it has rows of, None for those that are not known; `columns` all of them."""

    def __init__(self, name: str, kinds, own: str, cells):
        self.name, self.kinds, self._cells = name, kinds, cells
        self.columns = (*_COMMON[0], *own.split(), *_COMMON[1])

    def row(self, row) -> tuple:
        entry = row.entry
        cells = self._cells(entry, row) | {
            "seq": entry.seq, "time": entry.time, "kind": entry.kind, "principal": entry.principal, "entry_sha256": entry.hash.hex(),
        }
        return tuple(cells.get(name) for name in self.columns)


TABLES = (
    Table("images", ("image.signed",), "repository digest shape children media_type size run signer assurance predicate_type", _image),
    Table(
        "attestations", ("attestation.recorded",),
        "repository stage subjects predicate_type form run signer assurance payload_commitment payload_size", _attestation,
    ),
    Table(
        "runs", ("run.opened", "run.closed", "run.expired"),
        "run repository commit outcome expires contracts stages entry_of_run entry_of_commit", _run,
    ),
    Table("releases", ("image.released", "image.retired"), "repository digest environment verdict_seq entry_of_environment", _release),
    Table(
        "verdicts", ("verdict.recorded",),
        "repository digest environment verdict cut view evaluated evaluator trust_sha256 contracts_sha256 signer", _verdict,
    ),
    Table(
        "waivers", ("waiver.requested", "waiver.approved", "waiver.revoked"),
        "waiver repository digest check contract stage rule expires break_glass reason control entry_of_waiver", _waiver,
    ),
    Table(
        "trust", _TRUST_KINDS,
        "about proposed version role use repositories stages person title successor effective keys threshold setting lifetime_seconds"
        " document_sha256 control", _trust,
    ),
    Table("others", None, "repository lists", _other),
)
_BY_KIND = {kind: table for table in TABLES for kind in table.kinds or ()}


def table_of(kind: str):
    """The table that an entry of the kind stands in, None for `map.committed`."""
    return None if kind == "map.committed" else _BY_KIND.get(kind, None if kind in KINDS else TABLES[-1])
