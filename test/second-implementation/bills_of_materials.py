"""Components and licences of CycloneDX and SPDX 2, both in JSON, by docs/spec/facts.md sections 5.1 and 5.2.

Every member that these sections name is read, since whatever is wrong with one takes away all that the document states.
"""

import foreign_members as foreign
from faults import Fault
from packages import Component, licence_of_name, licences_of_expression

CYCLONEDX_VERSIONS = ("1.4", "1.5", "1.6", "1.7")
SPDX_VERSIONS = ("SPDX-2.2", "SPDX-2.3")
STATES = frozenset("exploitable in_triage resolved resolved_with_pedigree false_positive not_affected".split())
DEPTH_MAX = 16
COMPONENTS_MAX = VULNERABILITIES_MAX = 100_000


class Bill:
    """`components` None where none are stated; `names_vulnerabilities` whether it has any to say something of."""

    def __init__(self, components, names_vulnerabilities: bool = False):
        self.components, self.names_vulnerabilities = components, names_vulnerabilities


def _cyclonedx_licences(component: dict) -> list:
    found = []
    for one in foreign.objects_of(component, "licenses"):
        found += licences_of_expression(foreign.compared(one, "expression"))
        licence = foreign.object_of(one, "license") or {}
        name = foreign.compared(licence, "id") or foreign.compared(licence, "name")
        if name:
            found.append(licence_of_name(name))
    return found


def _cyclonedx_components(value: dict, depth: int, found: list):
    listed = foreign.objects_of(value, "components")
    if listed and depth > DEPTH_MAX:
        raise Fault("facts/too-deep")
    for one in listed:
        if foreign.compared(one, "type") != "file":
            group, name = foreign.text(one, "group"), foreign.needed_text(one, "name")
            found.append(
                Component(
                    name if group is None else group + "/" + name, foreign.text(one, "version"), foreign.text(one, "purl"),
                    _cyclonedx_licences(one),
                )
            )
            foreign.text(one, "bom-ref")
            if len(found) > COMPONENTS_MAX:
                raise Fault("facts/too-many-elements")
        _cyclonedx_components(one, depth + 1, found)


def _read_vulnerability(one: dict) -> int:
    """How often it is listed."""
    foreign.needed_text(one, "id")
    for reference in foreign.objects_of(one, "references"):
        foreign.text(reference, "id")
    foreign.objects_of(one, "ratings")
    affects = foreign.objects_of(one, "affects")
    for affected in affects:
        foreign.needed_text(affected, "ref")
    state = foreign.text(foreign.object_of(one, "analysis") or {}, "state")
    if state is not None and state not in STATES:
        raise foreign.malformed()
    return max(1, len(affects))


def read_cyclonedx(value: dict) -> Bill:
    if foreign.text(value, "specVersion") not in CYCLONEDX_VERSIONS:
        raise Fault("facts/unsupported-version")
    components = None
    if foreign.array_of(value, "components") is not None:
        components = []
        _cyclonedx_components(value, 1, components)
    vulnerabilities = foreign.objects_of(value, "vulnerabilities")
    if sum(map(_read_vulnerability, vulnerabilities)) > VULNERABILITIES_MAX:
        raise Fault("facts/too-many-elements")
    return Bill(components, bool(vulnerabilities))


def _described(value: dict) -> set:
    listed = foreign.array_of(value, "documentDescribes") or []
    found = {one for one in listed if isinstance(one, str)}
    for one in foreign.objects_of(value, "relationships"):
        kind = foreign.compared(one, "relationshipType")
        left, right = foreign.compared(one, "spdxElementId"), foreign.compared(one, "relatedSpdxElement")
        if kind == "DESCRIBES" and left == "SPDXRef-DOCUMENT" and right is not None:
            found.add(right)
        if kind == "DESCRIBED_BY" and right == "SPDXRef-DOCUMENT" and left is not None:
            found.add(left)
    return found


def _spdx_package(one: dict) -> Component:
    name, version, purl = foreign.needed_text(one, "name"), foreign.text(one, "versionInfo"), None
    for reference in foreign.objects_of(one, "externalRefs"):
        if purl is None and foreign.compared(reference, "referenceType") == "purl":
            purl = foreign.text(reference, "referenceLocator")
    licences = licences_of_expression(foreign.licence_text(one, "licenseConcluded"))
    declared = licences_of_expression(foreign.licence_text(one, "licenseDeclared"))
    return Component(name, version, purl, licences or declared)


def read_spdx(value: dict) -> Bill:
    if foreign.text(value, "spdxVersion") not in SPDX_VERSIONS:
        raise Fault("facts/unsupported-version")
    if foreign.array_of(value, "packages") is None:
        return Bill(None)
    described, components = _described(value), []
    for one in foreign.objects_of(value, "packages"):
        identity = foreign.compared(one, "SPDXID")
        if foreign.compared(one, "primaryPackagePurpose") in ("CONTAINER", "FILE"):
            continue
        if len(described) == 1 and identity in described:
            continue
        components.append(_spdx_package(one))
    if len(components) > COMPONENTS_MAX:
        raise Fault("facts/too-many-elements")
    return Bill(components)
