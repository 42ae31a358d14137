"""Words of rules by docs/spec/rules.md sections 1 and 2."""

import re

from faults import Fault
from members import text

TEXT_MAX = 2_000
INT_MAX = 2**63 - 1
NOT_NAMES = frozenset(
    "true false null in as break const continue else for function if import let loop package namespace return var void while".split()
)
NOT_SELECTORS = frozenset("true false null in".split())
_ALLOWED = re.compile(r"[\x20-\x7e\t\n\r]*")
_BLANK = re.compile(r"(?:[ \t\n\r]|//[^\n\r]*)*")
_DOUBLE = re.compile(r"[0-9]{1,40}\.[0-9]{1,40}(?:[eE][+-]?[0-9]{1,4})?|[0-9]{1,40}[eE][+-]?[0-9]{1,4}")
_INT = re.compile(r"0[xX][0-9a-fA-F]+|[0-9]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RAW = re.compile(r"""[rR](?:"([^"\n\r]*)"|'([^'\n\r]*)')""")
_SIGN = re.compile(r"==|!=|<=|>=|&&|\|\||[-+*/%!<>?:.,()\[\]]")
_PLAIN = {'"': re.compile(r'[^"\\\n\r]*'), "'": re.compile(r"[^'\\\n\r]*")}
_SHORT = dict(zip("abfnrtv\\'\"`?", "\a\b\f\n\r\t\v\\'\"`?"))
_NUMBERED = re.compile(r"[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})")


class Word:
    """`kind` "name", "literal", "sign" or "end"; `value` its text, or what a literal stands for."""

    def __init__(self, kind: str, value, at: int):
        self.kind, self.value, self.at = kind, value, at

    def is_sign(self, *signs) -> bool:
        return self.kind == "sign" and self.value in signs

    def is_name(self, name: str) -> bool:
        return self.kind == "name" and self.value == name


def malformed(at: int) -> Fault:
    return Fault("contract/rule-malformed", str(at))


def check_text(value) -> str:
    """The text of an expression; `encoding/` faults, which a contract makes `contract/malformed` of."""
    text(value, 1, TEXT_MAX)
    if _ALLOWED.fullmatch(value) is None:
        raise Fault("encoding/pattern-mismatch")
    return value


def _escape(source: str, at: int) -> tuple:
    """(character, end) of what follows a backslash."""
    if source[at : at + 1] in _SHORT and at < len(source):
        return _SHORT[source[at]], at + 1
    match = _NUMBERED.match(source, at)
    if match is None:
        raise malformed(at)
    two, four, eight, octal = match.groups()
    number = int(octal, 8) if octal else int(two or four or eight, 16)
    if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
        raise malformed(at)
    return chr(number), match.end()


def _quoted(source: str, start: int) -> Word:
    quote, at, parts = source[start], start + 1, []
    while True:
        match = _PLAIN[quote].match(source, at)
        parts.append(match.group())
        at = match.end()
        if source[at : at + 1] == quote:
            return Word("literal", "".join(parts), start), at + 1
        if source[at : at + 1] != "\\":
            raise malformed(at)
        character, at = _escape(source, at + 1)
        parts.append(character)


def _number(source: str, start: int):
    match = _DOUBLE.match(source, start)
    if match is not None:
        number = float(match.group())
        if number == float("inf"):
            raise malformed(start)
        return Word("literal", number, start), match.end()
    match = _INT.match(source, start)
    word = match.group()
    if len(word) > 20:
        raise malformed(start)
    number = int(word, 16 if word[:2] in ("0x", "0X") else 10)
    if number > INT_MAX:
        raise malformed(start)
    return Word("literal", number, start), match.end()


def word_at(source: str, start: int) -> tuple:
    """(word, end) of the word that begins at `start`, or after blanks there."""
    start = _BLANK.match(source, start).end()
    if start == len(source):
        return Word("end", None, start), start
    first = source[start]
    if first.isdigit():
        return _number(source, start)
    if first in "\"'":
        return _quoted(source, start)
    match = _RAW.match(source, start)
    if match is not None:
        return Word("literal", match.group(1) if match.group(1) is not None else match.group(2), start), match.end()
    match = _NAME.match(source, start)
    if match is not None:
        return Word("name", match.group(), start), match.end()
    match = _SIGN.match(source, start)
    if match is None:
        raise malformed(start)
    return Word("sign", match.group(), start), match.end()
