import { isJsonObject, type Json } from '../../encoding/json.ts';
import type { FaultCode } from '../../fault.ts';

/** Why a part of a rule has no value. A fatal one ends the evaluation; any other may be absorbed by `&&` and `||`. */
export class Failure {
  readonly reason: FaultCode;
  readonly fatal: boolean;

  constructor(reason: FaultCode, fatal = false) {
    this.reason = reason;
    this.fatal = fatal;
  }
}

/** A list that the rule itself made. Those of documents stay JSON, and their numbers become ints and doubles as they are read. */
export class MadeList {
  readonly elements: readonly Value[];

  constructor(elements: readonly Value[]) {
    this.elements = elements;
  }
}

type JsonList = readonly Json[];
type JsonMap = { readonly [name: string]: Json };

/** A value of a rule: a bigint is an `int`, a number a `double`. */
export type Value = null | boolean | string | bigint | number | JsonList | JsonMap | MadeList;
/** What evaluating a part of a rule gives. */
export type Outcome = Value | Failure;

/** The rule asks for what its values are not: a wrong type, an overflow, a division by zero, an index that is not there. */
export const ERROR = new Failure('contract/rule-error');
/** A member is asked for that a document does not have. */
export const MISSING = new Failure('contract/rule-missing-field');
/** The rule takes more steps than a verdict has for it. */
export const TOO_COSTLY = new Failure('contract/rule-too-costly', true);

/** A JSON value as rules see it: a whole number that JSON readers keep exact is an int, any other a double. */
export function fromJson(value: Json): Value {
  if (typeof value !== 'number') return value;
  return Number.isSafeInteger(value) ? BigInt(value) : value;
}

export function isList(value: Outcome): value is JsonList | MadeList {
  return value instanceof MadeList || Array.isArray(value);
}

export function isMap(value: Outcome): value is JsonMap {
  return (
    typeof value === 'object' && !(value instanceof MadeList) && !(value instanceof Failure) && isJsonObject(value)
  );
}

export function listSize(list: JsonList | MadeList): number {
  return list instanceof MadeList ? list.elements.length : list.length;
}

/** The element at `index`, which the list has. */
export function elementAt(list: JsonList | MadeList, index: number): Value {
  return list instanceof MadeList ? (list.elements[index] ?? null) : fromJson(list[index] ?? null);
}

/** The member `name`, or {@link MISSING}. */
export function memberOf(map: JsonMap, name: string): Outcome {
  // Inherited names such as `constructor` are no members.
  const member = Object.hasOwn(map, name) ? map[name] : undefined;
  return member === undefined ? MISSING : fromJson(member);
}
