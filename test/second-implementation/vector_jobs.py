"""Jobs of --batch that ask one layer alone, so that published vectors can be put to it."""

import base64

from completeness import read_completeness
from documents import read_contract, read_grant, read_signed_image, read_signer
from dsse import read_bundle, read_envelope
from entries import BYTES_MAX, read_entry
from evidence import read_evidence
from facts import combine
from faults import Fault, recast
from manifests import read_manifest
from members import from_base64
from merkle import check_consistency, check_inclusion, leaf_hash, root_of
from names import time_ms
from notes import VerifierKey, open_checkpoint, open_note, read_checkpoint_text, read_note, read_tlog_proof
from receipts import read_receipt
from rule_evaluation import evaluate
from rule_patterns import read_pattern
from rule_words import check_text
from rules import OF_STAGE, read_rule
from signatures import SMALL_ORDER, read_pem, read_spki, verify_ed25519
from statements import read_statement_bytes
from strict_json import canonical, decode_utf8, parse, parse_canonical
from trust_file import read_trust_file


def _bytes(job, name):
    return base64.b64decode(job[name])


def _canonical(job):
    return base64.b64encode(canonical(parse(_bytes(job, "bytes")))).decode()


def _inclusion(job):
    path = [base64.b64decode(one) for one in job["path"] or ()]
    check_inclusion(_bytes(job, "leaf"), job["index"], job["size"], path, _bytes(job, "root"))


def _consistency(job):
    path = [base64.b64decode(one) for one in job["path"] or ()]
    check_consistency(job["first"], job["second"], path, _bytes(job, "firstRoot"), _bytes(job, "secondRoot"))


def _checkpoint(job):
    checkpoint, signed = open_checkpoint(_bytes(job, "bytes"), [VerifierKey(one) for one in job["keys"]])
    return {"origin": checkpoint.origin, "size": checkpoint.size, "root": base64.b64encode(checkpoint.root).decode()}


def _note(job):
    return [key.text for key in open_note(read_note(_bytes(job, "bytes")), [VerifierKey(one) for one in job["keys"]])]


def _tlog_proof(job):
    proof = read_tlog_proof(_bytes(job, "bytes"))
    return {"index": proof.index, "hashes": len(proof.path)}


def _rule(job):
    """{reason, steps} of an expression of a stage over a predicate, a JSON text, and nothing else; with `left` steps."""
    rule = read_rule("one", check_text(job["expression"]), True)
    known = dict.fromkeys(OF_STAGE, {}) | {"predicate": parse(job["predicate"].encode())}
    reason, steps = evaluate(rule, known, job["left"])
    return {"reason": reason, "steps": steps}


def _pattern(job):
    pattern = read_pattern(job["pattern"])
    return None if pattern is None else pattern.is_found_in(job["text"])


def _facts(job):
    """Combined facts of documents, each {predicateType, predicate} as a JSON text, and of a manifest; and what is not known of them."""
    read = [parse(one.encode()) for one in job["documents"]]
    manifest = read_manifest(_bytes(job, "manifest")) if "manifest" in job else None
    documents = [(one["predicateType"], one["predicate"], len(text)) for one, text in zip(read, job["documents"])]
    facts = combine(documents, manifest)
    return {"facts": canonical(facts.stated).decode(), "unjudged": sorted(facts.unjudged)}


_RUNS = {
    "canonical": _canonical,
    "ed25519": lambda job: verify_ed25519(_bytes(job, "key"), _bytes(job, "message"), _bytes(job, "signature")),
    "spki": lambda job: read_spki(_bytes(job, "key")).id,
    "signature": lambda job: read_spki(_bytes(job, "key")).verify(_bytes(job, "message"), _bytes(job, "signature")),
    "inclusion": _inclusion,
    "consistency": _consistency,
    "root": lambda job: base64.b64encode(root_of([leaf_hash(base64.b64decode(one)) for one in job["leaves"]])).decode(),
    "checkpoint": _checkpoint,
    "note": _note,
    "vkey": lambda job: VerifierKey(job["text"]).name,
    "tlog-proof": _tlog_proof,
    "envelope": lambda job: read_envelope(_bytes(job, "bytes")).payload_type,
    "bundle": lambda job: read_bundle(_bytes(job, "bytes")).payload_type,
    "manifest": lambda job: read_manifest(_bytes(job, "bytes"), job.get("mediaType")).digest,
    "rule": _rule,
    "pattern": _pattern,
    "facts": _facts,
    "small-order": lambda job: sorted(one.hex() for one in SMALL_ORDER),
}


def _reads(read):
    """A job that asks whether bytes are read at all."""

    def ask(job):
        read(_bytes(job, "bytes"))
        return True

    return ask


def _entry(data: bytes):
    if len(data) > BYTES_MAX:
        raise Fault("entry/too-large")
    if any(byte < 0x20 or byte > 0x7E or byte == 0x3C for byte in data):
        raise Fault("entry/not-ascii")
    read_entry(recast("entry/malformed", parse_canonical, data))


_READERS = {
    "parseBase64": lambda data: from_base64(decode_utf8(data)),
    "decodeUtf8": decode_utf8,
    "parseJson": parse,
    "parseCanonicalJson": parse_canonical,
    "parseTime": lambda data: time_ms(decode_utf8(data)),
    "parseVkey": lambda data: VerifierKey(decode_utf8(data)),
    "parseCheckpoint": lambda data: read_checkpoint_text(decode_utf8(data)),
    "parseTlogProof": read_tlog_proof,
    "parsePublicKey": read_spki,
    "parsePublicKeyPem": lambda data: read_pem(decode_utf8(data)),
    "parseEntry": _entry,
    "parseReceipt": read_receipt,
    "parseEvidence": read_evidence,
    "parseCompleteness": read_completeness,
    "parseTrustFile": read_trust_file,
    "parseEnvelope": read_envelope,
    "parseSigstoreBundle": read_bundle,
    "parseStatement": read_statement_bytes,
    "parseManifest": read_manifest,
    "parseSignedImage": read_signed_image,
    "parseContract": read_contract,
    "parseSignerDocument": read_signer,
    "parseGrantDocument": read_grant,
}
_RUNS.update({name: _reads(read) for name, read in _READERS.items()})


def run(job: dict) -> dict:
    """{"value": …} or {"fault": code}."""
    try:
        return {"value": _RUNS[job["run"]](job)}
    except Fault as fault:
        return {"fault": fault.code}
