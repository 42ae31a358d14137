import type { Expression } from './expression.ts';
import { FUNCTIONS, METHODS, type RuleFunction } from './functions.ts';
import { compileMacro, isMacro } from './macros.ts';
import { matchPattern } from './match-pattern.ts';
import type { Meter } from './meter.ts';
import { negate, OPERATORS } from './operators.ts';
import { parsePattern } from './parse-pattern.ts';
import { ERROR, Failure, isMap, MadeList, memberOf, type Outcome, TOO_COSTLY, type Value } from './values.ts';

/** Values of variables: those that the rule is given, then those of macros around a place. */
export type Frame = Value[];
/** A part of a rule, ready to be evaluated. */
export type Part = (frame: Frame, meter: Meter) => Outcome;
/** Names of the variables of a frame, by place; the last one of a name is meant. */
export type Names = readonly string[];
/** Why a part is none of the language, and where in the text it stands. */
export type Unsupported = { readonly unsupported: string; readonly at: number };

/** Weight of a pattern that one step pays for, at each UTF-16 unit of a text. */
const WEIGHT_OF_A_STEP = 8;

/** An expression as something that can be evaluated, where it names nothing but what there is. */
export function compile(expression: Expression, names: Names): Part | Unsupported {
  switch (expression.kind) {
    case 'literal':
      return constant(expression.value);
    case 'name':
      return compileName(expression.name, names, expression.at);
    case 'select':
      return combine([expression.of], names, (parts) => applied(parts, ([of = null]) => select(of, expression.member)));
    case 'call':
      return compileCall(expression, names);
    case 'list':
      return combine(expression.elements, names, (parts) => applied(parts, (values) => new MadeList(values)));
    case 'choice':
      return combine([expression.condition, expression.yes, expression.no], names, choose);
    case 'junction':
      return combine([expression.left, expression.right], names, (sides) => junction(expression.or, sides));
    case 'unary':
      return combine([expression.operand], names, (parts) =>
        applied(parts, ([value = null]) => (expression.operator === '!' ? not(value) : negate(value))),
      );
    case 'binary': {
      const operate = OPERATORS[expression.operator];
      return combine([expression.left, expression.right], names, (parts) =>
        applied(parts, ([left = null, right = null], meter) => operate(left, right, meter)),
      );
    }
  }
}

function constant(value: Value): Part {
  return (_, meter) => (meter.spend(1) ? value : TOO_COSTLY);
}

function compileName(name: string, names: Names, at: number): Part | Unsupported {
  const place = names.lastIndexOf(name);
  if (place < 0) return { unsupported: `There is no variable ${name}.`, at };
  return (frame, meter) => (meter.spend(1) ? (frame[place] ?? null) : TOO_COSTLY);
}

function select(of: Value, member: string): Outcome {
  return isMap(of) ? memberOf(of, member) : ERROR;
}

function not(value: Value): Outcome {
  return typeof value === 'boolean' ? !value : ERROR;
}

type Call = Extract<Expression, { readonly kind: 'call' }>;

function compileCall(call: Call, names: Names): Part | Unsupported {
  const { name, on, args, at } = call;
  if (on === undefined && name === 'has') return compileHas(args, names, at);
  if (on !== undefined && isMacro(name, args.length)) return compileMacro(name, on, args, names, compile);
  if (on !== undefined && name === 'matches') return compileMatches(on, args, names, at);
  const table = on === undefined ? FUNCTIONS : METHODS;
  const key = `${name}/${args.length}`;
  const run = Object.hasOwn(table, key) ? table[key] : undefined;
  if (run === undefined) return { unsupported: `There is no function ${name} that takes this.`, at };
  return combine(on === undefined ? args : [on, ...args], names, (parts) => applied(parts, run));
}

/** `has(a.b)`: whether the map a has the member b. That a itself is there is asked for. */
function compileHas([arg, ...more]: readonly Expression[], names: Names, at: number): Part | Unsupported {
  if (arg?.kind !== 'select' || more.length > 0) {
    return { unsupported: 'has() takes a selection, such as has(predicate.member).', at };
  }
  return combine([arg.of], names, (parts) =>
    applied(parts, ([of = null]) => (isMap(of) ? Object.hasOwn(of, arg.member) : ERROR)),
  );
}

/** The pattern is a text that stands in the rule, so that it is read once, and refused before it is published. */
function compileMatches(
  on: Expression,
  [pattern, ...more]: readonly Expression[],
  names: Names,
  at: number,
): Part | Unsupported {
  const text = pattern?.kind === 'literal' && more.length === 0 ? pattern.value : undefined;
  const machine = typeof text === 'string' ? parsePattern(text) : undefined;
  if (machine === undefined) {
    return { unsupported: 'matches() takes a pattern of the language of rules, in quotes.', at: pattern?.at ?? at };
  }
  const stepsOfUnit = Math.ceil(machine.weight / WEIGHT_OF_A_STEP);
  return combine([on], names, (parts) =>
    applied(parts, ([value], meter) => {
      if (typeof value !== 'string') return ERROR;
      return meter.spend((value.length + 1) * stepsOfUnit) ? matchPattern(machine, value) : TOO_COSTLY;
    }),
  );
}

/** Compiles all of them, or gives the first that is none of the language. */
function combine(
  expressions: readonly Expression[],
  names: Names,
  make: (parts: readonly Part[]) => Part,
): Part | Unsupported {
  const parts: Part[] = [];
  for (const expression of expressions) {
    const part = compile(expression, names);
    if (typeof part !== 'function') return part;
    parts.push(part);
  }
  return make(parts);
}

/** What `run` makes of the values of all parts, or the first failure among them. */
function applied(parts: readonly Part[], run: RuleFunction): Part {
  return (frame, meter) => {
    if (!meter.spend(1)) return TOO_COSTLY;
    const values: Value[] = [];
    for (const part of parts) {
      const value = part(frame, meter);
      if (value instanceof Failure) return value;
      values.push(value);
    }
    return run(values, meter);
  };
}

/** The value of a part as a truth; any other value is an error. */
function truthOf(part: Part | undefined, frame: Frame, meter: Meter): boolean | Failure {
  const value = part?.(frame, meter) ?? ERROR;
  return typeof value === 'boolean' || value instanceof Failure ? value : ERROR;
}

function choose([condition, yes, no]: readonly Part[]): Part {
  return (frame, meter) => {
    if (!meter.spend(1)) return TOO_COSTLY;
    const holds = truthOf(condition, frame, meter);
    if (holds instanceof Failure) return holds;
    return (holds ? yes : no)?.(frame, meter) ?? null;
  };
}

/**
 * `&&` and `||`: where one side decides, a failure of the other is absorbed, whichever side that is. Otherwise the failure of
 * the left one counts before that of the right one.
 */
function junction(decisive: boolean, [left, right]: readonly Part[]): Part {
  return (frame, meter) => {
    if (!meter.spend(1)) return TOO_COSTLY;
    const first = truthOf(left, frame, meter);
    if (first === decisive || (first instanceof Failure && first.fatal)) return first;
    const second = truthOf(right, frame, meter);
    if (second === decisive || (second instanceof Failure && second.fatal)) return second;
    return first instanceof Failure ? first : second;
  };
}
