import type { Meter } from './meter.ts';
import { elementAt, isList, isMap, listSize, memberOf, type Value } from './values.ts';

/**
 * Whether two values are equal: numbers by what they are worth, lists and maps member by member; values of different kinds
 * are not. Undefined where the steps are spent.
 */
export function equalValues(a: Value, b: Value, meter: Meter): boolean | undefined {
  if (!meter.spend(1)) return undefined;
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b) === 0;
  if (typeof a === 'string' && typeof b === 'string') {
    return meter.spendCharacters(Math.min(a.length, b.length)) ? a === b : undefined;
  }
  if (isList(a) && isList(b)) return equalLists(a, b, meter);
  if (isMap(a) && isMap(b)) return equalMaps(a, b, meter);
  return a === b;
}

type ListValue = Parameters<typeof listSize>[0];
type MapValue = Parameters<typeof memberOf>[0];

function equalLists(a: ListValue, b: ListValue, meter: Meter): boolean | undefined {
  const size = listSize(a);
  if (size !== listSize(b)) return false;
  for (let index = 0; index < size; index += 1) {
    const equal = equalValues(elementAt(a, index), elementAt(b, index), meter);
    if (equal !== true) return equal;
  }
  return true;
}

function equalMaps(a: MapValue, b: MapValue, meter: Meter): boolean | undefined {
  const names = Object.keys(a);
  if (!meter.spend(names.length)) return undefined;
  if (names.length !== Object.keys(b).length) return false;
  for (const name of names) {
    if (!Object.hasOwn(b, name)) return false;
    const equal = equalValues(memberOf(a, name) as Value, memberOf(b, name) as Value, meter);
    if (equal !== true) return equal;
  }
  return true;
}

export function isNumber(value: unknown): value is bigint | number {
  return typeof value === 'bigint' || typeof value === 'number';
}

/** Less than, equal to or more than zero; undefined where one of them is not a number at all. */
export function compareNumbers(a: bigint | number, b: bigint | number): number | undefined {
  // The language compares the two kinds by their mathematical values.
  if (a < b) return -1;
  if (a > b) return 1;
  // biome-ignore lint/suspicious/noDoubleEquals: an int and a double are never identical, and may be worth the same
  return a == b ? 0 : undefined;
}

/** Order of texts by code points, as UTF-8 bytes would have it; JavaScript's own is by UTF-16 units. */
export function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (left !== right) return isSurrogate(left) === isSurrogate(right) ? left - right : isSurrogate(left) ? 1 : -1;
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above every other one. */
function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
