"""Reading members of closed JSON objects: types, bounds and spellings, with the faults of docs/spec/encoding.md."""

import base64
import re

from faults import Fault
from strict_json import INTEGER_MAX

_HEX = re.compile(r"(?:[0-9a-f]{2})*")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def from_base64(text: str) -> bytes:
    if not isinstance(text, str):
        raise Fault("encoding/wrong-type")
    if _BASE64.fullmatch(text) is None:
        raise Fault("encoding/malformed-base64")
    data = base64.b64decode(text)
    if base64.b64encode(data).decode() != text:
        raise Fault("encoding/malformed-base64")
    return data


def from_base64_of(text: str, length: int) -> bytes:
    data = from_base64(text)
    if len(data) != length:
        raise Fault("encoding/wrong-length")
    return data


def from_hex(text, length: int) -> bytes:
    if not isinstance(text, str):
        raise Fault("encoding/wrong-type")
    if _HEX.fullmatch(text) is None:
        raise Fault("encoding/malformed-hex")
    if len(text) != 2 * length:
        raise Fault("encoding/wrong-length")
    return bytes.fromhex(text)


def closed(value, required=(), optional=()) -> dict:
    """The object itself, once it has every required member and none that is not named."""
    if not isinstance(value, dict):
        raise Fault("encoding/wrong-type")
    for name in required:
        if name not in value:
            raise Fault("encoding/missing-member", name)
    for name in value:
        if name not in required and name not in optional:
            raise Fault("encoding/unknown-member", name)
    return value


def is_integer(value, low: int = 0, high: int = INTEGER_MAX) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def integer(value, low: int = 0, high: int = INTEGER_MAX) -> int:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise Fault("encoding/wrong-type")
    if not is_integer(value, low, high):
        raise Fault("encoding/integer-out-of-range")
    return value


def utf16_length(text: str) -> int:
    """Characters as docs/spec/encoding.md counts them: UTF-16 code units."""
    return len(text.encode("utf-16-be")) // 2


def text(value, low: int = 0, high: int = INTEGER_MAX) -> str:
    if not isinstance(value, str):
        raise Fault("encoding/wrong-type")
    if not low <= utf16_length(value) <= high:
        raise Fault("encoding/too-long" if value else "encoding/too-short")
    return value


def matching(value, pattern) -> str:
    if not isinstance(value, str):
        raise Fault("encoding/wrong-type")
    if pattern.fullmatch(value) is None:
        raise Fault("encoding/pattern-mismatch")
    return value


def one_of(value, allowed) -> str:
    if not isinstance(value, str):
        raise Fault("encoding/wrong-type")
    if value not in allowed:
        raise Fault("encoding/not-allowed")
    return value


def array(value, low: int, high: int) -> list:
    if not isinstance(value, list):
        raise Fault("encoding/wrong-type")
    if len(value) < low:
        raise Fault("encoding/too-short")
    if len(value) > high:
        raise Fault("encoding/too-long")
    return value


def distinct(value, low: int, high: int, read) -> list:
    """An array that is a set of texts, each accepted by `read`."""
    found = [read(element) for element in array(value, low, high)]
    if len(set(found)) != len(found):
        raise Fault("encoding/duplicate-element")
    return found
