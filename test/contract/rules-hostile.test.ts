import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readContract } from '../../src/core/contract/contract.ts';
import { evaluateContract } from '../../src/core/contract/evaluate-contract.ts';
import { parsePattern } from '../../src/core/contract/rules/parse-pattern.ts';
import { evaluateRule, readRule } from '../../src/core/contract/rules/rule.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { RULE_DEPTH_MAX, RULE_NODES_MAX, RULE_STEPS_MAX, VERDICT_STEPS_MAX } from '../../src/core/limits.ts';
import { processorMs } from '../harness/processor-time.ts';
import { ruleTable } from './rule-tables.ts';

/** What becomes of a rule with all the steps of a verdict, and the steps that it took. */
function evaluate(expression: string, predicate: Json, left = VERDICT_STEPS_MAX) {
  const rule = readRule(expression, ['predicate']);
  assert(rule.ok, rule.ok ? '' : rule.fault.message);
  const purse = { left };
  const before = processorMs();
  const reason = evaluateRule(rule.value, { predicate }, purse) ?? 'true';
  return { reason, steps: left - purse.left, ms: processorMs() - before };
}

const numbers = Array.from({ length: 20_000 }, (_, index) => index);
const long = 'a'.repeat(8 * 1024 * 1024);

describe('a rule that takes too long ends, and fails', () => {
  const COSTLY: readonly (readonly [what: string, expression: string, predicate: Json])[] = [
    ['a list walked for each of its elements', 'predicate.l.all(a, predicate.l.all(b, a + b >= 0))', { l: numbers }],
    [
      'three lists within each other, each failure absorbed',
      'predicate.l.all(a, predicate.l.all(b, predicate.l.all(c, a + b + c)))',
      { l: numbers },
    ],
    [
      'membership asked for each element',
      'predicate.l.all(a, !(a in predicate.m))',
      { l: numbers, m: numbers.map((n) => -n - 1) },
    ],
    ['a list joined for each element', 'predicate.l.map(a, predicate.l + predicate.l).size() > 0', { l: numbers }],
    [
      'lists compared for each element',
      'predicate.l.all(a, predicate.l == predicate.m)',
      { l: numbers, m: [...numbers] },
    ],
    ['a text searched for each element', 'predicate.l.all(a, !predicate.t.contains("ab"))', { l: numbers, t: long }],
    ['a text doubled over and over', '(predicate.t + predicate.t + predicate.t + predicate.t).size() > 0', { t: long }],
    ['a text counted for each element', 'predicate.l.all(a, size(predicate.t) > 0)', { l: numbers, t: long }],
    ['a text matched', 'predicate.t.matches("(a|aa)+(a|b)+c")', { t: long }],
    ['a pattern of many states', 'predicate.t.matches("^(.{0,100}){1,9}b$")', { t: long }],
    [
      'names of a large map',
      'predicate.l.all(a, !predicate.m.exists(n, n == ""))',
      { l: numbers, m: Object.fromEntries(numbers.map((n) => [`n${n}`, n])) },
    ],
    [
      'maps compared for each element',
      'predicate.l.all(a, predicate.m == predicate.n)',
      {
        l: numbers,
        m: Object.fromEntries(numbers.map((n) => [`n${n}`, n])),
        n: Object.fromEntries(numbers.map((n) => [`n${n}`, n])),
      },
    ],
  ];
  for (const [what, expression, predicate] of COSTLY) {
    test(`${what} (contract/rule-too-costly)`, () => {
      const { reason, steps, ms } = evaluate(expression, predicate);
      assert.equal(reason, 'contract/rule-too-costly');
      assert.equal(steps, RULE_STEPS_MAX);
      assert(ms < 2_000, `${ms} ms`);
    });
  }
  test('no other part of the rule absorbs that', () => {
    const costly = 'predicate.l.all(a, predicate.l.all(b, true))';
    for (const around of [`${costly} || true`, `true && ${costly} || true`, `[1].exists(x, ${costly}) || true`])
      assert.equal(evaluate(around, { l: numbers }).reason, 'contract/rule-too-costly', around);
    assert.equal(
      evaluate(`true || ${costly}`, { l: numbers }).reason,
      'true',
      'what decides first is not evaluated further',
    );
    assert.equal(evaluate(`${costly} ? true : true`, { l: numbers }).reason, 'contract/rule-too-costly');
  });
  for (const [expression, expected] of ruleTable('steps')) {
    test(`${expression} takes ${expected} steps, as docs/spec/rules.md counts`, () => {
      const predicate = { l: [1, 2, 3], t: 'hello world, this is', m: { a: 1, bb: 2 } };
      assert.equal(evaluate(String(expression), predicate).steps, expected);
    });
  }
  test('steps are counted to the last one', () => {
    const expression = 'predicate.l.all(a, a >= 0)';
    const { reason, steps } = evaluate(expression, { l: numbers });
    assert.equal(reason, 'true');
    assert.equal(evaluate(expression, { l: numbers }, steps).reason, 'true');
    assert.equal(evaluate(expression, { l: numbers }, steps - 1).reason, 'contract/rule-too-costly');
  });
});

describe('a search takes the sum of both lengths, not their product', () => {
  for (const [what, expression, predicate] of [
    [
      'a part that almost fits everywhere',
      'predicate.t.contains(predicate.p)',
      { t: long, p: `${'a'.repeat(4_000_000)}b` },
    ],
    [
      'a part that begins like its end',
      'predicate.t.contains(predicate.p)',
      { t: `${'ab'.repeat(3_000_000)}`, p: `${'ab'.repeat(1_000_000)}aa` },
    ],
  ] as const) {
    test(what, () => {
      const { reason, ms } = evaluate(expression, predicate);
      assert.equal(reason, 'contract/rule-violated');
      assert(ms < 1_500, `${ms} ms`);
    });
  }
});

describe('expressions are bounded before they are evaluated (contract/rule-too-complex)', () => {
  const codeOf = (expression: string) => {
    const rule = readRule(expression, ['predicate']);
    return rule.ok ? 'read' : rule.fault.code;
  };
  test('in depth, whatever it is made of', () => {
    const deep = (open: string, close: string, levels: number) => `${open.repeat(levels)}1${close.repeat(levels)} == 1`;
    for (const [open, close, each] of [
      ['(', ')', 1],
      ['[', '][0]', 1],
      ['-', '', 1],
      ['- ', '', 1],
      ['true ? 1 : ', '', 1],
      ['size([', '])', 2],
      ['[1].map(x, ', ')[0]', 1],
    ] as const) {
      assert.equal(codeOf(deep(open, close, Math.floor((RULE_DEPTH_MAX - 1) / each))), 'read', open);
      assert.equal(codeOf(deep(open, close, RULE_DEPTH_MAX + 1)), 'contract/rule-too-complex', open);
      assert.equal(codeOf(deep(open, '', 1_900 / open.length)), 'contract/rule-too-complex', open);
    }
    assert.equal(codeOf(`${'!'.repeat(1_990)}true`), 'contract/rule-too-complex');
  });
  test('in parts', () => {
    const sum = (terms: number) => `${Array.from({ length: terms }, () => '1').join('+')} > 0`;
    const half = RULE_NODES_MAX / 2;
    assert.equal(codeOf(sum(half - 1)), 'read');
    assert.equal(codeOf(sum(half)), 'contract/rule-too-complex');
    assert.equal(codeOf(`[${'1,'.repeat(900)}] == []`), 'contract/rule-too-complex');
    assert.equal(codeOf(`predicate${'.a'.repeat(900)} == 1`), 'contract/rule-too-complex');
  });
  test('in characters, by the contract and by the rule itself', () => {
    const long = `${' '.repeat(1_996)}true`;
    const contract = (expression: string) =>
      readContract({
        contract: 'a',
        repositories: ['*'],
        stages: [{ stage: 'a', rules: [{ rule: 'a', expression }] }],
      });
    assert(contract(long).ok);
    const longer = contract(` ${long}`);
    assert(!longer.ok && longer.fault.code === 'contract/malformed');
    assert.equal(codeOf(` ${long}`), 'contract/rule-too-complex');
  });
  test('patterns in characters and states, without building what is refused', () => {
    const before = processorMs();
    assert(parsePattern('a'.repeat(256)) !== undefined);
    assert.equal(parsePattern('a'.repeat(257)), undefined);
    for (const giant of [
      '((((a{255}){255}){255}){255}){255}',
      '(((a?){255}){255}){255}',
      '((a|b|c|d|e|f|g|h|i|j){200}){9}',
      '(()){255}'.repeat(20),
    ])
      assert.equal(parsePattern(giant), undefined, giant);
    assert(processorMs() - before < 200);
    assert(parsePattern('('.repeat(120) + ')'.repeat(120)) !== undefined);
  });
});

test('all rules of a verdict share its steps: what comes last fails, whatever it is, and soon (contract/rule-too-costly)', () => {
  const expression = 'predicate.l.all(a, predicate.l.exists(b, b == a + 1) || true)';
  const rules = (stage: number) =>
    Array.from({ length: 16 }, (_, index) => ({ rule: `r${stage}-${index}`, expression }));
  const stages = Array.from({ length: 64 }, (_, index) => ({ stage: `s${index}`, rules: rules(index) }));
  const contract = readContract({ contract: 'a', repositories: ['*'], stages });
  assert(contract.ok);
  const attestations = stages.map(({ stage }, index) => ({
    seq: index + 2,
    repository: 'a',
    stage,
    predicateType: 'urn:test',
    predicate: { l: numbers.slice(0, 400) },
    signer: '',
    assurance: 'pipeline',
    first: { seq: index + 2, time: '2026-03-01T12:00:00.000Z', filing: { seq: index + 2, principal: 'ci' } },
    sound: true,
  }));
  const before = processorMs();
  const findings = evaluateContract({
    contract: contract.value,
    signatures: [],
    attestations,
    image: { digest: '', repository: 'a' },
    facts: () => ({}),
    previous: () => ({}),
    purse: { left: VERDICT_STEPS_MAX },
  });
  const reasons = findings.filter(({ requirement }) => requirement === 'rule').map(({ reason = 'pass' }) => reason);
  assert.equal(reasons.length, 1_024);
  const from = reasons.indexOf('contract/rule-too-costly');
  assert(from > 10, `${from} passed`);
  assert(reasons.slice(0, from).every((reason) => reason === 'pass'));
  assert(reasons.slice(from).every((reason) => reason === 'contract/rule-too-costly'));
  assert(processorMs() - before < 10_000, `${processorMs() - before} ms`);
});
