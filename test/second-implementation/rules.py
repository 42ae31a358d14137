"""Reading rules by docs/spec/rules.md sections 1 to 3: from text to parts, with the bounds of section 2."""

import rule_patterns
from faults import Fault
from rule_words import NOT_NAMES, NOT_SELECTORS, check_text, malformed, word_at

PARTS_MAX, DEPTH_MAX = 400, 32
OF_CONTRACT = frozenset(("image", "facts", "previous"))
OF_STAGE = OF_CONTRACT | {"predicate", "attestation"}
_RELATIONS = ("==", "!=", "<", "<=", ">", ">=")
_CONSTANTS = {"true": True, "false": False, "null": None}
_FUNCTIONS = {"size": 1, "int": 1, "double": 1, "string": 1, "has": 1}
_METHODS = {"size": 0, "startsWith": 1, "endsWith": 1, "contains": 1, "lowerAscii": 0, "matches": 1}
_MACROS = {"all": (2,), "exists": (2,), "exists_one": (2,), "filter": (2,), "map": (2, 3)}


class Part:
    """`kind`, what it is called in `name` or stands for in `value`, and the parts that it is made of."""

    def __init__(self, kind: str, *parts, name=None, value=None):
        self.kind, self.parts, self.name, self.value = kind, list(parts), name, value


class _Reader:
    def __init__(self, source: str):
        self.source, self.count, self.depth = source, 0, 0
        self.word, self.end = word_at(source, 0)

    def next(self):
        found = self.word
        self.word, self.end = word_at(self.source, self.end)
        return found

    def part(self, kind: str, *parts, **about) -> Part:
        self.count += 1
        if self.count > PARTS_MAX:
            raise Fault("contract/rule-too-complex")
        return Part(kind, *parts, **about)

    def deeper(self, read):
        self.depth += 1
        if self.depth > DEPTH_MAX:
            raise Fault("contract/rule-too-complex")
        found = read()
        self.depth -= 1
        return found

    def take(self, *signs):
        if not self.word.is_sign(*signs):
            raise malformed(self.word.at)
        return self.next()

    # One function for each line of the grammar.

    def expression(self) -> Part:
        return self.deeper(self._conditional)

    def _conditional(self) -> Part:
        found = self._or()
        if not self.word.is_sign("?"):
            return found
        self.next()
        then = self._or()
        self.take(":")
        return self.part("conditional", found, then, self.expression())

    def _from_the_left(self, signs, read) -> Part:
        found = read()
        while self.word.is_sign(*signs):
            sign = self.next().value
            found = self.part("operator", found, read(), name=sign)
        return found

    def _or(self) -> Part:
        return self._from_the_left(("||",), self._and)

    def _and(self) -> Part:
        return self._from_the_left(("&&",), self._relation)

    def _relation(self) -> Part:
        found = self._sum()
        if self.word.is_sign(*_RELATIONS) or self.word.is_name("in"):
            sign = self.next().value
            found = self.part("operator", found, self._sum(), name=sign)
        return found

    def _sum(self) -> Part:
        return self._from_the_left(("+", "-"), self._product)

    def _product(self) -> Part:
        return self._from_the_left(("*", "/", "%"), self._unary)

    def _unary(self) -> Part:
        if self.word.is_sign("!", "-"):
            sign = self.next().value
            return self.part("unary", self.deeper(self._unary), name=sign)
        return self._member()

    def _member(self) -> Part:
        found = self._primary()
        while self.word.is_sign(".", "["):
            if self.next().value == "[":
                index = self.expression()
                self.take("]")
                found = self.part("index", found, index)
                continue
            word = self.word
            if word.kind != "name" or word.value in NOT_SELECTORS:
                raise malformed(word.at)
            self.next()
            if self.word.is_sign("("):
                found = self.part("method", found, *self._listed("(", ")"), name=word.value)
            else:
                found = self.part("selection", found, name=word.value)
        return found

    def _listed(self, opening: str, closing: str, may_end_with_comma=False) -> list:
        self.take(opening)
        found = []
        while not self.word.is_sign(closing):
            found.append(self.expression())
            if not self.word.is_sign(","):
                break
            self.next()
            if self.word.is_sign(closing) and not may_end_with_comma:
                raise malformed(self.word.at)
        self.take(closing)
        return found

    def _primary(self) -> Part:
        word = self.word
        if word.is_sign("("):
            self.next()
            found = self.expression()
            self.take(")")
            return found
        if word.is_sign("["):
            return self.part("list", *self._listed("[", "]", True))
        if word.kind == "literal":
            self.next()
            return self.part("literal", value=word.value)
        if word.kind == "name" and word.value in _CONSTANTS:
            self.next()
            return self.part("literal", value=_CONSTANTS[word.value])
        if word.kind != "name" or word.value in NOT_NAMES:
            raise malformed(word.at)
        self.next()
        if self.word.is_sign("("):
            return self.part("function", *self._listed("(", ")"), name=word.value)
        return self.part("name", name=word.value)


def _not_supported() -> Fault:
    return Fault("contract/rule-not-supported")


def _check(part: Part, names: frozenset):
    """Refuses what section 3 does not have; makes macros and patterns of the calls that are one."""
    if part.kind == "name" and part.name not in names:
        raise _not_supported()
    if part.kind == "function":
        if len(part.parts) != _FUNCTIONS.get(part.name):
            raise _not_supported()
        if part.name == "has":
            if part.parts[0].kind != "selection":
                raise _not_supported()
            part.kind = "has"
    if part.kind == "method":
        _check_method(part, names)
    if part.kind != "macro":
        for one in part.parts:
            _check(one, names)


def _check_method(part: Part, names: frozenset):
    receiver, *arguments = part.parts
    if part.name in _MACROS:
        if len(arguments) not in _MACROS[part.name] or arguments[0].kind != "name":
            raise _not_supported()
        _check(receiver, names)
        for one in arguments[1:]:
            _check(one, names | {arguments[0].name})
        part.kind, part.value, part.parts = "macro", arguments[0].name, [receiver, *arguments[1:]]
    elif len(arguments) != _METHODS.get(part.name):
        raise _not_supported()
    elif part.name == "matches":
        if arguments[0].kind != "literal" or not isinstance(arguments[0].value, str):
            raise _not_supported()
        part.value = rule_patterns.read_pattern(arguments[0].value)
        if part.value is None:
            raise _not_supported()


class Rule:
    """A rule that can be evaluated; `compares` whether it names the image that was released before."""

    def __init__(self, name: str, root: Part, compares: bool, names_facts: bool):
        self.name, self.root, self.compares, self.names_facts = name, root, compares, names_facts


def _names(part: Part, wanted: str) -> bool:
    """Whether the name stands in an expression for what it is by section 3.1, and not for an element of a macro."""
    if part.kind == "name":
        return part.name == wanted
    if part.kind == "macro" and part.value == wanted:
        return _names(part.parts[0], wanted)
    return any(_names(one, wanted) for one in part.parts)


def read_rule(name: str, source: str, of_stage: bool) -> Rule:
    """`source` has passed `check_text`."""
    reader = _Reader(source)
    root = reader.expression()
    if reader.word.kind != "end":
        raise malformed(reader.word.at)
    _check(root, OF_STAGE if of_stage else OF_CONTRACT)
    return Rule(name, root, _names(root, "previous"), _names(root, "facts"))
