"""What began in a period and had not ended with its last entry: the table `open` of docs/spec/export.md section 4."""

COLUMNS = ("seq", "since", "kind", "id", "state", "repository", "about", "expires")


class OpenItems:
    def __init__(self):
        self._runs, self._waivers = {}, {}

    def take(self, entry):
        if entry.kind == "run.opened":
            self._runs[entry.run] = entry
        elif entry.kind in ("run.closed", "run.expired"):
            self._runs.pop(entry.run, None)
        elif entry.kind == "waiver.requested":
            state = "break-glass" if entry.body["breakGlass"] else "requested"
            self._waivers[entry.body["waiver"]] = [entry, state]
        elif entry.kind == "waiver.approved" and entry.body["waiver"] in self._waivers:
            self._waivers[entry.body["waiver"]][1] = "approved"
        elif entry.kind == "waiver.revoked":
            self._waivers.pop(entry.body["waiver"], None)

    def rows(self, last_time) -> list:
        """Rows at the time of the last entry of the period, None where it has none."""
        found = [self._row(one, "run", one.run, "open", "gitCommit:" + one.body["commit"]) for one in self._runs.values()]
        for one, state in self._waivers.values():
            if one.body["expires"] > last_time:
                found.append(self._row(one, "waiver", one.body["waiver"], state, one.body["digest"]))
        return sorted(found)

    @staticmethod
    def _row(entry, kind: str, identity: str, state: str, about: str) -> tuple:
        return entry.seq, entry.time, kind, identity, state, entry.repository, about, entry.body["expires"]
