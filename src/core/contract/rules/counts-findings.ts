import type { Expression } from './expression.ts';
import { parseExpression } from './parse-expression.ts';

/** Numbers of vulnerabilities that only grow where VEX sets fewer aside. */
const COUNTS: readonly string[] = ['total', 'critical', 'high', 'medium', 'low', 'negligible', 'unknown', 'fixable'];

/**
 * Whether an image keeps the rule only the less easily, the fewer vulnerabilities VEX sets aside in it and in the one before: it bounds
 * their numbers from above, or speaks of something else. False where that cannot be told from the text.
 */
export function bearsMoreFindings(text: string): boolean {
  const parsed = parseExpression(text);
  return parsed.ok && isBounding(parsed.value);
}

function isBounding(one: Expression): boolean {
  if (one.kind === 'junction') return isBounding(one.left) && isBounding(one.right);
  if (one.kind === 'binary' && isCount(one.left) && one.right.kind === 'literal') {
    const { operator, right } = one;
    return operator === '<' || operator === '<=' || (operator === '==' && right.value === 0n);
  }
  return !tellsFindings(one);
}

function isCount(one: Expression): boolean {
  const [facts, kind, count = '', ...more] = pathOf(one) ?? [];
  return facts === 'facts' && kind === 'vulnerabilities' && COUNTS.includes(count) && more.length === 0;
}

/** Whether VEX can make a difference to the value. */
function tellsFindings(one: Expression): boolean {
  const path = pathOf(one);
  if (path !== undefined) return isAboutFindings(path);
  switch (one.kind) {
    case 'call':
      // Which members facts have does not depend on it; which an element of a list has may.
      if (one.name === 'has' && one.args.every((arg) => pathOf(arg) !== undefined)) return false;
      return [...(one.on === undefined ? [] : [one.on]), ...one.args].some(tellsFindings);
    case 'list':
      return one.elements.some(tellsFindings);
    case 'choice':
      return [one.condition, one.yes, one.no].some(tellsFindings);
    case 'junction':
    case 'binary':
      return tellsFindings(one.left) || tellsFindings(one.right);
    case 'unary':
      return tellsFindings(one.operand);
    case 'select':
      return tellsFindings(one.of);
    default:
      return false;
  }
}

/** The facts as a whole hold the vulnerabilities, and so does the image before as a whole. */
function isAboutFindings([name, ...members]: readonly string[]): boolean {
  if (name === 'previous') return members[0] !== 'digest' && isAboutFindings(members);
  return name === undefined || (name === 'facts' && (members[0] ?? 'vulnerabilities') === 'vulnerabilities');
}

/** `a`, `a.b`, `a.b.c`; undefined for what is no name, nor a selection of one. */
function pathOf(one: Expression): readonly string[] | undefined {
  if (one.kind === 'name') return [one.name];
  if (one.kind !== 'select') return undefined;
  const of = pathOf(one.of);
  return of === undefined ? undefined : [...of, one.member];
}
