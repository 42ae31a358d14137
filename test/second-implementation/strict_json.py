"""JSON as docs/spec/encoding.md sections 3 to 5 have it: strict reading, canonical writing (RFC 8785)."""

import re

from faults import Fault

DEPTH_MAX = 64
MEMBERS_MAX = 4_000_000
INTEGER_MAX = 2**53 - 1

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_UNICODE = re.compile(r"u([0-9a-fA-F]{4})")
_LOW_SURROGATE = re.compile(r"\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_SHORT_INTEGER = re.compile(r"-?[1-9][0-9]{0,14}|0")


def decode_utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8", "strict")
    except UnicodeDecodeError:
        raise Fault("encoding/malformed-utf8") from None


class _Reader:
    def __init__(self, text: str, depth_max: int):
        self.text = text
        self.place = 0
        self.members = 0
        self.depth_max = depth_max

    def malformed(self):
        return Fault("encoding/malformed-json", str(self.place))

    def space(self) -> str:
        self.place = _SPACE.match(self.text, self.place).end()
        return self.text[self.place : self.place + 1]

    def count(self):
        self.members += 1
        if self.members > MEMBERS_MAX:
            raise Fault("encoding/too-many-members")

    def value(self, depth: int):
        first = self.space()
        if first == '"':
            return self.string()
        if first == "{" or first == "[":
            if depth >= self.depth_max:
                raise Fault("encoding/too-deep")
            return self.object(depth + 1) if first == "{" else self.array(depth + 1)
        for word, meaning in (("true", True), ("false", False), ("null", None)):
            if self.text.startswith(word, self.place):
                self.place += len(word)
                return meaning
        return self.number()

    def number(self):
        match = _NUMBER.match(self.text, self.place)
        if match is None:
            raise self.malformed()
        self.place = match.end()
        text = match.group()
        if _SHORT_INTEGER.fullmatch(text):
            return int(text)
        number = float(text)
        if number in (float("inf"), float("-inf")):
            raise Fault("encoding/number-out-of-range")
        if number.is_integer() and abs(number) <= INTEGER_MAX:
            return int(number)
        return number

    def string(self) -> str:
        self.place += 1
        parts = []
        self.lone = False
        while True:
            match = _PLAIN.match(self.text, self.place)
            parts.append(match.group())
            self.place = match.end()
            last = self.text[self.place : self.place + 1]
            if last == '"':
                self.place += 1
                if self.lone:
                    raise Fault("encoding/lone-surrogate")
                return "".join(parts)
            if last != "\\":
                raise self.malformed()
            self.place += 1
            parts.append(self.escape())

    def escape(self) -> str:
        letter = self.text[self.place : self.place + 1]
        if letter in _ESCAPES:
            self.place += 1
            return _ESCAPES[letter]
        unit = self.unit()
        if 0xD800 <= unit <= 0xDBFF:
            match = _LOW_SURROGATE.match(self.text, self.place)
            if match is not None:
                self.place = match.end()
                return chr(0x10000 + ((unit - 0xD800) << 10) + (int(match.group(1), 16) - 0xDC00))
        if 0xD800 <= unit <= 0xDFFF:
            self.lone = True  # refused where the string ends, so that bad syntax before it counts first
        return chr(unit)

    def unit(self) -> int:
        match = _UNICODE.match(self.text, self.place)
        if match is None:
            raise self.malformed()
        self.place = match.end()
        return int(match.group(1), 16)

    def array(self, depth: int) -> list:
        self.place += 1
        found = []
        if self.space() == "]":
            self.place += 1
            return found
        while True:
            self.count()
            found.append(self.value(depth))
            after = self.space()
            self.place += 1
            if after == "]":
                return found
            if after != ",":
                self.place -= 1
                raise self.malformed()

    def object(self, depth: int) -> dict:
        self.place += 1
        found = {}
        if self.space() == "}":
            self.place += 1
            return found
        while True:
            if self.space() != '"':
                raise self.malformed()
            name = self.string()
            if self.space() != ":":
                raise self.malformed()
            self.place += 1
            self.count()
            value = self.value(depth)
            if name in found:
                raise Fault("encoding/duplicate-member", name)
            found[name] = value
            after = self.space()
            self.place += 1
            if after == "}":
                return found
            if after != ",":
                self.place -= 1
                raise self.malformed()


def parse(data: bytes, depth_max: int = DEPTH_MAX):
    """Value of a JSON text. Numbers are int where whole and at most 2^53 - 1 in size, otherwise float."""
    reader = _Reader(decode_utf8(data), depth_max)
    found = reader.value(0)
    if reader.space() != "":
        raise reader.malformed()
    return found


_TO_ESCAPE = re.compile(r'["\\\x00-\x1f]')
_WRITTEN = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def _escaped(match) -> str:
    return _WRITTEN.get(match.group()) or "\\u%04x" % ord(match.group())


def _string(text: str) -> str:
    return '"' + _TO_ESCAPE.sub(_escaped, text) + '"'


def _number(number) -> str:
    """As ECMAScript writes a double (Number::toString)."""
    if isinstance(number, int) and abs(number) <= INTEGER_MAX:
        return str(number)
    number = float(number)
    if number == 0:
        return "0"
    sign = "-" if number < 0 else ""
    digits, _, exponent = ("%r" % abs(number)).partition("e")
    whole, _, fraction = digits.partition(".")
    fraction = "" if fraction == "0" else fraction
    point = len(whole) + (int(exponent) if exponent else 0)
    digits = (whole + fraction).lstrip("0")
    point -= len(whole + fraction) - len(digits)
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    power = point - 1
    mantissa = digits[0] + ("." + digits[1:] if count > 1 else "")
    return "%s%se%s%d" % (sign, mantissa, "+" if power >= 0 else "-", abs(power))


def utf16_order(name: str):
    return name.encode("utf-16-be")


def _write(value, parts: list):
    if isinstance(value, str):
        parts.append(_string(value))
    elif value is True or value is False or value is None:
        parts.append({True: "true", False: "false", None: "null"}[value])
    elif isinstance(value, (int, float)):
        parts.append(_number(value))
    elif isinstance(value, list):
        parts.append("[")
        for index, element in enumerate(value):
            if index:
                parts.append(",")
            _write(element, parts)
        parts.append("]")
    else:
        parts.append("{")
        for index, name in enumerate(sorted(value, key=utf16_order)):
            parts.append("," if index else "")
            parts.append(_string(name))
            parts.append(":")
            _write(value[name], parts)
        parts.append("}")


def canonical(value) -> bytes:
    parts = []
    _write(value, parts)
    return "".join(parts).encode("utf-8")


def parse_canonical(data: bytes):
    """Value of a text that must be canonical, `encoding/not-canonical` where its bytes are not."""
    value = parse(data)
    if canonical(value) != data:
        raise Fault("encoding/not-canonical")
    return value
