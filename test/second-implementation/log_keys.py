"""One rotation of a log's key by itself: docs/spec/log-keys.md sections 2 and 3."""

import re

from faults import Fault
from members import array, distinct, from_base64_of, matching
from notes import VerifierKey
from signatures import verify_ed25519

KIND = "log-key.rotated"
SIGNATURE = re.compile(r"[A-Za-z0-9+/]{86}==")


def check_body(body: dict, text):
    """The fault of members that do not belong together (docs/spec/entry.md section 4); `text` reads one key."""
    before = distinct(body["previousLogKeys"], 1, 2, text)
    after = distinct(body["logKeys"], 1, 2, text)
    kept = [one for one in before if one in after]
    if not kept or after[: len(kept)] != kept or before == after:
        raise Fault("encoding/not-allowed")
    for one in array(body["signatures"], len({*before, *after}), len({*before, *after})):
        matching(one, SIGNATURE)


def check_by_itself(entry) -> list:
    """The keys of `logKeys` of a rotation that holds by itself, or its fault (section 3)."""
    body = entry.body
    texts = body["previousLogKeys"] + [one for one in body["logKeys"] if one not in body["previousLogKeys"]]
    try:
        keys = [VerifierKey(one) for one in texts]
    except Fault:
        raise Fault("rotation/malformed") from None
    if any(one.type != 1 or one.name != entry.log for one in keys) or len({one.id for one in keys}) != len(keys):
        raise Fault("rotation/malformed")
    n, prev, _ = entry.keys["trust"]
    lines = ["waybill log key rotation v1", entry.log, "%d %s" % (n, prev or "-")]
    lines += ["from " + one for one in body["previousLogKeys"]] + ["to " + one for one in body["logKeys"]]
    message = "".join(line + "\n" for line in lines).encode()
    for key, signature in zip(keys, body["signatures"]):
        try:
            good = verify_ed25519(key.key, message, from_base64_of(signature, 64))
        except Fault:
            good = False
        if not good:
            raise Fault("rotation/not-signed")
    return [key for key in keys if key.text in body["logKeys"]]
