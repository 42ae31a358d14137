"""Verifier keys, signed notes, checkpoints and tlog-proofs by docs/spec/checkpoint.md."""

import hashlib
import re
import unicodedata

from faults import Fault, recast
from members import from_base64, from_base64_of
from merkle import EMPTY_ROOT, SIZE_MAX
from signatures import check_ed25519_key, verify_ed25519
from strict_json import decode_utf8

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,15}")
_KEY_ID = re.compile(r"[0-9a-f]{8}")
_WHITE = re.compile("[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff+]")


def decimal(text: str):
    """Number of a decimal spelling, or None."""
    if _DECIMAL.fullmatch(text) is None or int(text) > SIZE_MAX:
        return None
    return int(text)


def is_key_name(name: str) -> bool:
    return name != "" and not _WHITE.search(name) and not any(unicodedata.category(c) == "Cc" for c in name)


class VerifierKey:
    def __init__(self, text: str):
        parts = text.split("+", 2)
        if len(parts) != 3:
            raise Fault("note/malformed-key")
        self.text, self.name = text, parts[0]
        if not is_key_name(self.name) or _KEY_ID.fullmatch(parts[1]) is None:
            raise Fault("note/malformed-key")
        self.id = bytes.fromhex(parts[1])
        data = recast("note/malformed-key", from_base64, parts[2])
        if data[:1] not in (b"\x01", b"\x04"):
            raise Fault("note/unsupported-key-type" if data else "note/malformed-key")
        if hashlib.sha256(self.name.encode() + b"\n" + data).digest()[:4] != self.id:
            raise Fault("note/malformed-key")
        self.type, self.key = data[0], data[1:]
        try:
            check_ed25519_key(self.key)
        except Fault:
            raise Fault("note/malformed-key") from None


class Note:
    """`text` is not to be used before `open_note` returned."""

    def __init__(self, text: str, lines: list):
        self.text, self.lines = text, lines


def read_note(data: bytes) -> Note:
    if len(data) > 1_000_000:
        raise Fault("note/too-large")
    whole = recast("note/malformed", decode_utf8, data)
    if any(c < " " and c != "\n" for c in whole) or not whole.endswith("\n"):
        raise Fault("note/malformed")
    cut = whole.rfind("\n\n")
    if cut < 0:
        raise Fault("note/malformed")
    text, tail = whole[: cut + 1], whole[cut + 2 :]
    lines = tail.split("\n")[:-1]
    if not lines:
        raise Fault("note/malformed")
    if len(lines) > 100:
        raise Fault("note/too-many-signatures")
    found = []
    for line in lines:
        if not line.startswith("\u2014 "):
            raise Fault("note/malformed")
        name, space, encoded = line[2:].partition(" ")
        if not space or not is_key_name(name):
            raise Fault("note/malformed")
        signature = recast("note/malformed", from_base64, encoded)
        if len(signature) < 5:
            raise Fault("note/malformed")
        found.append((name, signature[:4], signature[4:]))
    return Note(text, found)


def _line_verifies(key: VerifierKey, text: str, signature: bytes) -> bool:
    if key.type == 1:
        return verify_ed25519(key.key, text.encode(), signature)
    if len(signature) != 72:
        return False
    seconds = int.from_bytes(signature[:8], "big")
    if seconds > SIZE_MAX:
        return False
    return verify_ed25519(key.key, b"cosignature/v1\ntime %d\n" % seconds + text.encode(), signature[8:])


def open_note(note: Note, keys: list) -> list:
    """The keys of type 1 that signed, each once."""
    by_name = {}
    for key in keys:
        known = by_name.setdefault((key.name, key.id), key)
        if known.text != key.text:
            raise Fault("note/ambiguous-key")
    signed = []
    for name, key_id, signature in note.lines:
        key = by_name.get((name, key_id))
        if key is None:
            continue
        if not _line_verifies(key, note.text, signature):
            raise Fault("note/bad-signature")
        if key.type == 1 and key not in signed:
            signed.append(key)
    if not signed:
        raise Fault("note/no-known-signature")
    return signed


def cosigned_by(data: bytes, keys: list) -> bool:
    """Whether one of these keys of type 4 has a line in a note that opened with them, so that no line of theirs is false."""
    lines = {(name, key_id) for name, key_id, _ in read_note(data).lines}
    return any((key.name, key.id) in lines for key in keys)


class Checkpoint:
    def __init__(self, origin: str, size: int, root: bytes):
        self.origin, self.size, self.root = origin, size, root


def read_checkpoint_text(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) > 4:
        raise Fault("checkpoint/extension-line")
    if len(lines) < 4 or lines[3] != "":
        raise Fault("checkpoint/malformed")
    origin, size = lines[0], decimal(lines[1])
    root = recast("checkpoint/malformed", from_base64_of, lines[2], 32)
    if origin == "" or any(c < " " for c in origin) or size is None:
        raise Fault("checkpoint/malformed")
    if size == 0 and root != EMPTY_ROOT:
        raise Fault("checkpoint/malformed")
    return Checkpoint(origin, size, root)


def open_checkpoint(data: bytes, keys: list):
    """(checkpoint, keys that signed it and bear its origin's name)."""
    note = read_note(data)
    signed = open_note(note, keys)
    checkpoint = read_checkpoint_text(note.text)
    of_origin = [key for key in signed if key.name == checkpoint.origin]
    if not of_origin:
        raise Fault("checkpoint/origin-not-signed")
    return checkpoint, of_origin


def open_counting(data: bytes, keys: list, trust=None):
    """As `open_checkpoint`; where the reader brings a trust file, one of the keys that signed counts for that size."""
    checkpoint, signed = open_checkpoint(data, keys)
    if trust is not None and not any(trust.counts_for(key, checkpoint.size) for key in signed):
        raise Fault("checkpoint/log-key-differs")
    return checkpoint, signed


class TlogProof:
    def __init__(self, extra: bytes, index: int, path: list, checkpoint: bytes):
        self.extra, self.index, self.path, self.checkpoint = extra, index, path, checkpoint


def read_tlog_proof(data: bytes) -> TlogProof:
    if len(data) > 2_000_000:
        raise Fault("tlog-proof/too-large")
    whole = recast("tlog-proof/malformed", decode_utf8, data)
    head, gap, note = whole.partition("\n\n")
    lines = head.split("\n")
    if not gap or lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise Fault("tlog-proof/malformed")
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = recast("tlog-proof/malformed", from_base64, lines.pop(0)[6:])
        if not extra:
            raise Fault("tlog-proof/malformed")
    if not lines or not lines[0].startswith("index "):
        raise Fault("tlog-proof/malformed")
    index = decimal(lines.pop(0)[6:])
    if index is None or len(lines) > 53:
        raise Fault("tlog-proof/malformed")
    path = [recast("tlog-proof/malformed", from_base64_of, line, 32) for line in lines]
    try:
        read_checkpoint_text(read_note(note.encode()).text)
    except Fault:
        raise Fault("tlog-proof/malformed") from None
    return TlogProof(extra, index, path, note.encode())
