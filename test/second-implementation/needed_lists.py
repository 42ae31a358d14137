"""The lists that a question needs, by the entries that are shown and in view: docs/spec/evidence.md section 4."""

import names
from evidence import indexes_above, released, steps_back

_ACTS = ("change", "contract", "principal", "settings", "signer", "token")


def release_before(entries, repository: str, environment: str, subject: str):
    """The newest release of another image to the environment, or None: docs/spec/releases.md section 2.1."""
    key, newest = names.release_key(repository, environment), None
    for entry in entries:
        if key in entry.keys and entry.kind == "image.released" and entry.body["digest"] != subject:
            newest = entry
    return newest


def taken_from(entries, repository: str) -> set:
    """The other repositories that images of this one are taken from, by any version of a contract that can match it."""
    coverage = {names.coverage_key(glob) for glob in names.globs_that_can_match(repository)}
    found = set()
    for entry in entries:
        if entry.kind == "contract.published" and coverage & entry.keys.keys():
            found |= set(entry.body.get("from", ()))
    return found - {repository}


def _about(entries, repository: str, subject: str) -> set:
    """The lists `image:`, `run:`, `source:`, `signer:` and `principal:` for one image in one repository."""
    keys = {"image:" + image for image in [subject, *indexes_above(entries, repository, subject)]}
    own = [entry for entry in entries if entry.repository == repository]
    runs = {"run:" + entry.run for entry in own if entry.run is not None and keys & entry.keys.keys()}
    opened = [entry for entry in own if entry.kind == "run.opened" and "run:" + entry.run in runs]
    filed = keys | {names.source_key(repository, entry.body["commit"]) for entry in opened}
    keys = filed | runs
    for entry in own:
        if filed & entry.keys.keys():
            if entry.signer is not None:
                keys.add("signer:" + entry.signer)
            keys.add("principal:" + entry.principal)
    return keys


def needed_lists(entries: list, repository: str, subject: str, environment=None) -> set:
    keys = {"trust"} | {names.coverage_key(glob) for glob in names.globs_that_can_match(repository)}
    images = [subject]
    if environment is not None:
        keys.add(names.release_key(repository, environment))
        before = release_before(entries, repository, environment, subject)
        images += [before.body["digest"]] if before is not None else []
    for place in {repository} | taken_from(entries, repository):
        for image in images:
            keys |= _about(entries, place, image)
    by_seq = {entry.seq: entry for entry in entries}
    for entry in released(entries, repository, subject):
        _, previous = steps_back(by_seq, entry)
        if previous is not None:
            keys.add("image:" + previous.body["digest"])
    for entry in entries:
        if entry.kind in ("contract.published", "contract.withdrawn"):
            keys.add("contract:" + entry.body["contract"])
        if entry.kind == "signer.rotated":
            keys.add("signer:" + entry.body["signer"])
        if entry.kind == "waiver.requested" and entry.repository == repository and entry.body["digest"] == subject:
            keys.add("waiver:" + entry.body["waiver"])
        if entry.kind.split(".")[0] in _ACTS:
            keys.add("principal:" + entry.principal)
    return keys - {"principal:service"}
