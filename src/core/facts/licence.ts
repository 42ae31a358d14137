import { sha256 } from '#sha256';
import { formatHex } from '../encoding/hex.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { LICENCE_EXPRESSION_CHARACTERS_MAX, LICENCE_NAME_CHARACTERS_MAX } from '../limits.ts';

/** What SPDX writes where no licence is named. */
const NAMES_NONE = ['NOASSERTION', 'NONE'];
const TOKEN = /[()]|[^\s()]+/g;
const IDENTIFIER = /^[A-Za-z0-9.+:-]+$/;

/** The name of a licence; one that is its text, or has more than one line, becomes `sha256:<hex>` of it. */
export function licenceOfName(name: string): string {
  const isName = name.length <= LICENCE_NAME_CHARACTERS_MAX && !/[\r\n]/.test(name);
  return isName ? name : `sha256:${formatHex(sha256(encodeUtf8(name)))}`;
}

/**
 * The licences that an SPDX expression names, each once: operators and brackets left out, an exception kept with its
 * licence (`GPL-2.0-only WITH Classpath-exception-2.0`). `NOASSERTION` and `NONE` name none. What is no expression is one
 * name. Which licences of an OR were chosen is not decided. Source: SPDX 2.3 annex D, docs/spec/facts.md §4.3.
 */
export function licencesOfExpression(expression: string): readonly string[] {
  const text = expression.trim();
  if (text === '') return [];
  const read = text.length > LICENCE_EXPRESSION_CHARACTERS_MAX ? undefined : readExpression(text.match(TOKEN) ?? []);
  return [...new Set(read ?? [licenceOfName(text)])].sort();
}

/** Undefined where the tokens are no expression: licences and operators take turns, and brackets pair. */
function readExpression(tokens: readonly string[]): readonly string[] | undefined {
  const licences: string[] = [];
  let depth = 0;
  let before: 'licence' | 'group' | 'operator' | 'with' = 'operator';
  for (const token of tokens) {
    const operator = token.toUpperCase();
    if (token === '(') {
      if (before !== 'operator') return undefined;
      depth += 1;
    } else if (token === ')') {
      if ((before !== 'licence' && before !== 'group') || depth === 0) return undefined;
      depth -= 1;
      before = 'group';
    } else if (operator === 'WITH') {
      if (before !== 'licence') return undefined;
      before = 'with';
    } else if (operator === 'AND' || operator === 'OR') {
      if (before !== 'licence' && before !== 'group') return undefined;
      before = 'operator';
    } else if (before === 'licence' || before === 'group' || !IDENTIFIER.test(token)) {
      return undefined;
    } else {
      const name = before === 'with' ? `${licences.pop()} WITH ${token}` : token;
      licences.push(licenceOfName(name));
      before = 'licence';
    }
  }
  const isWhole = (before === 'licence' || before === 'group') && depth === 0;
  return isWhole ? licences.filter((licence) => !NAMES_NONE.includes(licence)) : undefined;
}
