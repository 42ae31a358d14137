import type { Json } from '../../encoding/json.ts';
import { type FaultCode, fail, ok, type Result } from '../../fault.ts';
import { RULE_STEPS_MAX } from '../../limits.ts';
import { compile, type Part } from './compile-rule.ts';
import { Meter } from './meter.ts';
import { parseExpression } from './parse-expression.ts';
import { Failure, fromJson } from './values.ts';

/** A rule that can be evaluated, and the variables that it speaks of. */
export type Rule = { readonly part: Part; readonly variables: readonly string[] };

/** Steps that are left for all rules of a verdict. */
export type Purse = { left: number };

/** The image that was released before. */
const PREVIOUS = 'previous';
/** Names that rules of a stage have values for. */
export const STAGE_VARIABLES = ['predicate', 'attestation', 'image', 'facts', PREVIOUS] as const;
/** Names that rules of a whole contract have values for. */
export const CONTRACT_VARIABLES = ['image', 'facts', PREVIOUS] as const;

/**
 * The rule of an expression over these variables. Faults, each with its place in the text as `at`: `contract/rule-malformed`,
 * `contract/rule-too-complex`, `contract/rule-not-supported`. Source: docs/spec/rules.md.
 */
export function readRule(text: string, variables: readonly string[]): Result<Rule> {
  const parsed = parseExpression(text);
  if (!parsed.ok) return parsed;
  const part = compile(parsed.value, variables);
  if (typeof part === 'function') return ok({ part, variables });
  return fail('contract/rule-not-supported', part.unsupported, String(part.at));
}

/** Whether an expression that reads speaks of the image that was released before. Source: docs/spec/rules.md §3.1. */
export function comparesPrevious(text: string, variables: readonly string[]): boolean {
  if (!text.includes(PREVIOUS)) return false;
  // Members, texts and the names of macros are spelled like that too.
  const others = variables.filter((name) => name !== PREVIOUS);
  return !readRule(text, others).ok;
}

/**
 * Whether a rule holds: undefined where it does, otherwise why not. It holds only where it comes to `true`; whatever cannot
 * be evaluated does not. Takes steps out of the purse, which all rules of a verdict share.
 */
export function evaluateRule(
  { part, variables }: Rule,
  values: { readonly [name: string]: Json },
  purse: Purse,
): FaultCode | undefined {
  const frame = variables.map((name) => fromJson(values[name] ?? null));
  const meter = new Meter(Math.min(RULE_STEPS_MAX, purse.left));
  const outcome = part(frame, meter);
  purse.left -= meter.spent;
  if (outcome instanceof Failure) return outcome.reason;
  if (typeof outcome !== 'boolean') return 'contract/rule-not-boolean';
  return outcome ? undefined : 'contract/rule-violated';
}
