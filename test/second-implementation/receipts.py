"""Receipts by docs/spec/receipt.md."""

from entries import check_commitment, read_entry
from faults import Fault
from members import array, closed, from_base64_of, integer, text
from merkle import check_inclusion
from notes import open_checkpoint, open_counting, read_tlog_proof
from strict_json import parse_canonical

PATH_MAX = 53


class Receipt:
    def __init__(self, value):
        closed(value, ("type", "entry", "index", "path", "checkpoint", "logKey"), ("salt",))
        if value["type"] != "waybill/receipt/v0":
            raise Fault("encoding/not-allowed")
        self.index = integer(value["index"])
        self.path = [from_base64_of(one, 32) for one in array(value["path"], 0, PATH_MAX)]
        self.checkpoint = text(value["checkpoint"], 1).encode()
        self.salt = from_base64_of(value["salt"], 32) if "salt" in value else None
        self.log_key = text(value["logKey"], 1)
        self.entry = read_entry(value["entry"])
        if self.salt is not None and self.entry.payload is None:
            raise Fault("encoding/unknown-member", "salt")


def read_receipt(data: bytes) -> Receipt:
    try:
        return Receipt(parse_canonical(data))
    except Fault as fault:
        if fault.code.startswith("entry/"):
            raise
        raise Fault("receipt/malformed") from None


def verify_receipt(receipt: Receipt, keys: list, payload=None, trust=None):
    """Checkpoint of a receipt that holds; the fault of the first step of section 3 that does not. `trust` is the trust file
    whose keys they are, where the reader brings one."""
    checkpoint, signed = open_counting(receipt.checkpoint, keys, trust)
    if receipt.log_key not in [key.text for key in signed]:
        raise Fault("receipt/wrong-origin")
    if receipt.entry.log != checkpoint.origin:
        raise Fault("receipt/wrong-origin")
    if receipt.index != receipt.entry.seq:
        raise Fault("receipt/wrong-index")
    try:
        check_inclusion(receipt.entry.hash, receipt.index, checkpoint.size, receipt.path, checkpoint.root)
    except Fault:
        raise Fault("receipt/not-included") from None
    if payload is not None:
        if receipt.entry.payload is None:
            raise Fault("payload/not-needed")
        check_commitment(receipt.entry, receipt.salt, payload)
    return checkpoint


def verify_tlog_proof(data: bytes, leaf: bytes, keys: list):
    """`leaf` is the leaf hash of an entry that the reader knows."""
    proof = read_tlog_proof(data)
    checkpoint, _ = open_checkpoint(proof.checkpoint, keys)
    check_inclusion(leaf, proof.index, checkpoint.size, proof.path, checkpoint.root)
    return checkpoint


