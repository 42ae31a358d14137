import { contractCase, runContractCase } from '../contract/contract-case.ts';
import { runPattern, runRule } from '../contract/rule-run.ts';
import { each, type Runs, text } from './vector-set.ts';

/**
 * `contract`: a contract with what was recorded; every requirement with its outcome. `rule`: {expression}, evaluated on the
 * document of the tables. `pattern`: {pattern, text}.
 */
export const CONTRACT_RUNS: Runs = {
  contract: each((input) => runContractCase(contractCase(input)).join('\n')),
  rule: each((input) => runRule(text(input, 'expression'))),
  pattern: each((input) => runPattern(text(input, 'pattern'), text(input, 'text'))),
};
