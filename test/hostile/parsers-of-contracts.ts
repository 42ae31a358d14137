import { formatContract, parseContract, readContract } from '../../src/core/contract/contract.ts';
import { matchPattern } from '../../src/core/contract/rules/match-pattern.ts';
import { parseExpression } from '../../src/core/contract/rules/parse-expression.ts';
import { parsePattern } from '../../src/core/contract/rules/parse-pattern.ts';
import { evaluateRule, readRule, STAGE_VARIABLES } from '../../src/core/contract/rules/rule.ts';
import { readTokens } from '../../src/core/contract/rules/tokens.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { canonical } from '../entry/sample-entries.ts';
import { type FuzzedParser, ofBytes, ofJson, ofText } from './fuzz-parser.ts';
import { payloadAt, text } from './seeds.ts';

const RULES = [
  'predicate.runs.all(r, r.results.filter(x, x.level == "error").size() == 0)',
  'has(predicate.builder) && predicate.builder.id.matches("^https://[a-z.]+/")',
  '!(predicate.a in ["MIT", \'Apache-2.0\']) || predicate.score >= 7.5e0 - -0x1F % 3',
  'size(predicate.a) < 3 ? predicate["b c"][0] == null : int(predicate.c) * 2 / 3 == 4 // why not',
];
/** Everything that a contract can ask for. */
const EVERYTHING: Json = {
  contract: 'shop',
  title: 'Images of the shop',
  repositories: ['shop/*', '*'],
  stages: [
    { stage: 'test', predicateTypes: ['https://waybill.dev/attestation/junit/v1'], count: 'latest', on: 'image' },
    {
      stage: 'scan',
      signers: ['d4'.repeat(32)],
      assurance: 'pipeline',
      after: ['test'],
      threshold: 2,
      distinctFrom: ['test'],
      distinctFromBuilder: true,
      maxAge: '30d',
      rules: RULES.map((expression, index) => ({ rule: `rule-${index}`, title: 'A rule', expression })),
    },
  ],
};
const CONTRACTS = [payloadAt(7), canonical(EVERYTHING)];

/** What reads contracts, their rules, and the patterns of rules. */
export const PARSERS_OF_CONTRACTS: readonly FuzzedParser[] = [
  {
    name: 'core/contract/contract.ts parseContract',
    // Members that the second implementation reads too; those of all are seeds of readContract.
    seeds: [payloadAt(7)],
    parse: ofBytes(parseContract, formatContract),
    json: 'canonical',
  },
  { name: 'core/contract/contract.ts readContract', seeds: CONTRACTS, parse: ofJson(readContract), json: 'plain' },
  { name: 'core/contract/rules/tokens.ts readTokens', seeds: text(...RULES), parse: ofText(readTokens) },
  {
    name: 'core/contract/rules/parse-expression.ts parseExpression',
    seeds: text(...RULES),
    parse: ofText(parseExpression),
  },
  {
    name: 'core/contract/rules/rule.ts readRule',
    seeds: text(...RULES, 'true'),
    // What reads is evaluated too: on nothing, which most of it asks too much of.
    parse: ofText((expression) => {
      const rule = readRule(expression, STAGE_VARIABLES);
      if (rule.ok) evaluateRule(rule.value, { predicate: { a: 'MIT', runs: [], c: '6' } }, { left: 1_000_000 });
      return rule;
    }),
  },
  {
    name: 'core/contract/rules/parse-pattern.ts parsePattern',
    seeds: text('^https://[a-z.]+/(?:a|b){2,3}\\d*$', '([^\\w-]|.)+', 'v[0-9]{1,3}'),
    parse: (bytes) => {
      const pattern = parsePattern(new TextDecoder().decode(bytes));
      if (pattern === undefined) return { code: 'contract/rule-not-supported' };
      matchPattern(pattern, 'https://a.b/ab v12');
      return 'read';
    },
  },
];
