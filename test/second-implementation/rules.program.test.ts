import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { evaluateRule, readRule } from '../../src/core/contract/rules/rule.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { randomPatterns, randomRules } from '../contract/random-rules.ts';
import { runPattern } from '../contract/rule-run.ts';
import { ruleTable } from '../contract/rule-tables.ts';
import { seededRandom } from '../soak/soak-run.ts';
import { askLayers, skipWithoutPython } from './second-verifier.ts';

const skip = skipWithoutPython();
const STEPS = 20_000_000;
const NAMES = ['predicate', 'attestation', 'image', 'facts', 'previous'] as const;
const DOCUMENT = {
  yes: true,
  none: null,
  int: 3,
  double: 2.5,
  big: 1e21,
  text: 'hello, wörld 😀',
  list: [1, 2.5, 'x', { name: 'deep' }],
  numbers: [1, 2, 3],
  object: { zeta: 1, none: null, 'odd name': [1, { a: 'b' }] },
  tens: { a: 1, 10: 1, 9: 1 },
  people: [{ name: 'ana', age: 41 }, { name: 'ben' }],
};

type Case = { readonly expression: string; readonly predicate?: Json; readonly left?: number };

/** What becomes of each expression, which both find: why it does not read, or the reason and the steps that it took. */
async function foundByBoth(cases: readonly Case[]): Promise<readonly string[]> {
  const answers = await askLayers(
    cases.map(({ expression, predicate = DOCUMENT, left = STEPS }) => {
      return { run: 'rule', expression, predicate: JSON.stringify(predicate), left };
    }),
  );
  return cases.map((one, index) => {
    const { fault, value } = answers[index] ?? {};
    const { reason, steps } = (value ?? {}) as { reason?: string | null; steps?: number };
    const second = fault ?? `${reason ?? 'true'} in ${steps}`;
    assert.equal(second, first(one), one.expression);
    return fault ?? reason ?? 'true';
  });
}

function first({ expression, predicate = DOCUMENT, left = STEPS }: Case): string {
  const rule = readRule(expression, NAMES);
  if (!rule.ok) return rule.fault.code;
  const purse = { left };
  const reason =
    evaluateRule(rule.value, { attestation: {}, image: {}, facts: {}, previous: {}, predicate }, purse) ?? 'true';
  return `${reason} in ${left - purse.left}`;
}

test('rules come to the same, in as many steps, whichever of the tables they stand in', { skip }, async () => {
  const tables = (['values', 'documents', 'refused'] as const).flatMap((name) => ruleTable(name));
  // Of other texts a contract is refused before they are read.
  const read = tables.filter(([expression]) => /^[\x20-\x7e\t\n\r]{1,2000}$/.test(String(expression)));
  const cases = read.map(([expression]): Case => ({ expression: String(expression) }));
  const steps = ruleTable('steps').map(([expression]): Case => {
    return {
      expression: String(expression),
      predicate: { l: [1, 2, 3], t: 'hello world, this is', m: { a: 1, bb: 2 } },
    };
  });
  const found = new Set(await foundByBoth([...cases, ...steps]));
  for (const reason of ['true', 'contract/rule-error', 'contract/rule-missing-field', 'contract/rule-malformed'])
    assert(found.has(reason), reason);
});

test('random rules come to the same, in as many steps', { skip }, async () => {
  const drawn = fc.sample(randomRules(), { numRuns: 500, seed: 47 }).filter(({ length }) => length < 1_900);
  // The variable stands for something only within a macro.
  const found = await foundByBoth(drawn.map((expression) => ({ expression: `[null].all(n, ${expression})` })));
  for (const reason of ['true', 'contract/rule-violated', 'contract/rule-error'])
    assert(found.filter((one) => one === reason).length > 20, reason);
});

test('rules of which a character was changed, dropped or repeated are refused for the same reason', {
  skip,
}, async () => {
  const random = seededRandom(48);
  const pick = (count: number) => Math.floor(random() * count);
  const seeds = [
    ...ruleTable('values').map(([expression]) => String(expression)),
    ...ruleTable('documents').map(([expression]) => String(expression)),
  ].filter(({ length }) => length < 1_000);
  const signs = ' \t\n.,:?!-+*/%<>=&|()[]{}"\'\\rRxin0123456789eEtruefalsenull_$#@~`';
  const cases = Array.from({ length: 800 }, (): Case => {
    let expression = seeds[pick(seeds.length)] ?? '';
    for (let times = 1 + pick(2); times > 0; times -= 1) {
      const [at, sign] = [pick(expression.length), signs[pick(signs.length)] ?? ''];
      const kept = expression.slice(at + pick(2));
      expression = expression.slice(0, at) + (pick(3) === 0 ? '' : sign) + kept;
    }
    return { expression };
  }).filter(({ expression }) => expression !== '' && /^[\x20-\x7e\t\n\r]*$/.test(expression));
  const found = await foundByBoth(cases);
  for (const reason of ['contract/rule-malformed', 'contract/rule-not-supported', 'true'])
    assert(found.filter((one) => one === reason).length > 20, reason);
});

test('what is too large, too deep or too costly is so to the last part, level and step', { skip }, async () => {
  const chain = (parts: number) => ({ expression: `${'1+'.repeat(parts)}1 > 0` });
  const deep = (open: string, close: string, levels: number) => {
    return { expression: `${open.repeat(levels)}1${close.repeat(levels)} == 1` };
  };
  const brackets = [
    ['(', ')'],
    ['[', '][0]'],
    ['-', ''],
    ['true ? 1 : ', ''],
    ['size([', '])'],
    ['[1].map(x, ', ')[0]'],
    ['predicate.list[', ']'],
    ['false ? (1) : ', ''],
  ] as const;
  const costs = [0, 1, 2, 3, 7, 8, 20].map((left) => ({
    expression: 'predicate.numbers.all(a, a + 1 > size("x"))',
    left,
  }));
  const macros = [380, 390, 394, 395, 396, 397, 398, 399, 400].flatMap((parts) =>
    ['[1].all(x, true)', 'has(predicate.a)', 'predicate.text.matches("a")', '[].map(x, true, 1) == []'].map((one) => {
      return { expression: `${one} || ${'1+'.repeat(Math.floor((parts - 20) / 2))}1 > ${'-'.repeat(parts % 8)}0` };
    }),
  );
  const found = await foundByBoth([
    ...[190, 196, 197, 198, 199, 200].map(chain),
    ...brackets.flatMap(([open, close]) => [14, 15, 16, 29, 30, 31, 32, 33].map((levels) => deep(open, close, levels))),
    ...macros,
    ...costs,
  ]);
  assert(found.includes('contract/rule-too-complex') && found.includes('contract/rule-too-costly'));
});

test('patterns are the same, of the same weight, and found in the same texts', { skip }, async () => {
  const texts = ['', 'a', 'b', 'abc', 'ab\nba', '1.2-3', '  _a', 'aaaa', 'b😀c', 'cab cab'];
  const table = ruleTable('patterns').map(([pattern, text]) => [String(pattern), String(text)] as const);
  const drawn = fc.sample(randomPatterns(), { numRuns: 150, seed: 49 });
  const random = seededRandom(50);
  const changed = [...table.map(([pattern]) => pattern), ...drawn].map((pattern) => {
    const at = Math.floor(random() * pattern.length);
    const sign = '\\.^$*+?()[]{}|-,0:d'[Math.floor(random() * 19)] ?? '';
    return (pattern.slice(0, at) + sign + pattern.slice(at + (random() < 0.5 ? 1 : 0))).toWellFormed();
  });
  const heavy = [1, 22, 200, 256].flatMap((n) =>
    ['.', '\\d', '[a-c\\d]', '(ab|c)', 'a*', '(?:a?){2}'].flatMap((atom) =>
      [`{${n}}`, `{${n},}`, `{0,${n}}`, `{3,${n}}`].flatMap((times) => [`${atom}${times}`, `(?:${atom}${times}){7}b`]),
    ),
  );
  const asked = [
    ...table,
    ...[...drawn, ...changed, ...heavy].flatMap((pattern) =>
      [0, 1].map(() => [pattern, texts[Math.floor(random() * texts.length)] ?? ''] as const),
    ),
  ];
  const answers = await askLayers(asked.map(([pattern, text]) => ({ run: 'pattern', pattern, text })));
  for (const [index, [pattern, text]] of asked.entries()) {
    const { value, fault } = answers[index] ?? {};
    assert.equal(
      fault ?? (value === null ? 'refused' : String(value)),
      runPattern(pattern, text),
      `${pattern} in ${text}`,
    );
  }
  // The weight is seen in what a search costs.
  const weighed = heavy.filter((pattern) => runPattern(pattern, '') !== 'refused');
  await foundByBoth(weighed.map((pattern) => ({ expression: `predicate.text.matches(r"${pattern}")` })));
  assert(weighed.length > 20);
});
