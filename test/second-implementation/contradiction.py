"""What a kept receipt contradicts: docs/spec/receipt.md section 5."""

from completeness import proved_list
from faults import Fault
from ledger_shown import end_from, proved_lists
from merkle import check_inclusion
from notes import open_checkpoint
from receipts import read_receipt, verify_receipt

CONTRADICTIONS = ("checkpoint/forked", "list/omission-proved", "map/omission-proved")


class Shown:
    """What another document shows of a log; `lists` {key: whether it passes}, none in a receipt; `end` (key, seq) of the list that
    is shown from there on alone."""

    def __init__(self, checkpoint, entries: dict, lists, end=(None, 0)):
        self.checkpoint, self.entries, self.lists, self.end = checkpoint, entries, lists, end


def shown_by_receipt(receipt, checkpoint) -> Shown:
    return Shown(checkpoint, {receipt.index: receipt.entry}, {})


def shown_by_evidence(evidence, keys: list):
    """What is included under a checkpoint that opens; the code of the fault of one that does not."""
    try:
        checkpoint, _ = open_checkpoint(evidence.checkpoint, keys)
    except Fault as fault:
        return fault.code
    included = {}
    for seq, entry in evidence.entries.items():
        try:
            check_inclusion(entry.hash, seq, checkpoint.size, evidence.paths[seq], checkpoint.root)
            included[seq] = entry
        except Fault:
            continue
    passes = proved_lists(evidence, checkpoint, included)
    return Shown(checkpoint, included, {key: key in passes for key in evidence.lists}, end_from(evidence, included))


def shown_by_completeness(proof, keys: list):
    try:
        checkpoint, _ = open_checkpoint(proof.checkpoint, keys)
    except Fault as fault:
        return fault.code
    return Shown(checkpoint, **proved_list(proof, checkpoint))


def against(shown, data: bytes, keys: list, trust=None) -> dict:
    """Nothing, or the reason why this receipt and what was shown cannot both be honest, or cannot be compared."""
    if isinstance(shown, str):
        return {"reason": shown}
    try:
        receipt = read_receipt(data)
        kept = verify_receipt(receipt, keys, trust=trust)
        _compare(shown, receipt, kept)
    except Fault as fault:
        return {"reason": fault.code}
    return {}


def _compare(shown: Shown, receipt, kept):
    other = shown.checkpoint
    if kept.origin != other.origin:
        raise Fault("receipt/wrong-origin")
    if kept.size == other.size and kept.root != other.root:
        raise Fault("checkpoint/forked")
    entry = shown.entries.get(receipt.index)
    if entry is not None and entry.hash != receipt.entry.hash:
        raise Fault("checkpoint/forked")
    if entry is None and other.size > receipt.index:
        before_end = {shown.end[0]} if receipt.index < shown.end[1] else set()
        left_out = (receipt.entry.keys.keys() - before_end) & shown.lists.keys()
        if any(shown.lists[key] for key in left_out):
            raise Fault("map/omission-proved")
        if left_out:
            raise Fault("list/omission-proved")
