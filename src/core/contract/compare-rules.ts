import type { ContractRule } from './contract.ts';
import { type ContractChange, compareMember } from './contract-change.ts';

/** Rules by their names. One that only changed its name is the same; one that changed what it says may be anything. */
export function compareRules(
  before: readonly ContractRule[] = [],
  after: readonly ContractRule[] = [],
): readonly ContractChange[] {
  const named = (rules: readonly ContractRule[], name: string) => rules.find(({ rule }) => rule === name);
  const renamed = (rule: ContractRule, others: readonly ContractRule[], own: readonly ContractRule[]) =>
    others.some(({ rule: name, expression }) => named(own, name) === undefined && expression === rule.expression);
  return [
    ...after.flatMap((rule): readonly ContractChange[] => {
      const old = named(before, rule.rule);
      const about = { member: 'rule', rule: rule.rule } as const;
      if (old === undefined) {
        const direction = renamed(rule, before, after) ? 'neutral' : 'tightened';
        return [{ ...about, direction, after: rule.expression }];
      }
      if (old.expression !== rule.expression)
        return [{ ...about, direction: 'unclear', before: old.expression, after: rule.expression }];
      return compareMember('title', old.title, rule.title, () => 'neutral').map((change) => ({
        ...change,
        rule: rule.rule,
        direction: 'neutral',
      }));
    }),
    ...before.flatMap((rule): readonly ContractChange[] => {
      if (named(after, rule.rule) !== undefined) return [];
      const direction = renamed(rule, after, before) ? 'neutral' : 'loosened';
      return [{ direction, member: 'rule', rule: rule.rule, before: rule.expression }];
    }),
  ];
}
