"""Runs, and the attempts at commits: docs/spec/custody-checks.md section 5.1 and docs/spec/runs.md section 2."""

from faults import Fault
from ledger_shown import not_in_force
from names import source_key, time_ms

LIFETIME_MAX_MS = 2_592_000_000
ENDS = ("run.closed", "run.expired")


class Attempt:
    """An opened run. `outcome` is "open", "expired" or that of its closing."""

    def __init__(self, entry, number: int):
        self.run, self.number, self.opened = entry.run, number, entry
        self.commit, self.stages = entry.body["commit"], entry.body["stages"]
        self.expires_ms = time_ms(entry.body["expires"])
        self.outcome = "open"


class Runs:
    """`accounted` {run: commit} of the runs in question whose check passes; `attempts` {commit: attempts in order}."""

    def __init__(self, ledger, authority, subject: str, repository: str, above: list):
        self.ledger, self.authority, self.repository = ledger, authority, repository
        in_question = set()
        for image in [subject, *above]:
            if "image:" + image in ledger.whole:
                listed = ledger.filed_under("image:" + image)
                in_question |= {one.run for one in listed if one.repository == repository and one.run is not None}
        self._outcomes, self.accounted, self.attempts, self.opened = [], {}, {}, {}
        for run in sorted(in_question):
            key = "run:" + run
            opened = self._check("run/accounted", key)
            if opened:
                self.accounted[run] = opened[0].commit
                self.opened[run] = opened[0]
        commits = {source_key(repository, commit): commit for commit in self.accounted.values()}
        for key in sorted(commits):
            opened = self._check("run/attempts", key)
            if opened is not None:
                self.attempts[commits[key]] = opened

    def passed(self) -> bool:
        return all(reason is None for _, _, reason, _ in self._outcomes)

    def add_checks(self, checks):
        for code, key, reason, seq in self._outcomes:
            checks.add(code, reason, key=key, seq=seq)

    def _check(self, code: str, key: str):
        """The attempts of a list that breaks no rule, or None."""
        seq, opened = None, None
        try:
            listed = self.ledger.list_of(key)
            if code == "run/accounted" and not listed:
                raise Fault("run/unknown")
            attempts, ended = {}, set()
            for entry in listed:
                seq = entry.seq
                self._check_entry(entry, attempts, ended)
            opened, seq = list(attempts.values()), None
            self._outcomes.append((code, key, None, None))
        except Fault as fault:
            self._outcomes.append((code, key, fault.code, seq))
        return opened

    def _check_entry(self, entry, attempts: dict, ended: set):
        if not entry.in_force():
            raise Fault(not_in_force(entry))
        if entry.run is None:
            return
        if entry.kind == "run.opened":
            if entry.run in attempts:
                raise Fault("run/opened-twice")
            self._check_repository(entry)
            self.authority.check_writer(entry)
            attempt = Attempt(entry, len(attempts) + 1)
            if not 0 < attempt.expires_ms - entry.time_ms <= LIFETIME_MAX_MS:
                raise Fault("run/lifetime-out-of-range")
            attempts[entry.run] = attempt
            return
        attempt = attempts.get(entry.run)
        if attempt is None:
            raise Fault("run/unknown")
        if entry.run in ended:
            raise Fault("run/ended")
        self._check_repository(entry)
        self._check_commit(entry, attempt)
        if entry.kind == "run.expired":
            if entry.principal != "service":
                raise Fault("principal/wrong-role")
            if entry.time_ms < attempt.expires_ms:
                raise Fault("run/expired-early")
        else:
            if entry.time_ms >= attempt.expires_ms:
                raise Fault("run/after-expiry")
            if entry.kind == "run.closed":
                self.authority.check_writer(entry)
        if entry.kind in ENDS:
            ended.add(entry.run)
            attempt.outcome = entry.body.get("outcome", "expired")

    def _check_repository(self, entry):
        if entry.repository != self.repository:
            raise Fault("run/other-repository")

    @staticmethod
    def _check_commit(entry, attempt: Attempt):
        if entry.kind in ENDS and entry.body["commit"] != attempt.commit:
            raise Fault("run/other-commit")
        if entry.kind == "attestation.recorded":
            commits = [one for one in entry.body["subjects"] if one.startswith("gitCommit:")]
            if any(one != "gitCommit:" + attempt.commit for one in commits):
                raise Fault("run/other-commit")
