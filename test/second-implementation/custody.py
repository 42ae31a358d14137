"""From evidence to a verdict: docs/spec/custody-checks.md."""

from attestation_checks import AttestationChecks
from authority import Authority
from contract_checks import ContractChecks
from control import ControlChecks
from dual_control import DualControlChecks
from ledger_shown import CONTRACT_CHECKS, Checks, LedgerShown
from limits_and_rules import NOT_JUDGED
from names import time_text
from releases import check_releases
from waivers import WaiverChecks

_HARMLESS = ("origin/not-confirmed", "checkpoint/pin-not-comparable", "control/keys-not-confirmed")
YEAR_10000_MS = 253_402_300_800_000


def _outcome(check: dict) -> str:
    return "not-judged" if check.get("reason") == NOT_JUDGED else check["outcome"]


def judge(evidence, trust, at: str, question=None, environment=None) -> dict:
    """Every check of evidence, the verdict, assurances and `validUntil`. `question` is (subject, repository, environment, as of)
    or None; `environment` that of the reader, for retirements."""
    checks = Checks()
    ledger = LedgerShown(evidence, checks, trust, question, at)
    control = ControlChecks(ledger, checks)
    DualControlChecks(ledger, checks)
    authority = Authority(ledger)
    attestations = AttestationChecks(ledger, authority, checks)
    check_releases(ledger, authority, checks, environment)
    contracts = ContractChecks(ledger, authority, checks_of_contracts := Checks())
    found = {attestations.repository: attestations}
    for repository in contracts.taken_from():
        found[repository] = AttestationChecks(ledger, authority, checks, repository)
    intact = all(one.runs.passed() for one in found.values()) and all(
        check["outcome"] == "pass" or (check["outcome"] == "not-run" and check["reason"] in _HARMLESS)
        for check in checks.all
    )
    contracts.judge(found)
    checks.all += checks_of_contracts.all
    for one in found.values():
        one.runs.add_checks(checks)
    counted = [one for place in found.values() for one in place.counted]
    waivers = WaiverChecks(ledger, authority, checks, counted, control.controlled)
    outcomes = {_outcome(check) for check in checks.all if check["code"] in CONTRACT_CHECKS[1:]}
    if not intact or contracts.unreadable or outcomes & {"fail", "not-run"}:
        verdict = "fail"
    elif not contracts.applies:
        verdict = "unjudged"
    else:
        verdict = "not-judged" if "not-judged" in outcomes else "waived" if "waived" in outcomes else "pass"
    recorded = [one for one in counted if one.entry.kind == "attestation.recorded"]
    own = bool(recorded) and all(one.sound and one.entry.assurance == "pipeline" for one in recorded)
    placed = bool(recorded) and all(one.placed for one in recorded)
    whole = all(check["outcome"] == "pass" for check in checks.all if check["code"] == "list/complete")
    instants = []
    if trust is not None and trust.age_max_seconds is not None and ledger.last_ms is not None:
        instants.append(ledger.last_ms + trust.age_max_seconds * 1000)
    if evidence.as_of is None or evidence.as_of.view != "now":
        instants += contracts.until_ms + waivers.until_ms
    earliest = min(instants, default=YEAR_10000_MS)
    until = time_text(earliest) if earliest < YEAR_10000_MS else None
    return {
        "subject": evidence.subject,
        "repository": evidence.repository,
        "environment": evidence.environment,
        "asOf": evidence.as_of and {"size": evidence.as_of.size, "view": evidence.as_of.view},
        "verdict": verdict,
        "checks": checks.sorted(),
        "failed": [check["code"] for check in checks.sorted() if check["outcome"] == "fail"],
        "validUntil": until,
        "assurances": {
            "pinned": trust is not None and ledger.checkpoint is not None,
            "complete": ledger.replayed and whole,
            "witnessed": False,
            "replayed": ledger.replayed,
            "controlSigned": control.signed,
            "ownKeys": own,
            "placed": placed,
        },
    }
