"""What stands for the image that was released to the environment before: docs/spec/releases.md section 2.1."""

import copy

import evidence as forms
from attestation_checks import AttestationChecks, counted_together
from facts import combine_documents
from faults import Fault
from ledger_shown import Checks
from names import release_key
from needed_lists import release_before


class Previous:
    """`digest` of the image before and its `facts`, both None where there was none."""

    def __init__(self, digest=None, facts=None):
        self.digest, self.facts = digest, facts


def previous_of(ledger, authority, repositories: list) -> Previous:
    """`repositories` are those whose entries count for the contract. The fault of what cannot be said."""
    subject, repository, environment = ledger.asked[:3]
    if environment is None:
        raise Fault("contract/no-environment")
    key = release_key(repository, environment)
    if key not in ledger.whole:
        raise Fault("list/gap")
    release = release_before(ledger.filed_under(key), repository, environment, subject)
    if release is None:
        return Previous()
    digest = release.body["digest"]
    of_it = copy.copy(ledger)
    of_it.subject, of_it.asked = digest, (digest, *ledger.asked[1:])
    checks, places = Checks(), []
    for place in repositories:
        above = forms.indexes_above(ledger.in_view(), place, digest)
        if any("image:" + image not in ledger.whole for image in [digest, *above]):
            raise Fault("list/gap")
        places.append(AttestationChecks(of_it, authority, checks, None if place == repository else place))
    counted = counted_together(places)
    if any(check.get("reason") == "payload/absent" for check in checks.all):
        raise Fault("payload/absent")
    runs = all(place.runs.passed() for place in places)
    if not runs or any(check["outcome"] != "pass" for check in checks.all) or not _may_write(authority, release):
        raise Fault("contract/previous-unreadable")
    facts = combine_documents(counted, digest)
    if facts.faulty and not facts.unjudged:
        raise Fault("contract/previous-unreadable")
    return Previous(digest, facts)


def _may_write(authority, release) -> bool:
    try:
        authority.check_writer(release)
        return True
    except Fault:
        return False
