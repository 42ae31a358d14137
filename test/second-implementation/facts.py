"""Combined facts of an image by docs/spec/facts.md section 8, as far as they are read here.

Read are CycloneDX and SPDX 2 in JSON, for components and licences, and the manifest, for size and base of the image. What documents
of other types can state is not known here, nor what a bill says of vulnerabilities: those members are `unjudged`, which is neither a
value nor missing.
"""

import re

from bills_of_materials import COMPONENTS_MAX, read_cyclonedx, read_spdx
from faults import Fault
from manifests import read_manifest
from members import utf16_length
from strict_json import INTEGER_MAX, utf16_order

LICENCES_MAX = 10_000
# Steps are counted over all documents, at most 8,000,000: one for each element of an array, of at least two bytes.
BYTES_WITHOUT_COUNT = 8_000_000
# No documents of so many bytes exceed what all together may have (section 10): 10,000 licences or sources, or 8,000,000 comparisons.
UNREAD_BYTES_MAX = 30_000
_OWN = "https://waybill.dev/attestation/%s/v1"
_VULNERABILITIES = ("vex", "vulnerabilities")
_READERS = {
    "https://cyclonedx.org/bom": read_cyclonedx,
    "https://spdx.dev/Document": read_spdx,
    "https://spdx.dev/Document/v2.3": read_spdx,
}
# What documents of a type can state, where the type has a section.
CAN_STATE = {
    "https://cyclonedx.org/bom": ("components", "licences", "vulnerabilities", "vex"),
    _OWN % "cyclonedx-xml": ("components", "licences", "vulnerabilities", "vex"),
    "https://spdx.dev/Document": ("components", "licences"),
    "https://spdx.dev/Document/v2.3": ("components", "licences"),
    "https://spdx.dev/Document/v3": ("components", "licences", *_VULNERABILITIES),
    _OWN % "sarif": ("findings",),
    _OWN % "junit": ("tests",),
    "https://in-toto.io/attestation/test-result/v0.1": ("tests",),
    "https://slsa.dev/provenance/v1": ("builders", "inputImages", "sources"),
    "https://slsa.dev/provenance/v0.2": ("builders", "inputImages", "sources"),
    _OWN % "trivy": ("findings", "vulnerabilities"),
    _OWN % "grype": ("vulnerabilities",),
    _OWN % "twistcli": ("findings", "vulnerabilities"),
    "https://openvex.dev/ns": _VULNERABILITIES,
    _OWN % "csaf": _VULNERABILITIES,
    _OWN % "gitlab-security-report": ("findings", "vulnerabilities"),
    _OWN % "github-code-scanning": ("findings",),
    _OWN % "github-dependabot": ("vulnerabilities",),
    "https://in-toto.io/attestation/vulns/v0.2": ("vulnerabilities",),
    "https://in-toto.io/attestation/vulns/v0.1": ("vulnerabilities",),
    "https://cosign.sigstore.dev/attestation/vuln/v1": ("components", "findings", "licences", *_VULNERABILITIES),
    _OWN % "cobertura": ("coverage",),
    _OWN % "jacoco": ("coverage",),
    _OWN % "pull-request-review": ("approvals",),
}
# Members of which all documents together may state no more than so many; of any others they may state what they like.
_BOUNDED_TOGETHER = frozenset("components licences vulnerabilities vex builders sources inputImages approvals".split())
MEMBERS = frozenset(name for names in CAN_STATE.values() for name in names) | {"baseImage", "image"}
_BASE = "org.opencontainers.image.base."
_BASE_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class Facts:
    """`stated` {member: value}, `unjudged` the members that cannot be told here, and whether a document has a fault, or all together."""

    def __init__(self, stated: dict, unjudged, faulty: bool = False):
        self.stated, self.unjudged, self.faulty = stated, frozenset(unjudged), faulty


def _of_manifest(manifest) -> dict:
    """`image` and `baseImage` of the newest sound signature, whose manifest it is, or None."""
    if manifest is None:
        return {}
    found = {}
    if manifest.shape == "index":
        found["image"] = {"shape": "index", "children": manifest.children_listed}
    elif manifest.image_bytes <= INTEGER_MAX:
        found["image"] = {"shape": "image", "layers": manifest.layers, "bytes": manifest.image_bytes}
    base, name, digest = {}, manifest.annotations.get(_BASE + "name"), manifest.annotations.get(_BASE + "digest")
    if name and utf16_length(name) <= 1_024:
        base["name"] = name
    if digest is not None and _BASE_DIGEST.fullmatch(digest):
        base["digest"] = digest
    return found | ({"baseImage": base} if base else {})


def _of_components(components: list) -> dict:
    by_key = {}
    for one in components:
        if one.key in by_key:
            by_key[one.key].join(one)
        else:
            by_key[one.key] = one
    listed = [by_key[key] for key in sorted(by_key, key=utf16_order)]
    licences = {}
    for one in listed:
        for licence in one.licences:
            licences[licence] = licences.get(licence, 0) + 1
    if len(listed) > COMPONENTS_MAX or len(licences) > LICENCES_MAX:
        raise Fault("facts/too-many-elements")
    return {
        "components": {"count": len(listed), "list": [one.value() for one in listed]},
        "licences": {
            "count": len(licences),
            "unstated": sum(not one.licences for one in listed),
            "list": [{"licence": one, "components": licences[one]} for one in sorted(licences, key=utf16_order)],
        },
    }


def combine(documents: list, manifest) -> Facts:
    """`documents` are (predicate type, predicate, bytes of the statement) of all that counts, in the ledger's order."""
    documents = [one for one in documents if one[0] in CAN_STATE]
    if sum(size for _, _, size in documents) >= BYTES_WITHOUT_COUNT:
        return Facts({}, MEMBERS)
    missing, unjudged, components, unread, faulty = set(), set(), None, 0, False
    for kind, predicate, size in documents:
        reader = _READERS.get(kind)
        if reader is None:
            unjudged |= set(CAN_STATE[kind])
            unread += size if _BOUNDED_TOGETHER & set(CAN_STATE[kind]) else 0
            continue
        try:
            bill = reader(predicate or {})
            if bill.components is not None:
                components = (components or []) + bill.components
            if bill.names_vulnerabilities:
                unjudged |= set(_VULNERABILITIES)
                unread += size
        except Fault:
            missing |= set(CAN_STATE[kind])
            faulty = True
    if unread > UNREAD_BYTES_MAX:
        return Facts({}, MEMBERS)
    try:
        stated = _of_manifest(manifest) | (_of_components(components) if components is not None else {})
    except Fault:
        return Facts({}, MEMBERS)
    if "vex" in missing:
        missing.add("vulnerabilities")
    stated = {name: value for name, value in stated.items() if name not in missing | unjudged}
    return Facts(stated, unjudged - missing, faulty)


def combine_documents(counted: list, subject: str) -> Facts:
    """Combined facts of the image by what is sound of `counted`, in the ledger's order."""
    documents, seen, manifest = [], set(), None
    for one in counted:
        if not one.sound:
            continue
        if one.entry.kind == "image.signed":
            if one.entry.body["digest"] == subject:
                manifest = read_manifest(one.signed_image.manifest, one.entry.body["mediaType"])
        elif one.envelope.payload not in seen:
            seen.add(one.envelope.payload)
            documents.append((one.statement.predicate_type, one.statement.predicate, len(one.envelope.payload)))
    return combine(documents, manifest)
