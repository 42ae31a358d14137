import { compareNumbers, compareTexts, equalValues, isNumber } from './compare-values.ts';
import type { BinaryOperator } from './expression.ts';
import type { Meter } from './meter.ts';
import {
  ERROR,
  elementAt,
  isList,
  isMap,
  listSize,
  MadeList,
  memberOf,
  type Outcome,
  TOO_COSTLY,
  type Value,
} from './values.ts';

/** What an operator makes of two values. */
export type Operator = (left: Value, right: Value, meter: Meter) => Outcome;

const INT_MIN = -(2n ** 63n);
const INT_MAX = 2n ** 63n - 1n;

/** An int of 64 bits; any other is an error. */
export function checkedInt(value: bigint): Outcome {
  return value >= INT_MIN && value <= INT_MAX ? value : ERROR;
}

/** Every operator with two operands but `&&` and `||`, which do not always need both. */
export const OPERATORS: Readonly<Record<BinaryOperator, Operator>> = {
  '==': (a, b, meter) => equalValues(a, b, meter) ?? TOO_COSTLY,
  '!=': (a, b, meter) => {
    const equal = equalValues(a, b, meter);
    return equal === undefined ? TOO_COSTLY : !equal;
  },
  '<': ordering((order) => order < 0),
  '<=': ordering((order) => order <= 0),
  '>': ordering((order) => order > 0),
  '>=': ordering((order) => order >= 0),
  '+': add,
  '-': arithmetic(
    (a, b) => checkedInt(a - b),
    (a, b) => a - b,
  ),
  '*': arithmetic(
    (a, b) => checkedInt(a * b),
    (a, b) => a * b,
  ),
  '/': arithmetic(
    (a, b) => (b === 0n ? ERROR : checkedInt(a / b)),
    (a, b) => a / b,
  ),
  '%': arithmetic(
    (a, b) => (b === 0n ? ERROR : a % b),
    () => ERROR,
  ),
  in: isIn,
  '[]': at,
};

/** `-`: of a number. */
export function negate(value: Value): Outcome {
  if (typeof value === 'bigint') return checkedInt(-value);
  return typeof value === 'number' ? -value : ERROR;
}

function ordering(holds: (order: number) => boolean): Operator {
  return (a, b, meter) => {
    if (isNumber(a) && isNumber(b)) {
      const order = compareNumbers(a, b);
      return order !== undefined && holds(order);
    }
    if (typeof a === 'string' && typeof b === 'string') {
      return meter.spendCharacters(Math.min(a.length, b.length)) ? holds(compareTexts(a, b)) : TOO_COSTLY;
    }
    return typeof a === 'boolean' && typeof b === 'boolean' ? holds(Number(a) - Number(b)) : ERROR;
  };
}

/** Two ints give an int, two doubles a double; the language mixes them nowhere but in comparisons. */
function arithmetic(ints: (a: bigint, b: bigint) => Outcome, doubles: (a: number, b: number) => Outcome): Operator {
  return (a, b) => {
    if (typeof a === 'bigint' && typeof b === 'bigint') return ints(a, b);
    return typeof a === 'number' && typeof b === 'number' ? doubles(a, b) : ERROR;
  };
}

const sum = arithmetic(
  (a, b) => checkedInt(a + b),
  (a, b) => a + b,
);

function add(a: Value, b: Value, meter: Meter): Outcome {
  if (typeof a === 'string' && typeof b === 'string') {
    return meter.spendCharacters(a.length + b.length) ? a + b : TOO_COSTLY;
  }
  if (!isList(a) || !isList(b)) return sum(a, b, meter);
  const [left, right] = [listSize(a), listSize(b)];
  if (!meter.spend(left + right)) return TOO_COSTLY;
  const elements = Array.from({ length: left + right }, (_, index) =>
    index < left ? elementAt(a, index) : elementAt(b, index - left),
  );
  return new MadeList(elements);
}

/** An element of a list, or the name of a member of a map. */
function isIn(value: Value, collection: Value, meter: Meter): Outcome {
  if (isMap(collection)) return typeof value === 'string' ? Object.hasOwn(collection, value) : false;
  if (!isList(collection)) return ERROR;
  for (let index = 0; index < listSize(collection); index += 1) {
    const equal = equalValues(value, elementAt(collection, index), meter);
    if (equal === undefined) return TOO_COSTLY;
    if (equal) return true;
  }
  return false;
}

function at(collection: Value, index: Value): Outcome {
  if (isMap(collection)) return typeof index === 'string' ? memberOf(collection, index) : ERROR;
  if (!isList(collection) || typeof index !== 'bigint') return ERROR;
  return index >= 0n && index < BigInt(listSize(collection)) ? elementAt(collection, Number(index)) : ERROR;
}
