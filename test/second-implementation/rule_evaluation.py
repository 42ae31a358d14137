"""What a rule comes to, and at what cost: docs/spec/rules.md sections 3 and 5.

Values are those of JSON as strict_json gives them: int and float are the types int and double, str is text, dict is map.
"""

import math
import re

from faults import Fault
from rule_words import INT_MAX

STEPS_MAX, STEPS_OF_VERDICT_MAX = 1_000_000, 20_000_000
INT_MIN = -INT_MAX - 1
_INT_TEXT = re.compile(r"-?[0-9]{1,19}")
_DOUBLE_TEXT = re.compile(r"-?[0-9]{1,64}(?:\.[0-9]{1,64})?(?:[eE][+-]?[0-9]{1,4})?")
_TO_LOWER = {upper: upper + 32 for upper in range(0x41, 0x5B)}
TOO_COSTLY = "contract/rule-too-costly"


class NotKnown(Exception):
    """What a rule comes to rests on a member that is not known here. No part of an expression absorbs it."""


class KnownInPart(dict):
    """A map of which `unknown` members may be there or not, with any value."""

    def __init__(self, known: dict, unknown):
        super().__init__(known)
        self.unknown = unknown


def _ask_for(value: dict, name: str):
    if isinstance(value, KnownInPart) and name in value.unknown:
        raise NotKnown


def _ask_for_all(value: dict):
    if isinstance(value, KnownInPart) and value.unknown:
        raise NotKnown


def _error() -> Fault:
    return Fault("contract/rule-error")


def _is_int(value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _units(text: str) -> int:
    return len(text) + sum(letter > "\uffff" for letter in text)


def _cost_of(length: int) -> int:
    return (length + 15) // 16


def _in_range(number: int) -> int:
    if not INT_MIN <= number <= INT_MAX:
        raise _error()
    return number


def _of_type(kind, *values):
    if not all(isinstance(one, kind) for one in values):
        raise _error()
    return values


class Evaluation:
    """One evaluation, which takes at most `steps_max` steps; `taken` how many it took. `names` {name: value}."""

    def __init__(self, names: dict, steps_max: int = STEPS_MAX):
        self.names, self.steps_max, self.taken = names, steps_max, 0

    def step(self, count: int = 1):
        self.taken += count
        if self.taken > self.steps_max:
            self.taken = self.steps_max
            raise Fault(TOO_COSTLY)

    def value(self, part):
        return getattr(self, "_" + part.kind)(part)

    def _of(self, part, names: dict):
        outer, self.names = self.names, names
        try:
            return self.value(part)
        finally:
            self.names = outer

    # Parts.

    def _literal(self, part):
        self.step()
        return part.value

    def _name(self, part):
        self.step()
        return self.names[part.name]

    def _selection(self, part):
        self.step()
        return self._member(self.value(part.parts[0]), part.name)

    @staticmethod
    def _member(value, name: str):
        _of_type(dict, value)
        _ask_for(value, name)
        if name not in value:
            raise Fault("contract/rule-missing-field")
        return value[name]

    def _has(self, part):
        self.step()
        selection = part.parts[0]
        value = self.value(selection.parts[0])
        _of_type(dict, value)
        _ask_for(value, selection.name)
        return selection.name in value

    def _index(self, part):
        self.step()
        value, index = [self.value(one) for one in part.parts]
        if isinstance(value, list):
            if not _is_int(index) or not 0 <= index < len(value):
                raise _error()
            return value[index]
        _of_type(dict, value)
        _of_type(str, index)
        return self._member(value, index)

    def _list(self, part):
        self.step()
        return [self.value(one) for one in part.parts]

    def _conditional(self, part):
        self.step()
        (condition,) = _of_type(bool, self.value(part.parts[0]))
        return self.value(part.parts[1 if condition else 2])

    def _unary(self, part):
        self.step()
        value = self.value(part.parts[0])
        if part.name == "!":
            return not _of_type(bool, value)[0]
        if not _is_number(value):
            raise _error()
        return _in_range(-value) if _is_int(value) else -value

    def _operator(self, part):
        self.step()
        if part.name in ("&&", "||"):
            return self._joined(part.parts, part.name == "||")
        left, right = [self.value(one) for one in part.parts]
        if part.name in ("==", "!="):
            return self.equal(left, right) == (part.name == "==")
        if part.name == "in":
            return self._in(left, right)
        if part.name in ("<", "<=", ">", ">="):
            return self._ordered(part.name, left, right)
        return self._arithmetic(part.name, left, right)

    def _joined(self, parts, decides: bool):
        """`decides` is the value of either side that the whole then has."""
        return self._settled(decides, (lambda: self.value(one) for one in parts))

    def _settled(self, decides: bool, tests) -> bool:
        """Whether a test comes to what decides; only where none does, the first of those that fail makes the whole fail."""
        reason = None
        for test in tests:
            try:
                (found,) = _of_type(bool, test())
                if found == decides:
                    return decides
            except Fault as fault:
                if fault.code == TOO_COSTLY:
                    raise
                reason = reason or fault
        if reason is not None:
            raise reason
        return not decides

    # Operators.

    def equal(self, left, right) -> bool:
        self.step()
        if isinstance(left, bool) or isinstance(right, bool) or left is None or right is None:
            return type(left) is type(right) and left == right
        if _is_number(left) and _is_number(right):
            return left == right
        if isinstance(left, str) and isinstance(right, str):
            self.step(_cost_of(min(_units(left), _units(right))))
            return left == right
        if isinstance(left, list) and isinstance(right, list):
            return len(left) == len(right) and all(self.equal(*pair) for pair in zip(left, right))
        if isinstance(left, dict) and isinstance(right, dict):
            _ask_for_all(left)
            _ask_for_all(right)
            if len(left) != len(right):
                return False
            self.step(len(left))
            return left.keys() == right.keys() and all(self.equal(left[name], right[name]) for name in left)
        return False

    def _in(self, value, among) -> bool:
        if isinstance(among, list):
            return any(self.equal(value, one) for one in among)
        _of_type(dict, among)
        if not isinstance(value, str):
            return False
        _ask_for(among, value)
        return value in among

    def _ordered(self, sign: str, left, right) -> bool:
        if isinstance(left, str) and isinstance(right, str):
            self.step(_cost_of(min(_units(left), _units(right))))
        elif not (_is_number(left) and _is_number(right)) and not (isinstance(left, bool) and isinstance(right, bool)):
            raise _error()
        return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[sign]

    def _arithmetic(self, sign: str, left, right):
        if _is_int(left) and _is_int(right):
            return self._of_ints(sign, left, right)
        if isinstance(left, float) and isinstance(right, float) and sign != "%":
            return self._of_doubles(sign, left, right)
        if sign != "+":
            raise _error()
        if isinstance(left, str) and isinstance(right, str):
            self.step(_cost_of(_units(left) + _units(right)))
            return left + right
        if isinstance(left, list) and isinstance(right, list):
            self.step(len(left) + len(right))
            return left + right
        raise _error()

    @staticmethod
    def _of_ints(sign: str, left: int, right: int) -> int:
        if sign in "/%" and right == 0:
            raise _error()
        if sign == "/":
            quotient = abs(left) // abs(right)
            return _in_range(quotient if (left < 0) == (right < 0) else -quotient)
        if sign == "%":
            return abs(left) % abs(right) * (-1 if left < 0 else 1)
        return _in_range({"+": left + right, "-": left - right, "*": left * right}[sign])

    @staticmethod
    def _of_doubles(sign: str, left: float, right: float) -> float:
        if sign == "/" and right == 0:
            if left == 0 or math.isnan(left):
                return math.nan
            return math.copysign(math.inf, left) * math.copysign(1, right)
        return left / right if sign == "/" else {"+": left + right, "-": left - right, "*": left * right}[sign]

    # Functions.

    def _function(self, part):
        self.step()
        value = self.value(part.parts[0])
        return getattr(self, "_call_" + part.name)(value)

    def _method(self, part):
        self.step()
        if part.name == "matches":
            # The pattern was read before, and is no part that is evaluated.
            (text,) = _of_type(str, self.value(part.parts[0]))
            self.step((_units(text) + 1) * -(-part.value.weight // 8))
            return part.value.is_found_in(text)
        values = [self.value(one) for one in part.parts]
        if part.name == "size":
            return self._call_size(values[0])
        _of_type(str, *values)
        self.step(_cost_of(sum(map(_units, values))))
        if part.name == "lowerAscii":
            return values[0].translate(_TO_LOWER)
        text, other = values
        if part.name == "contains":
            return other in text
        return text.startswith(other) if part.name == "startsWith" else text.endswith(other)

    def _call_size(self, value) -> int:
        if isinstance(value, str):
            self.step(_cost_of(_units(value)))
        elif isinstance(value, dict):
            _ask_for_all(value)
            self.step(len(value))
        else:
            _of_type(list, value)
        return len(value)

    @staticmethod
    def _call_int(value) -> int:
        if isinstance(value, str):
            if _INT_TEXT.fullmatch(value) is None:
                raise _error()
            return _in_range(int(value))
        if not _is_number(value) or not math.isfinite(value):
            raise _error()
        return _in_range(math.trunc(value))

    @staticmethod
    def _call_double(value) -> float:
        if isinstance(value, str):
            if _DOUBLE_TEXT.fullmatch(value) is None:
                raise _error()
        elif not _is_number(value):
            raise _error()
        return float(value)

    @staticmethod
    def _call_string(value) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, str):
            return value
        if not _is_int(value):
            raise _error()
        return str(value)

    # Macros.

    def _macro(self, part):
        among = self.value(part.parts[0])
        if isinstance(among, dict):
            _ask_for_all(among)
            self.step(len(among))
            self.step(_cost_of(sum(map(_units, among))))
            among = sorted(among)
        _of_type(list, among)
        if part.name in ("all", "exists"):
            return self._decided(part, among)
        found, count = [], 0
        for one in among:
            self.step()
            names = self.names | {part.value: one}
            tested = part.parts[1:] if part.name != "map" else part.parts[1:-1]
            if all(_of_type(bool, self._of(test, names))[0] for test in tested):
                count += 1
                found.append(self._of(part.parts[-1], names) if part.name == "map" else one)
        return count == 1 if part.name == "exists_one" else found

    def _decided(self, part, among) -> bool:
        def test(one):
            self.step()
            return self._of(part.parts[1], self.names | {part.value: one})

        return self._settled(part.name == "exists", (lambda: test(one) for one in among))


def evaluate(rule, names: dict, steps_max: int) -> tuple:
    """(reason why the rule does not hold, or None; steps that were taken)."""
    evaluation = Evaluation(names, min(STEPS_MAX, steps_max))
    try:
        found = evaluation.value(rule.root)
        reason = "contract/rule-not-boolean" if not isinstance(found, bool) else None if found else "contract/rule-violated"
    except Fault as fault:
        reason = fault.code
    return reason, evaluation.taken
