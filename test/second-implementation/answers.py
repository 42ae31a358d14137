"""What is answered about one file: {kind, verdict, checks, failed, fault, …}, by what it is and what the reader brings."""

import datetime
import io

import exports
from completeness import judge_completeness, read_completeness
from contradiction import Shown, against, shown_by_completeness, shown_by_evidence, shown_by_receipt
from custody import judge
from evidence import AsOf, read_evidence
from faults import Fault
from ledger_shown import claimed_keys
from log_key_course import vouched_by
from merkle import leaf_hash
from periods import read_period, verify_period
from receipts import read_receipt, verify_receipt, verify_tlog_proof
from reports import read_report
from signed_reports import hold_against, read_signed_report, verify_signed_report
from strict_json import canonical, parse
from trust_file import TrustFile, read_trust_file, trust_of_log_key

_EXPORT_TYPE = b'"type":"waybill/export/'


def _kind(data: bytes) -> str:
    """What a file claims to be, by its content."""
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:64]
    if start.startswith(b"c2sp.org/tlog-proof@"):
        return "tlog-proof"
    if start.startswith(b"<"):
        return "report"
    if _EXPORT_TYPE in data.partition(b"\n")[0]:
        return "export"
    try:
        value = parse(data)
    except Fault:
        if b'"type":"waybill/period/' in data[-256:]:
            return "period"
        return "receipt" if b'"waybill/receipt/v0"' in data else "evidence"
    if isinstance(value, dict):
        if str(value.get("type")).startswith("waybill/completeness/"):
            return "completeness"
        if str(value.get("type")).startswith("waybill/period/"):
            return "period"
        if value.get("type") == "waybill/receipt/v0" or "receipt" in value:
            return "receipt"
        if "payloadType" in value:
            return "signed-report"
    return "evidence"


def _trust(job: dict):
    if "trust" in job:
        return read_trust_file(job["trust"].encode())
    keys = job.get("logKeys", [])
    if not keys:
        return None
    files = [trust_of_log_key(key) for key in keys]
    if any(one.origin != files[0].origin for one in files):
        raise Fault("custody/malformed-trust-file")
    return TrustFile(files[0].origin, [key for one in files for key in one.log_keys])


def _time_of(evidence, as_of) -> str:
    """Time of evaluation of a reader who names none."""
    if as_of is not None and as_of.view == "then" and as_of.size - 1 in evidence.entries:
        return evidence.entries[as_of.size - 1].time
    return _now()


def _evidence(data: bytes, job: dict, kind: str, warnings: list) -> dict:
    trust = _trust(job)
    evidence = read_evidence(data)
    # Who names no past state asks about now, and does not take an answer about the past for one.
    as_of = AsOf(job["asOf"]) if "asOf" in job else None
    # An environment of which the evidence shows nothing counts for retirements alone.
    environment = job.get("environment", evidence.environment)
    place = job.get("questionEnvironment", environment if evidence.environment is not None else None)
    question = (job.get("image", evidence.subject), job.get("repository", evidence.repository), place, as_of)
    result = judge(evidence, trust, job.get("at", _time_of(evidence, as_of)), question, environment)
    answer = {"kind": kind, **result, "fault": None}
    if kind == "report":
        answer["warnings"] = warnings
    if job.get("receipts"):
        keys = trust.keys() if trust is not None else claimed_keys(evidence.log_key)
        shown = shown_by_evidence(evidence, keys + vouched_by(evidence, trust))
        answer["receipts"] = [against(shown, one, keys, trust) for one in job["receipts"]]
    return answer


def _out_of_answer(data: bytes) -> bytes:
    """In an answer of the API the receipt is a member, whose bytes are its canonical form."""
    try:
        value = parse(data)
    except Fault:
        return data
    if isinstance(value, dict) and "type" not in value and isinstance(value.get("receipt"), dict):
        return canonical(value["receipt"])
    return data


def _receipt(data: bytes, job: dict) -> dict:
    trust = _trust(job)
    receipt = read_receipt(_out_of_answer(data))
    keys = trust.keys() if trust is not None else claimed_keys(receipt.log_key)
    checkpoint = verify_receipt(receipt, keys, job.get("payload"), trust)
    verdict = "pass" if trust is not None else "unconfirmed"
    found = {"seq": receipt.entry.seq, "origin": checkpoint.origin, "size": checkpoint.size}
    answer = {"kind": "receipt", "verdict": verdict, "checks": [], "failed": [], "fault": None, **found}
    if job.get("receipts"):
        shown = shown_by_receipt(receipt, checkpoint)
        answer["receipts"] = [against(shown, one, keys, trust) for one in job["receipts"]]
    return answer


def _completeness(data: bytes, job: dict) -> dict:
    trust = _trust(job)
    proof = read_completeness(data)
    if "image" in job and proof.key != "image:" + job["image"]:
        raise Fault("custody/wrong-question")
    answer = {"kind": "completeness", **judge_completeness(proof, trust, job.get("at", _now())), "fault": None}
    if job.get("receipts"):
        keys = trust.keys() if trust is not None else claimed_keys(proof.log_key)
        shown = shown_by_completeness(proof, keys + vouched_by(proof, trust))
        answer["receipts"] = [against(shown, one, keys, trust) for one in job["receipts"]]
    return answer


def _period(data: bytes, job: dict) -> dict:
    trust = _trust(job)
    period = read_period(data)
    keys = trust.keys() if trust is not None else claimed_keys(period.log_key)
    checkpoint, ended = verify_period(period, keys, trust)
    verdict = "unconfirmed" if trust is None else "pass" if ended else "unjudged"
    found = {"seqs": [entry.seq for entry in period.entries], "ended": ended, "size": checkpoint.size}
    answer = {"kind": "period", "verdict": verdict, "checks": [], "failed": [], "fault": None, **found}
    if job.get("receipts"):
        shown = Shown(checkpoint, {entry.seq: entry for entry in period.shown()}, {})
        answer["receipts"] = [against(shown, one, keys, trust) for one in job["receipts"]]
    return answer


def _export(job: dict, verify_it) -> dict:
    """`verify_it(keys, trust, seqs whose entries are kept)` gives what was read, and what is said of it."""
    trust = _trust(job)
    receipts = [one for one in map(_place_of, job.get("receipts", ())) if one is not None]
    whole, found = verify_it(trust.keys() if trust is not None else None, trust, receipts)
    entire = whole.ended and whole.absent == 0
    verdict = "unconfirmed" if trust is None else "pass" if entire else "unjudged"
    answer = {"kind": "export", "verdict": verdict, "checks": [], "failed": [], "fault": None, **found}
    if job.get("receipts"):
        keys = trust.keys() if trust is not None else claimed_keys(whole.head.log_key)
        shown = Shown(whole.checkpoint, whole.kept, {})
        answer["receipts"] = [against(shown, one, keys, trust) for one in job["receipts"]]
    return answer


def _place_of(receipt: bytes):
    try:
        return read_receipt(receipt).index
    except Fault:
        return None


def _entries(data: bytes, job: dict) -> dict:
    return _export(job, lambda keys, trust, wanted: exports.verify_entries(io.BytesIO(data), keys, trust, wanted))


def verify_folder(path: str, job: dict) -> dict:
    """Answer for the folder of an export."""
    known = job.get("knownPrograms", ())
    try:
        return _export(job, lambda keys, trust, wanted: exports.verify_folder(path, keys, trust, known, wanted))
    except Fault as fault:
        return _refused("export", fault)


def _tlog_proof(data: bytes, job: dict) -> dict:
    trust = _trust(job)
    if trust is None or "entry" not in job:
        raise Fault("tlog-proof/malformed")
    verify_tlog_proof(data, leaf_hash(job["entry"]), trust.keys())
    return {"kind": "tlog-proof", "verdict": "pass", "checks": [], "failed": [], "fault": None}


def _evidence_in(data: bytes) -> bytes:
    """Evidence alone, or the block of a page."""
    return read_report(data).evidence if _kind(data) == "report" else data.rstrip(b"\r\n")


def _signed_report(data: bytes, job: dict) -> dict:
    """The verdict is what the service said, once its word is shown to be that; without a key of the reader's nothing is asked of it."""
    trust = _trust(job)
    signed = read_signed_report(data)
    # A signed report holds nothing that would answer these.
    if job.get("receipts") or "asOf" in job:
        raise Fault("cli/usage")
    about = {"image": signed.subject, "repository": signed.repository, "environment": signed.environment}
    if any(name in job and job[name] != value for name, value in about.items()):
        raise Fault("custody/wrong-question")
    verdict = "unconfirmed" if trust is None else signed.verdict
    if trust is not None:
        verify_signed_report(signed, trust, job.get("at", _now()))
        if "against" in job:
            evidence = _evidence_in(job["against"])
            verdict = hold_against(signed, evidence, read_evidence(evidence), trust)
    found = {"evidenceSha256": signed.evidence_sha256, "signer": signed.signer.id, "past": signed.past, "report": signed.report}
    return {"kind": "signed-report", "verdict": verdict, "checks": [], "failed": [], "fault": None, **found}


def verify(data: bytes, job: dict) -> dict:
    """Answer for one file. A file that is refused has the verdict "refused" and a fault."""
    kind = job.get("kind") or _kind(data)
    try:
        if kind == "receipt":
            return _receipt(data, job)
        if kind == "completeness":
            return _completeness(data, job)
        if kind == "period":
            return _period(data, job)
        if kind == "export":
            return _entries(data, job)
        if kind == "tlog-proof":
            return _tlog_proof(data, job)
        if kind == "signed-report":
            return _signed_report(data, job)
        warnings = []
        if kind == "report":
            report = read_report(data, job.get("knownPrograms", ()))
            data, warnings = report.evidence, report.warnings
        return _evidence(data, job, kind, warnings)
    except Fault as fault:
        return _refused(kind, fault)


def _refused(kind: str, fault: Fault) -> dict:
    return {"kind": kind, "verdict": "refused", "checks": [], "failed": [], "fault": {"code": fault.code}}


def _now() -> str:
    now = datetime.datetime.now(datetime.timezone.utc)
    return now.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (now.microsecond // 1000)
