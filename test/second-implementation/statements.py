"""in-toto statements by docs/spec/attestations.md section 4."""

import re

from dsse import Envelope, from_either_base64, refuse_other_case
from faults import Fault, recast
from members import text, utf16_length
from strict_json import parse

BYTES_MAX = 23 * 2**20
_PAYLOAD_TYPE = re.compile(r"application/vnd\.in-toto(?:\.[^+/]+)?\+json")
_VERSIONS = ("https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v1")
_LENGTHS = {"sha256": (64,), "gitCommit": (40, 64)}
_LOWER_HEX = re.compile(r"[0-9a-f]+")
_DESCRIPTOR = ("name", "digest", "uri", "content", "downloadLocation", "mediaType", "annotations")
PLACEMENT = ("dev.waybill.repository", "dev.waybill.stage", "dev.waybill.run")


class Statement:
    """`about` the distinct `sha256:…` and `gitCommit:…` that it names; `annotations` those of its first subject."""

    def __init__(self, predicate_type: str, predicate, about: list, annotations: dict):
        self.predicate_type, self.predicate = predicate_type, predicate
        self.about, self.annotations = about, annotations

    def placement(self) -> dict:
        found = {name: self.annotations[name] for name in PLACEMENT if name in self.annotations}
        for value in found.values():
            if not isinstance(value, str) or not 1 <= utf16_length(value) <= 255:
                raise Fault("statement/malformed-placement")
        return {name.rsplit(".", 1)[1]: value for name, value in found.items()}


def _digests(subject: dict) -> list:
    # A null is a digest of the wrong form, and the form is looked at first.
    digest = subject.get("digest", {})
    if digest == {}:
        raise Fault("statement/subject-without-digest")
    if not isinstance(digest, dict):
        raise Fault("encoding/wrong-type")
    found = []
    for algorithm, value in digest.items():
        text(value, 1)
        if algorithm in _LENGTHS:
            if _LOWER_HEX.fullmatch(value) is None or len(value) not in _LENGTHS[algorithm]:
                raise Fault("statement/malformed-digest")
            found.append(algorithm + ":" + value)
    return found


def _read_subject(subject) -> list:
    if not isinstance(subject, dict):
        raise Fault("encoding/wrong-type")
    refuse_other_case(subject, _DESCRIPTOR)
    for name in ("name", "uri", "downloadLocation", "mediaType"):
        if name in subject:
            text(subject[name])
    if "content" in subject:
        from_either_base64(subject["content"])
    if not isinstance(subject.get("annotations", {}), dict):
        raise Fault("encoding/wrong-type")
    return _digests(subject)


def _read(value) -> Statement:
    if not isinstance(value, dict):
        raise Fault("encoding/wrong-type")
    refuse_other_case(value, ("_type", "subject", "predicateType", "predicate"))
    if not isinstance(value.get("_type"), str):
        raise Fault("encoding/wrong-type")
    text(value.get("predicateType"), 1)
    if not isinstance(value.get("predicate"), (dict, type(None))):
        raise Fault("encoding/wrong-type")
    subjects = value.get("subject")
    if not isinstance(subjects, list):
        raise Fault("encoding/wrong-type")
    if value["_type"] not in _VERSIONS:
        raise Fault("statement/unsupported-version")
    if not subjects:
        raise Fault("statement/no-subject")
    about = []
    for subject in subjects:
        about += [one for one in _read_subject(subject) if one not in about]
    return Statement(value["predicateType"], value.get("predicate"), about, subjects[0].get("annotations", {}))


def read_statement_bytes(data: bytes) -> Statement:
    if len(data) > BYTES_MAX:
        raise Fault("statement/too-large")
    return recast("statement/malformed-statement", lambda: _read(parse(data)))


def read_statement(envelope: Envelope) -> Statement:
    if _PAYLOAD_TYPE.fullmatch(envelope.payload_type) is None:
        raise Fault("statement/unsupported-payload-type")
    return read_statement_bytes(envelope.payload)
