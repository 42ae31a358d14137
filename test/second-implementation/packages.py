"""Package URLs, components and licences by docs/spec/facts.md sections 4.1 and 4.3."""

import hashlib
import re

from faults import Fault
from members import utf16_length
from strict_json import utf16_order

LICENCES_MAX = 64
_PURL = re.compile(r"pkg:/{0,2}([A-Za-z][A-Za-z0-9.+-]*)/([^?#]+)(?:\?([^#]*))?")
_QUALIFIERS_MAX = 32
_PLAIN = {"%3A": ":", "%2B": "+", "%7E": "~"}
_NAME_MAX, _EXPRESSION_MAX = 128, 4_096
_WORD = re.compile(r"[A-Za-z0-9.+:-]+|[()]")
_SAYS_NOTHING = ("NOASSERTION", "NONE")


class PackageUrl:
    def __init__(self, kind: str, name: str, version, qualifiers: frozenset):
        self.kind, self.name, self.version, self.qualifiers = kind, name, version, qualifiers

    def key(self) -> str:
        return "pkg:%s/%s" % (self.kind, self.name) + ("@" + self.version if self.version is not None else "")


def _written_plain(path: str) -> str:
    path = re.sub("%(?:3A|2B|7E)", lambda match: _PLAIN[match.group().upper()], path, flags=re.I)
    before, slash, last = path.rpartition("/")
    return before.replace("%40", "@") + slash + last


def read_package_url(text):
    """None for what is no package URL."""
    match = _PURL.match(text or "")
    if match is None:
        return None
    kind, path, qualifiers = match.groups()
    listed = qualifiers.split("&") if qualifiers else []
    if len(listed) > _QUALIFIERS_MAX:
        return None
    path = _written_plain(path)
    last = path.rpartition("/")[2]
    name, version = path, None
    if last.rfind("@") > 0:
        name, _, version = path.rpartition("@")
    return PackageUrl(kind.lower(), name, version or None, frozenset(listed))


class Component:
    """`value` is what facts list of it."""

    def __init__(self, name: str, version, purl, licences):
        self.package = read_package_url(purl)
        self.name, self.licences = name, list(dict.fromkeys(licences))
        self.version = version or (self.package.version if self.package is not None else None)
        if self.package is not None:
            self.key = self.package.key()
        else:
            self.key = name if self.version is None else name + "@" + self.version
        self._bound()

    def _bound(self):
        if len(self.licences) > LICENCES_MAX:
            raise Fault("facts/too-many-elements")

    def join(self, other: "Component"):
        """The same component once more: the name is that of the first, the version that of the last."""
        self.version = other.version
        self.licences = list(dict.fromkeys(self.licences + other.licences))
        self._bound()

    def value(self) -> dict:
        found = {"name": self.name}
        if self.version is not None:
            found["version"] = self.version
        if self.package is not None:
            found["purl"] = self.key
        if self.licences:
            found["licences"] = sorted(self.licences, key=utf16_order)
        return found


def licence_of_name(name: str) -> str:
    if utf16_length(name) <= _NAME_MAX and "\n" not in name and "\r" not in name:
        return name
    return "sha256:" + hashlib.sha256(name.encode()).hexdigest()


class _Expression:
    """licence [WITH exception], joined by AND and OR, in brackets or not."""

    def __init__(self, words: list):
        self.words, self.found = words, []

    def peek(self):
        return self.words[0].upper() if self.words else None

    def read(self) -> bool:
        return self.any() and not self.words

    def any(self) -> bool:
        while self.one():
            if self.peek() not in ("AND", "OR"):
                return True
            self.words.pop(0)
        return False

    def one(self) -> bool:
        if self.peek() == "(":
            self.words.pop(0)
            if not self.any() or self.peek() != ")":
                return False
            self.words.pop(0)
            return True
        name = self.name()
        if name is None:
            return False
        if self.peek() == "WITH":
            self.words.pop(0)
            exception = self.name()
            if exception is None:
                return False
            name += " WITH " + exception
        self.found.append(name)
        return True

    def name(self):
        return None if self.peek() in (None, "(", ")", "AND", "OR", "WITH") else self.words.pop(0)


def licences_of_expression(text) -> list:
    if not text:
        return []
    words, rest = _WORD.findall(text), _WORD.sub("", text)
    if utf16_length(text) <= _EXPRESSION_MAX and not rest.strip(" \t\n\r"):
        expression = _Expression(list(words))
        if expression.read():
            return [licence_of_name(one) for one in dict.fromkeys(expression.found) if one not in _SAYS_NOTHING]
    return [licence_of_name(text)]
