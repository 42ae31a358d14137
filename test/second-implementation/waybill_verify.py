"""Verifies Waybill's receipts, evidence, completeness proofs, reports, proofs and exports of a period without Waybill and without a network.

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
--receipt and --as-of are refused: it does not hold what would answer them.

Facts are read from CycloneDX and SPDX 2 in JSON, for components and licences, and from manifests. A limit or a rule that
asks for what documents of other types can state, or for vulnerabilities, is shown as not run (custody/not-judged), and the
verdict is "not-judged" where everything else would pass.
"""

import argparse
import base64
import json
import os
import sys

sys.dont_write_bytecode = True
# Of a rule of 400 parts each may stand in the one before.
sys.setrecursionlimit(20_000)
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import vector_jobs
from answers import verify, verify_folder
from contradiction import CONTRADICTIONS


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


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _batch_job(line: str) -> dict:
    """One job: {id?, file | folder | bytes, kind?, trust?, logKeys?, at?, receipts?, payload?, …}; bytes as base64."""
    job = json.loads(line)
    if "run" in job:
        return vector_jobs.run(job)
    job["receipts"] = [base64.b64decode(one) for one in job.get("receipts", [])]
    for name in ("payload", "entry", "against"):
        if name in job:
            job[name] = base64.b64decode(job[name])
    if "folder" in job:
        return verify_folder(job["folder"], job)
    return verify(base64.b64decode(job["bytes"]) if "bytes" in job else _read(job["file"]), job)


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
        help="a receipt, evidence, a completeness proof, a report, a signed report, a proof of a period, a tlog-proof or the folder of an export",
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
    folder = os.path.isdir(found.file)
    try:
        data = None if folder else _read(found.file)
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
    answer = verify_folder(found.file, job) if folder else verify(data, job)
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
                "%s=%s" % (name, check[name]) for name in ("seq", "key", "contract", "stage", "rule", "detail") if name in check
            )
            lines.append("  %s %s %s %s" % (check["outcome"], check["code"], check["reason"], about))
    return "\n".join(lines + ["  warning: " + one["code"] for one in answer.get("warnings", ())])


if __name__ == "__main__":
    sys.exit(main())
