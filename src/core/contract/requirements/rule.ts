import type { JsonObject } from '../../encoding/json.ts';
import { factsJson } from '../../facts/facts.ts';
import type { FaultCode } from '../../fault.ts';
import type { ContractRule } from '../contract.ts';
import type { Evaluated, Finding, Requirement, Situation } from '../evaluated.ts';
import { BLOCKED } from '../of-stages.ts';
import { CONTRACT_VARIABLES, comparesPrevious, evaluateRule, readRule, STAGE_VARIABLES } from '../rules/rule.ts';

/**
 * Each rule of the contract, which holds for the image, and each rule of each stage, which holds for every attestation that
 * is looked at; the first for which it does not decides.
 */
export const requireRules: Requirement = (situation, stages) => [
  ...(situation.contract.rules ?? []).map(
    (rule): Finding => ({ ...judgeContractRule(rule, situation), detail: rule.rule }),
  ),
  ...[...stages].flatMap(([stage, { wanted, looked, unmet }]) =>
    (wanted.rules ?? []).map((rule): Finding => {
      const about = { stage, detail: rule.rule };
      return unmet === undefined ? { ...judgeRule(rule, looked, situation), ...about } : { ...BLOCKED, ...about };
    }),
  ),
];

function judgeContractRule({ expression }: ContractRule, situation: Situation): Finding {
  const rule = readRule(expression, CONTRACT_VARIABLES);
  if (!rule.ok) return { reason: rule.fault.code };
  const values = imageValues(expression, CONTRACT_VARIABLES, situation);
  if (typeof values === 'string') return { reason: values };
  const reason = evaluateRule(rule.value, values, situation.purse);
  return reason === undefined ? {} : { reason };
}

function judgeRule({ expression }: ContractRule, looked: readonly Evaluated[], situation: Situation): Finding {
  const rule = readRule(expression, STAGE_VARIABLES);
  // A contract whose rules do not read does not read either.
  if (!rule.ok) return { reason: rule.fault.code };
  const values = imageValues(expression, STAGE_VARIABLES, situation);
  if (typeof values === 'string') return { reason: values };
  for (const one of looked) {
    const reason = evaluateRule(rule.value, { ...valuesOf(one), ...values }, situation.purse);
    if (reason !== undefined) return { reason, seq: one.seq };
  }
  const seq = looked.at(-1)?.seq;
  return seq === undefined ? {} : { seq };
}

/** What rules see of an attestation: never who is behind it, and no time. */
function valuesOf({ predicate = {}, predicateType, stage = '', repository, signer, assurance }: Evaluated): JsonObject {
  return { predicate, attestation: { predicateType, stage, repository, signer, assurance } };
}

/**
 * The image, its facts where the rule may speak of them, since they take their time, and the image before it where the rule
 * does; or why a rule that does comes to nothing, whatever else it says.
 */
function imageValues(
  expression: string,
  variables: readonly string[],
  { image, facts, previous }: Situation,
): JsonObject | FaultCode {
  const own = { image, facts: expression.includes('facts') ? factsJson(facts()) : {} };
  if (!comparesPrevious(expression, variables)) return { ...own, previous: {} };
  const before = previous();
  if ('reason' in before) return before.reason;
  const { digest, facts: stated } = before;
  if (digest === undefined || stated === undefined) return { ...own, previous: {} };
  return { ...own, previous: { digest, facts: factsJson(stated) } };
}
