"""Releases and retirement: docs/spec/releases.md sections 1 to 3."""

from evidence import released, steps_back


def check_releases(ledger, authority, checks, environment):
    """The checks of releases and retirements of the image in question, for the environment that the reader names or None."""
    subject, repository = ledger.asked[:2]
    listed = ledger.filed_under("image:" + subject) if "image:" + subject in ledger.whole else []
    releases = released(listed, repository, subject)
    retirements = [
        entry for entry in listed
        if entry.kind == "image.retired" and entry.repository == repository and entry.body["digest"] == subject
    ]
    for entry in sorted(releases + retirements, key=lambda one: one.seq):
        checks.run("principal/allowed", authority.check_writer, entry, seq=entry.seq)
    for entry in releases:
        way, _ = steps_back(ledger.entries, entry)
        checks.add("release/previous", "entry/missing" if None in way else None, seq=entry.seq)
    for entry in retirements:
        place = entry.body.get("environment")
        later = any(one.body["environment"] == place and one.seq > entry.seq for one in releases)
        if place is None or (place == environment and not later):
            checks.add("image/retired", "image/retired", seq=entry.seq)
