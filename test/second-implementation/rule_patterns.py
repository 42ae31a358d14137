"""Patterns of rules by docs/spec/rules.md section 4. All that may match at once is followed; nothing goes back."""

PATTERN_MAX, WEIGHT_MAX, REPEATED_MAX = 256, 2_000, 255
_NOT_CHARACTERS = frozenset("\\.^$*+?()[]{}|")
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_CONTROL = {"t": "\t", "n": "\n", "r": "\r"}
_DIGITS = ((0x30, 0x39),)
_WORDS = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
_SPACES = ((0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20))
_CLASSES = {"d": _DIGITS, "w": _WORDS, "s": _SPACES}


class _NoPattern(Exception):
    pass


def _others(ranges) -> tuple:
    found, low = [], 0
    for first, last in sorted(ranges):
        if low < first:
            found.append((low, first - 1))
        low = max(low, last + 1)
    return tuple(found + [(low, 0x10FFFF)])


class _Reader:
    """Gives nodes (kind, content…) with their weights: ("set", ranges), ("begin",), ("end",), ("all", nodes), ("any", nodes),
    ("repeated", node, least, most or None)."""

    def __init__(self, text: str):
        self.text, self.at = text, 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def next(self) -> str:
        if self.at >= len(self.text):
            raise _NoPattern
        self.at += 1
        return self.text[self.at - 1]

    def pattern(self) -> tuple:
        nodes, weight = [], 0
        while True:
            node, more = self.sequence()
            nodes.append(node)
            weight += more
            if self.peek() != "|":
                return ("any", nodes), weight
            self.at += 1
            weight += 1

    def sequence(self) -> tuple:
        nodes, weight = [], 0
        while self.peek() not in ("", "|", ")"):
            node, more = self.piece()
            nodes.append(node)
            weight += more
        return ("all", nodes), weight if nodes else 1

    def piece(self) -> tuple:
        if self.peek() in "^$":
            return ("begin" if self.next() == "^" else "end",), 1
        node, weight = self.atom()
        sign = self.peek()
        if sign not in ("*", "+", "?", "{"):
            return node, weight
        self.at += 1
        if sign == "*":
            least, most, weight = 0, None, weight + 1
        elif sign == "?":
            least, most, weight = 0, 1, weight + 1
        elif sign == "+":
            least, most, weight = 1, None, 2 * weight + 1
        else:
            least, most = self.bounds()
            if most is None:
                weight = (least + 1) * weight + 1
            elif most == 0:
                weight += 1
            elif least == most:
                weight *= least
            else:
                weight = most * weight + most - least
        if self.peek() in ("*", "+", "?", "{"):
            raise _NoPattern
        if weight > WEIGHT_MAX:
            raise _NoPattern
        return ("repeated", node, least, most), weight

    def bounds(self) -> tuple:
        least = self.number()
        most = least
        if self.peek() == ",":
            self.at += 1
            most = None if self.peek() == "}" else self.number()
        if self.next() != "}" or (most is not None and most < least):
            raise _NoPattern
        return least, most

    def number(self) -> int:
        start = self.at
        while self.peek() and self.peek() in "0123456789":
            self.at += 1
        digits = self.text[start : self.at]
        if not 1 <= len(digits) <= 4 or int(digits) > REPEATED_MAX:
            raise _NoPattern
        return int(digits)

    def atom(self) -> tuple:
        first = self.next()
        if first == "(":
            if self.text.startswith("?:", self.at):
                self.at += 2
            node, weight = self.pattern()
            if self.next() != ")":
                raise _NoPattern
            return node, weight
        if first == "[":
            return self.brackets()
        if first == ".":
            return ("set", _others(((0x0A, 0x0A),))), 1
        if first == "\\":
            return ("set", self.escape()), 1
        if first in _NOT_CHARACTERS:
            raise _NoPattern
        return ("set", ((ord(first), ord(first)),)), 1

    def escape(self) -> tuple:
        letter = self.next()
        if letter in _CONTROL or letter in _PUNCTUATION:
            one = ord(_CONTROL.get(letter, letter))
            return ((one, one),)
        if letter.lower() not in _CLASSES or not letter.isascii():
            raise _NoPattern
        ranges = _CLASSES[letter.lower()]
        return ranges if letter.islower() else _others(ranges)

    def brackets(self) -> tuple:
        negated = self.peek() == "^"
        self.at += negated
        ranges, items = [], 0
        while self.peek() != "]" or not items:
            ranges += self.item()
            items += 1
        self.at += 1
        return ("set", _others(ranges) if negated else tuple(ranges)), items

    def item(self) -> tuple:
        first, is_class = self.one()
        if self.peek() != "-" or self.text[self.at + 1 : self.at + 2] in ("]", ""):
            return first
        self.at += 1
        last, other_class = self.one()
        if is_class or other_class or last[0][0] < first[0][0]:
            raise _NoPattern
        return ((first[0][0], last[0][0]),)

    def one(self) -> tuple:
        """(ranges, whether it is a class)."""
        letter = self.next()
        if letter == "\\":
            is_class = self.peek().lower() in _CLASSES and self.peek() != ""
            return self.escape(), is_class
        if letter in "[]":
            raise _NoPattern
        return ((ord(letter), ord(letter)),), False


class Pattern:
    """States of an automaton: ("set", ranges, next), ("begin" | "end", next), ("fork", nexts) and, as None, what is found."""

    def __init__(self, node: tuple, weight: int):
        self.weight = weight
        self.states = [None]
        self.first = self._build(node, 0)

    def _state(self, *state) -> int:
        self.states.append(state)
        return len(self.states) - 1

    def _build(self, node: tuple, after: int) -> int:
        """State from which `node` leads to `after`."""
        kind = node[0]
        if kind == "set":
            return self._state("set", node[1], after)
        if kind in ("begin", "end"):
            return self._state(kind, after)
        if kind == "all":
            for one in reversed(node[1]):
                after = self._build(one, after)
            return after
        if kind == "any":
            return self._state("fork", [self._build(one, after) for one in node[1]])
        _, inner, least, most = node
        if most is None:
            again = self._state("fork", [after])
            self.states[again][1].append(self._build(inner, again))
            after = again
        else:
            end = after
            for _ in range(most - least):
                after = self._state("fork", [self._build(inner, after), end])
        for _ in range(least):
            after = self._build(inner, after)
        return after

    def _follow(self, states, at: int, length: int) -> set:
        """All states that are reached without a character."""
        found, turn = set(), list(states)
        while turn:
            number = turn.pop()
            if number in found:
                continue
            found.add(number)
            state = self.states[number]
            if state is None or state[0] == "set":
                continue
            if state[0] == "fork":
                turn += state[1]
            elif at == (0 if state[0] == "begin" else length):
                turn.append(state[1])
        return found

    def is_found_in(self, text: str) -> bool:
        reached = set()
        for at in range(len(text) + 1):
            reached = self._follow(reached | {self.first}, at, len(text))
            if 0 in reached:
                return True
            if at == len(text):
                return False
            code, taken = ord(text[at]), set()
            for number in reached:
                state = self.states[number]
                if state[0] == "set" and any(low <= code <= high for low, high in state[1]):
                    taken.add(state[2])
            reached = taken
        return False


def read_pattern(text: str):
    """The pattern, None for what is none."""
    if len(text) > PATTERN_MAX:
        return None
    reader = _Reader(text)
    try:
        node, weight = reader.pattern()
    except _NoPattern:
        return None
    # "and one for the whole".
    if reader.at != len(text) or weight + 1 > WEIGHT_MAX:
        return None
    return Pattern(node, weight + 1)
