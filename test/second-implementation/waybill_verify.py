"""Verifies Waybill's receipts, evidence, completeness proofs, reports and proofs of a period without Waybill and without a network.

    python3 waybill_verify.py FILE [--trust TRUST.json | --log-key VKEY]... [--receipt FILE]... [--payload FILE]
                              [--at RFC3339] [--image DIGEST] [--repository NAME]
                              [--as-of SIZE [--view then|now]] [--environment NAME] [--known-program SHA256]...
                              [--entry FILE] [--json]
    python3 waybill_verify.py --batch < JOBS        one JSON object for each line, one answer for each

Exit codes: 0 pass or waived, 10 fail, 11 unjudged, 12 the file is refused, its origin is not confirmed or it is not
judged, 13 a receipt contradicts it, 15 a signed report says pass or waived of a past state of the log, 2 the command line
is wrong.

A key of the log that follows the reader's is found in evidence and in the completeness proof of "trust", which show who
vouches for it; other files verify under a key that signed them.

Of a signed report the verdict is the service's: whose word it is is checked, and nothing is judged again. With one,
--receipt, --environment and --as-of are refused: it does not hold what would answer them.

Two things are not evaluated here: rules, and limits over facts. Where a contract that applies has some, each is shown as
not run (custody/not-judged), and the verdict is "not-judged" where everything else would pass. RSA keys are not read:
what is signed by one fails.
"""

import argparse
import base64
import datetime
import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import vector_jobs
from completeness import judge_completeness, read_completeness
from contradiction import CONTRADICTIONS, Shown, against, shown_by_completeness, shown_by_evidence, shown_by_receipt
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


def _kind(data: bytes) -> str:
    """What a file claims to be, by its content."""
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:64]
    if start.startswith(b"c2sp.org/tlog-proof@"):
        return "tlog-proof"
    if start.startswith(b"<"):
        return "report"
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
        return {"kind": kind, "verdict": "refused", "checks": [], "failed": [], "fault": {"code": fault.code}}


def exit_code(answer: dict, pinned: bool) -> int:
    reasons = [one.get("reason") for one in answer.get("receipts", ())]
    if any(reason in CONTRADICTIONS for reason in reasons):
        return 13
    if answer["fault"] == {"code": "cli/usage"}:
        return 2
    if answer["fault"] is not None or any(reasons) or answer.get("warnings"):
        return 12
    if answer["verdict"] == "fail":
        return 10
    if not pinned or answer["verdict"] == "unconfirmed":
        return 12
    yes = 15 if answer.get("past") else 0
    return {"pass": yes, "waived": yes, "unjudged": 11, "not-judged": 12}[answer["verdict"]]


def _now() -> str:
    now = datetime.datetime.now(datetime.timezone.utc)
    return now.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (now.microsecond // 1000)


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _batch_job(line: str) -> dict:
    """One job: {id?, file | bytes, kind?, trust?, logKeys?, at?, receipts?, payload?, …}; bytes as base64."""
    job = json.loads(line)
    if "run" in job:
        return vector_jobs.run(job)
    data = base64.b64decode(job["bytes"]) if "bytes" in job else _read(job["file"])
    job["receipts"] = [base64.b64decode(one) for one in job.get("receipts", [])]
    for name in ("payload", "entry", "against"):
        if name in job:
            job[name] = base64.b64decode(job[name])
    return verify(data, job)


def batch():
    for line in sys.stdin:
        if line.strip():
            print(json.dumps(_batch_job(line)), flush=False)
    sys.stdout.flush()


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "file",
        nargs="?",
        help="a receipt, evidence, a completeness proof, a report, a signed report, a proof of a period or a tlog-proof",
    )
    parser.add_argument("--trust", metavar="JSON", help="trust file of the reader; instead of --log-key")
    several = {"action": "append", "default": []}
    parser.add_argument("--log-key", metavar="VKEY", help="log key that the reader trusts; repeatable", **several)
    parser.add_argument("--receipt", metavar="FILE", help="receipt to hold against the file; repeatable", **several)
    known = 'SHA-256, hex, of a report program that the reader knows ("sha256" of dist/web/program.json); repeatable'
    parser.add_argument("--known-program", metavar="SHA256", help=known, **several)
    for name, value, text in (
        ("--payload", "FILE", "with a receipt: the payload that its entry commits to"),
        ("--at", "RFC3339", "time to judge at (default: now)"),
        ("--image", "DIGEST", "image that evidence must be about"),
        ("--repository", "NAME", "repository that evidence must be about"),
        ("--environment", "NAME", "environment that the reader asks about, and evidence that is about one must be: retirements in it count"),
        ("--entry", "FILE", "with a tlog-proof: the exact bytes of the entry"),
        ("--against", "FILE", "with a signed report: the evidence, or the page, that it is about"),
    ):
        parser.add_argument(name, metavar=value, help=text)
    parser.add_argument("--as-of", metavar="SIZE", type=int, help="past state that evidence must be about: its size")
    views = "what counts of a past state: what was known then (default), or what is known now about it"
    parser.add_argument("--view", choices=("then", "now"), default="then", help=views)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--batch", action="store_true", help="read jobs from standard input, one JSON object a line")
    return parser.parse_args()


def main() -> int:
    found = _arguments()
    if found.batch:
        batch()
        return 0
    if found.file is None or (found.trust and found.log_key):
        print("give one file, and a trust file or log keys but not both", file=sys.stderr)
        return 2
    job = {"logKeys": found.log_key, "knownPrograms": found.known_program}
    if found.at:
        job["at"] = found.at
    if found.as_of is not None:
        job["asOf"] = {"size": found.as_of, "view": found.view}
    try:
        data = _read(found.file)
        job["receipts"] = [_read(one) for one in found.receipt]
        for name, value in (("payload", found.payload), ("entry", found.entry), ("against", found.against)):
            if value:
                job[name] = _read(value)
        if found.trust:
            job["trust"] = _read(found.trust).decode("utf-8", "replace")
    except OSError as problem:
        print(problem, file=sys.stderr)
        return 2
    for name in ("image", "repository", "environment"):
        if getattr(found, name):
            job[name] = getattr(found, name)
    answer = verify(data, job)
    print(json.dumps(answer) if found.json else _lines(answer))
    return exit_code(answer, bool(found.trust or found.log_key))


def _lines(answer: dict) -> str:
    held = answer.get("receipts", ())
    reasons = [one["reason"] for one in held if one.get("reason")]
    verdict = answer["verdict"]
    if any(reason in CONTRADICTIONS for reason in reasons):
        verdict = "contradicted by a receipt; no verdict of its own counts"
    elif reasons:
        verdict = "a receipt does not hold, or cannot be compared; no verdict of its own counts"
    if answer.get("past"):
        verdict += ", of a past state of the log"
    lines = ["%s: %s" % (answer["kind"], verdict)]
    for number, one in enumerate(held, 1):
        lines.append("  receipt %d: %s" % (number, one.get("reason") or "nothing contradicts it"))
    if answer["fault"] is not None:
        lines.append("  refused: " + answer["fault"]["code"])
    for check in answer["checks"]:
        if check["outcome"] != "pass":
            about = " ".join(
                "%s=%s" % (name, check[name]) for name in ("seq", "key", "contract", "stage", "rule") if name in check
            )
            lines.append("  %s %s %s %s" % (check["outcome"], check["code"], check["reason"], about))
    return "\n".join(lines + ["  warning: " + one["code"] for one in answer.get("warnings", ())])


if __name__ == "__main__":
    sys.exit(main())
