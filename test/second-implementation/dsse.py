"""DSSE envelopes and key-signed Sigstore bundles by docs/spec/attestations.md sections 2 and 3."""

import re

from faults import Fault, recast
from members import closed, from_base64, text
from strict_json import INTEGER_MAX, parse

BYTES_MAX = 32 * 2**20
SIGNATURES_MAX = 16
SIGNATURE_BYTES_MAX = 8 * 2**10
PAYLOAD_TYPE_MAX = 1024

_URL_SAFE = re.compile(r"[-_]")
_STANDARD = re.compile(r"[+/]")
_INT64 = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")


def from_either_base64(value) -> bytes:
    text(value)
    if _URL_SAFE.search(value):
        if _STANDARD.search(value):
            raise Fault("encoding/malformed-base64")
        value = value.replace("-", "+").replace("_", "/")
    return from_base64(value)


def refuse_other_case(value: dict, known):
    """Members that are not known pass, unless they differ from a known one in case alone."""
    folded = {name.casefold() for name in known}
    for name in value:
        if name not in known and name.casefold() in folded:
            raise Fault("encoding/unknown-member", name)


class Envelope:
    def __init__(self, payload_type: str, payload: bytes, signatures: list):
        self.payload_type, self.payload, self.signatures = payload_type, payload, signatures

    def signed_bytes(self) -> bytes:
        kind = self.payload_type.encode()
        return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(self.payload), self.payload)

    def signed_by(self, key) -> bool:
        message = self.signed_bytes()
        return any(key.verify(message, signature) for signature in self.signatures)


def _object(value) -> dict:
    if not isinstance(value, dict):
        raise Fault("encoding/wrong-type")
    return value


def _need(value: dict, name: str):
    if name not in value:
        raise Fault("encoding/missing-member", name)
    return value[name]


def read_envelope_value(value) -> Envelope:
    def read():
        _object(value)
        refuse_other_case(value, ("payloadType", "payload", "signatures"))
        payload_type = text(_need(value, "payloadType"), 0, PAYLOAD_TYPE_MAX)
        payload = from_either_base64(_need(value, "payload"))
        listed = _need(value, "signatures")
        if not isinstance(listed, list):
            raise Fault("encoding/wrong-type")
        if not listed:
            raise Fault("dsse/no-signature")
        if len(listed) > SIGNATURES_MAX:
            raise Fault("dsse/too-many-signatures")
        signatures = []
        for one in listed:
            refuse_other_case(_object(one), ("sig", "keyid"))
            if "keyid" in one:
                text(one["keyid"])
            signature = from_either_base64(_need(one, "sig"))
            if len(signature) > SIGNATURE_BYTES_MAX:
                raise Fault("encoding/too-long")
            signatures.append(signature)
        return Envelope(payload_type, payload, signatures)

    return recast("dsse/malformed-envelope", read)


def read_envelope(data: bytes) -> Envelope:
    if len(data) > BYTES_MAX:
        raise Fault("dsse/too-large")
    return read_envelope_value(recast("dsse/malformed-envelope", parse, data))


# Forms of the members of a bundle: "text", "bytes", "int64", a list of one form, or an object of forms.
_CERTIFICATE = {"rawBytes": "bytes"}
_TLOG_ENTRY = {
    "logIndex": "int64",
    "logId": {"keyId": "bytes"},
    "kindVersion": {"kind": "text", "version": "text"},
    "integratedTime": "int64",
    "inclusionPromise": {"signedEntryTimestamp": "bytes"},
    "inclusionProof": {
        "logIndex": "int64",
        "rootHash": "bytes",
        "treeSize": "int64",
        "hashes": ["bytes"],
        "checkpoint": {"envelope": "text"},
    },
    "canonicalizedBody": "bytes",
}
_BUNDLE = {
    "mediaType": "text",
    "verificationMaterial": {
        "publicKey": {"hint": "text"},
        "x509CertificateChain": {"certificates": [_CERTIFICATE]},
        "certificate": _CERTIFICATE,
        "tlogEntries": [_TLOG_ENTRY],
        "timestampVerificationData": {"rfc3161Timestamps": [{"signedTimestamp": "bytes"}]},
    },
    "messageSignature": {"messageDigest": {"algorithm": "text", "digest": "bytes"}, "signature": "bytes"},
    "dsseEnvelope": {"payload": "text", "payloadType": "text", "signatures": [{"sig": "text", "keyid": "text"}]},
}
_MEDIA_TYPES = (
    "application/vnd.dev.sigstore.bundle+json;version=0.1",
    "application/vnd.dev.sigstore.bundle+json;version=0.2",
    "application/vnd.dev.sigstore.bundle+json;version=0.3",
    "application/vnd.dev.sigstore.bundle.v0.3+json",
)


def _check_form(value, form):
    if form == "text":
        text(value)
    elif form == "bytes":
        from_either_base64(value)
    elif form == "int64":
        whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= INTEGER_MAX
        if not whole and not (isinstance(value, str) and _INT64.fullmatch(value)):
            raise Fault("encoding/wrong-type")
    elif isinstance(form, list):
        if not isinstance(value, list):
            raise Fault("encoding/wrong-type")
        for one in value:
            _check_form(one, form[0])
    else:
        for name in closed(value, (), form):
            _check_form(value[name], form[name])


def _check_members(value: dict):
    _need(value, "mediaType")
    _need(value, "verificationMaterial")
    if "dsseEnvelope" in value:
        for name in ("payload", "payloadType", "signatures"):
            _need(value["dsseEnvelope"], name)
        for one in value["dsseEnvelope"]["signatures"]:
            _need(one, "sig")


def read_bundle(data: bytes) -> Envelope:
    if len(data) > BYTES_MAX:
        raise Fault("dsse/too-large")
    value = recast("dsse/malformed-bundle", parse, data)
    recast("dsse/malformed-bundle", _check_form, value, _BUNDLE)
    recast("dsse/malformed-bundle", _check_members, value)
    recast("dsse/malformed-bundle", text, value["mediaType"], 0, 255)
    if value["mediaType"] not in _MEDIA_TYPES:
        raise Fault("dsse/unsupported-bundle-version")
    if "dsseEnvelope" not in value:
        raise Fault("dsse/no-envelope")
    material = value.get("verificationMaterial", {})
    named = [name for name in ("publicKey", "x509CertificateChain", "certificate") if name in material]
    if len(named) != 1 or "messageSignature" in value:
        raise Fault("dsse/malformed-bundle")
    if named != ["publicKey"]:
        raise Fault("dsse/keyless-not-supported")
    if len(value["dsseEnvelope"].get("signatures", [])) != 1:
        raise Fault("dsse/signature-count")
    return read_envelope_value(value["dsseEnvelope"])


