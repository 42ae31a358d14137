"""Questions about the map, one JSON object a line on standard input, one answer a line: so that a test can ask many.

{"run": "root", "pairs": [[key, value]…]}, {"run": "prove", "pairs": …, "key": …},
{"run": "claim", "root": …, "key": …, "value": … or null, "proof": …}, {"run": "key", "list": name}, {"run": "value", "bytes": …}.
Bytes are hex. The answer is {"value": …} or {"fault": code}.
"""

import json
import sys

from faults import Fault
from map_proofs import check_claim, map_key, prove, read_value, root_of


def _pairs(job):
    return {bytes.fromhex(key): bytes.fromhex(value) for key, value in job["pairs"]}


def _claim(job):
    value = None if job["value"] is None else bytes.fromhex(job["value"])
    check_claim(bytes.fromhex(job["root"]), bytes.fromhex(job["key"]), value, bytes.fromhex(job["proof"]))
    return True


def _value(job):
    n, seq, digest = read_value(bytes.fromhex(job["bytes"]))
    return [n, seq, digest.hex()]


_RUNS = {
    "root": lambda job: root_of(_pairs(job)).hex(),
    "prove": lambda job: prove(_pairs(job), bytes.fromhex(job["key"])).hex(),
    "claim": _claim,
    "key": lambda job: map_key(job["list"]).hex(),
    "value": _value,
}


def answer(job) -> dict:
    try:
        return {"value": _RUNS[job["run"]](job)}
    except Fault as fault:
        return {"fault": fault.code}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))))
