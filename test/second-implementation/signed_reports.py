"""Reports as signed JSON by docs/spec/report.md section 5: the service's word about evidence, and whose key it is signed with."""

import hashlib

import names
from completeness import judge_completeness, read_completeness
from custody import judge
from dsse import read_envelope
from faults import Fault
from members import array, closed, from_base64, from_hex, one_of
from signatures import read_spki
from strict_json import canonical, parse_canonical

PAYLOAD_TYPE = "application/vnd.waybill.report+json"
LISTS_MAX = 64
VERDICTS = ("pass", "waived", "fail", "unjudged")


def _member(value, name: str):
    """A member of an object that may have any others."""
    if not isinstance(value, dict):
        raise Fault("encoding/wrong-type")
    if name not in value:
        raise Fault("encoding/missing-member", name)
    return value[name]


class SignedReport:
    """`signer` the key that the envelope is signed with, `lists` the completeness proofs that say whose it is. Of the report only
    what says for whom and when it was found is read, for which `environment`, what was found, and whether that is about a `past` state of
    the log."""

    def __init__(self, value):
        closed(value, ("type", "evidenceSha256", "report", "signer"))
        one_of(value["type"], ("waybill/report/v1",))
        from_hex(value["evidenceSha256"], 32)
        self.evidence_sha256, self.report = value["evidenceSha256"], value["report"]
        result = _member(self.report, "result")
        self.subject = names.digest(_member(result, "subject"))
        self.repository = names.repository(_member(result, "repository"))
        self.verdict = one_of(_member(result, "verdict"), VERDICTS)
        self.evaluated_at = _member(result, "evaluatedAt")
        self.evaluated_ms = names.time_ms(self.evaluated_at)
        self.environment = None
        if "comparison" in result:
            self.environment = names.name(_member(result["comparison"], "environment"))
        self.past = "asOf" in result
        closed(value["signer"], ("spki", "lists"))
        self.spki = from_base64(value["signer"]["spki"])
        self.listed = array(value["signer"]["lists"], 1, LISTS_MAX)


def read_signed_report(data: bytes) -> SignedReport:
    """A report whose envelope its own key signed; whose that key is, nobody has asked yet."""
    envelope = read_envelope(data)
    try:
        one_of(envelope.payload_type, (PAYLOAD_TYPE,))
        report = SignedReport(parse_canonical(envelope.payload))
    except Fault:
        raise Fault("report/malformed") from None
    report.signer = read_spki(report.spki)
    if not envelope.signed_by(report.signer):
        raise Fault("dsse/no-trusted-signature")
    report.lists = [read_completeness(canonical(one)) for one in report.listed]
    return report


def verify_signed_report(report: SignedReport, trust, at: str):
    """The fault of the first step that does not hold under the reader's log keys. `at` is their time of evaluation."""
    signer, handed_over_ms = report.signer.id, None
    for proof in report.lists:
        if signer is None or proof.key != "signer:" + signer:
            raise Fault("signer/not-registered")
        _check_proof(proof, trust, at)
        if handed_over_ms is not None and any(_revoked_by(one, handed_over_ms) for one in proof.entries):
            raise Fault("signer/predecessor-revoked")
        signer = _followed(proof, signer)
        handed_over_ms = proof.entries[0].time_ms
    if signer is not None:
        raise Fault("signer/not-registered")
    _check_in_force(report)


def hold_against(report: SignedReport, data: bytes, evidence, trust) -> str:
    """The verdict that evidence, whose bytes are `data`, gives for the report's question at its time; where it cannot be judged here
    altogether, "not-judged"."""
    if hashlib.sha256(data).hexdigest() != report.evidence_sha256:
        raise Fault("report/other-evidence")
    as_of = evidence.as_of if report.past else None
    question = (report.subject, report.repository, report.environment, as_of)
    found = judge(evidence, trust, report.evaluated_at, question, report.environment)["verdict"]
    if report.past != (evidence.as_of is not None) or found not in (report.verdict, "not-judged"):
        raise Fault("report/verdict-differs")
    return found


def _check_proof(proof, trust, at: str):
    judged = judge_completeness(proof, trust, at)
    if judged["verdict"] == "fail":
        raise Fault(next(check["reason"] for check in judged["checks"] if check["outcome"] == "fail"))


def _revoked_by(entry, time_ms: int) -> bool:
    return entry.kind == "signer.revoked" and names.time_ms(entry.body["effective"]) <= time_ms


def _followed(proof, signer: str):
    """The id of the key that one followed by the beginning of its list, None of the first key."""
    first = proof.entries[0] if proof.entries else None
    if first is not None and first.principal == "service":
        if first.kind == "signer.registered" and first.body["use"] == "verdict":
            return None
        if first.kind == "signer.rotated" and first.body["successor"] == signer:
            return first.body["signer"]
    raise Fault("signer/not-registered")


def _check_in_force(report: SignedReport):
    """By the entries of the list in their order, so that of two ends the one that was recorded first is the reason."""
    newest = report.lists[0]
    time = max(report.evaluated_ms, newest.commit.time_ms)
    for one in newest.entries:
        if _revoked_by(one, time):
            raise Fault("signer/revoked")
        followed = one.kind == "signer.rotated" and one.body["signer"] == report.signer.id
        if followed and names.time_ms(one.body["until"]) <= time:
            raise Fault("signer/rotated")
