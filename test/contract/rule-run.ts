import { readContract } from '../../src/core/contract/contract.ts';
import { matchPattern } from '../../src/core/contract/rules/match-pattern.ts';
import { parsePattern } from '../../src/core/contract/rules/parse-pattern.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { runContractCase } from './contract-case.ts';

const PREDICATE: Json = {
  yes: true,
  int: 3,
  double: 2.5,
  big: 1e21,
  text: 'hello',
  list: [1, 2.5, 'x', { name: 'deep' }],
  object: { zeta: 1, none: null, 'odd name': 1 },
  numbers: [1, 2, 3],
};
/** Members that `size(predicate)` does not count: they stand in the second document. */
const MORE: Json = {
  ...PREDICATE,
  tens: { a: 1, 10: 1, 9: 1 },
  mixed: [1, 'a', 2],
  people: [{ name: 'ana', age: 41 }, { name: 'ben' }],
};

/** What becomes of a rule: `true`, `false`, or the code of why it has no value or does not read, with the offset in its text. */
export function runRule(expression: string): string {
  const predicate = expression.includes('size(predicate) == 8') ? PREDICATE : MORE;
  const stages = [{ stage: 'test', rules: [{ rule: 'one', expression }] }];
  const read = readContract({ contract: 'shop', repositories: ['*'], stages });
  if (!read.ok)
    return [read.fault.code, read.fault.cause?.at].slice(0, read.fault.cause?.at?.startsWith('/') ? 1 : 2).join(' ');
  const lines = runContractCase({ name: '', contract: { stages }, records: [{ stage: 'test', predicate }] });
  const outcome = lines.at(-1)?.split(' ')[2] ?? '';
  return { pass: 'true', 'contract/rule-violated': 'false' }[outcome] ?? outcome;
}

/** `true` or `false`, or `refused` for a pattern that is none. */
export function runPattern(pattern: string, text: string): string {
  const machine = parsePattern(pattern);
  return machine === undefined ? 'refused' : String(matchPattern(machine, text));
}
