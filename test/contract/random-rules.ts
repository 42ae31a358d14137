import fc from 'fast-check';

type Text = fc.Arbitrary<string>;

const INTS = [
  'n',
  'n',
  'predicate.int',
  'predicate.numbers[0]',
  'predicate.numbers[2]',
  '0',
  '1',
  '7',
  '9223372036854775807',
];
const DOUBLES = ['predicate.double', '0.5', '2.0', '1e3'];
const TEXTS = ['predicate.text', "''", "'he'", "'hello'", "'Zz'", "'lo'"];
const LISTS = ['predicate.numbers', '[1, 3]', '[7]'];
const BROKEN = ['predicate.missing', 'predicate.text.deep', 'predicate.numbers[9]'];

/** Expressions of the language, most of which make sense; the variable `n` is what a macro makes of it, and null elsewhere. */
export function randomRules(): Text {
  const { bool } = fc.letrec<Record<'bool' | 'int' | 'double' | 'text' | 'list', string>>((tie) => {
    const binary = (operators: readonly string[], operand: Text) =>
      fc.tuple(operand, fc.constantFrom(...operators), operand).map(([a, op, b]) => `(${a} ${op} ${b})`);
    const leaf = (...texts: readonly string[]) => fc.constantFrom(...texts);
    const choice = (of: Text) => fc.tuple(tie('bool'), of, of).map(([c, a, b]) => `(${c} ? ${a} : ${b})`);
    const depth = { depthSize: 'small', withCrossShrink: true } as const;
    return {
      int: fc.oneof(
        depth,
        leaf(...INTS, ...BROKEN),
        binary(['+', '-', '*', '/', '%'], tie('int')),
        tie('int').map((text) => `(-${text})`),
        tie('text').map((text) => `size(${text})`),
        tie('list').map((text) => `${text}.size()`),
        choice(tie('int')),
      ),
      double: fc.oneof(
        depth,
        leaf(...DOUBLES),
        binary(['+', '-', '*', '/'], tie('double')),
        tie('int').map((text) => `double(${text})`),
      ),
      text: fc.oneof(
        depth,
        leaf(...TEXTS),
        binary(['+'], tie('text')),
        tie('int').map((text) => `string(${text})`),
        tie('text').map((text) => `${text}.lowerAscii()`),
      ),
      list: fc.oneof(
        depth,
        leaf(...LISTS),
        binary(['+'], tie('list')),
        fc.tuple(tie('list'), tie('bool')).map(([list, test]) => `${list}.filter(n, ${test})`),
        fc.tuple(tie('list'), tie('int')).map(([list, make]) => `${list}.map(n, ${make})`),
        fc.tuple(tie('list'), tie('bool'), tie('int')).map(([list, test, make]) => `${list}.map(n, ${test}, ${make})`),
      ),
      bool: fc.oneof(
        depth,
        leaf('true', 'false', 'predicate.yes', 'has(predicate.missing)', 'has(predicate.int)', ...BROKEN),
        binary(['&&', '||'], tie('bool')),
        tie('bool').map((text) => `!${text}`),
        binary(['==', '!=', '<', '<=', '>', '>='], tie('int')),
        binary(['<', '<=', '>', '>='], fc.oneof(tie('int'), tie('double'))),
        binary(['==', '!=', '<', '<=', '>', '>='], tie('text')),
        binary(['==', '!='], tie('list')),
        fc.tuple(tie('int'), tie('list')).map(([a, b]) => `(${a} in ${b})`),
        fc
          .tuple(tie('text'), fc.constantFrom('startsWith', 'endsWith', 'contains'), tie('text'))
          .map(([a, f, b]) => `${a}.${f}(${b})`),
        fc
          .tuple(tie('list'), fc.constantFrom('all', 'exists', 'exists_one'), tie('bool'))
          .map(([list, macro, test]) => `${list}.${macro}(n, ${test})`),
        fc
          .tuple(
            fc.constant('predicate.numbers'),
            fc.constantFrom('all', 'exists'),
            fc.constantFrom('<', '>=', '=='),
            tie('int'),
          )
          .map(([list, macro, operator, int]) => `${list}.${macro}(n, n ${operator} ${int})`),
        choice(tie('bool')),
      ),
    };
  });
  return bool;
}

/** Patterns of the language of which every engine thinks the same, by text. */
export function randomPatterns(): Text {
  const { whole } = fc.letrec<Record<'whole' | 'piece', string>>((tie) => ({
    piece: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom(
        'a',
        'b',
        'c',
        '.',
        '\\d',
        '\\w',
        '\\s',
        '\\.',
        '[ab]',
        '[^b]',
        '[a-c\\d]',
        '[^\\w]',
        '-',
        '😀',
        '[😀b]',
      ),
      fc
        .tuple(tie('piece'), fc.constantFrom('*', '+', '?', '{2}', '{0,2}', '{1,}'))
        .map(([piece, times]) => `(?:${piece})${times}`),
      tie('whole').map((text) => `(${text})`),
    ),
    whole: fc.oneof(
      { depthSize: 'small' },
      fc.array(tie('piece'), { maxLength: 4 }).map((pieces) => pieces.join('')),
      fc.tuple(tie('whole'), tie('whole')).map(([a, b]) => `${a}|${b}`),
      tie('whole').map((text) => `^${text}`),
      tie('whole').map((text) => `(?:${text})$`),
    ),
  }));
  return whole;
}
