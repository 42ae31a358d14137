import { type Contract, rulesOf } from './contract.ts';
import { comparesPrevious } from './rules/rule.ts';

/** Whether a rule of the contract speaks of the image that was released before. */
export function rulesComparePrevious(contract: Contract): boolean {
  return rulesOf(contract).some(({ rule, variables }) => comparesPrevious(rule.expression, variables));
}
