import { fail, ok, type Result } from '../fault.ts';
import { type Contract, rulesOf } from './contract.ts';
import { checkRuleTypes } from './rules/check-rule-types.ts';

/**
 * Whether the rules of a contract make sense, as far as their types tell: asked before it is published, never of what is in a
 * ledger. Fault: `contract/rule-type`, with the rule's place as `at`.
 */
export function checkRules(contract: Contract): Result<Contract> {
  for (const { rule: one, at, variables } of rulesOf(contract)) {
    const checked = checkRuleTypes(one.expression, variables);
    if (checked.ok) continue;
    const { code, message, at: character } = checked.fault;
    const where = `${message} (rule ${one.rule}, character ${Number(character) + 1})`;
    return fail(code, where, `${at}/expression`, checked.fault);
  }
  return ok(contract);
}
