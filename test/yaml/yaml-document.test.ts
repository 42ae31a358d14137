import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { parseYamlDocument } from '../../src/yaml/yaml-document.ts';
import { processorMs } from '../harness/processor-time.ts';

const read = (text: string) => parseYamlDocument(encodeUtf8(text));

test('a contract in YAML has the value of the same contract in JSON', () => {
  const yaml = [
    '# of the shop',
    'contract: shop',
    'repositories: ["shop/*", other]',
    'stages:',
    '  - stage: sbom',
    '  - {stage: test, assurance: pipeline, after: [sbom]}',
    'title: |',
    '  two',
    '  lines',
    'no: no',
  ].join('\n');
  assert.deepEqual(read(yaml), {
    ok: true,
    value: {
      contract: 'shop',
      repositories: ['shop/*', 'other'],
      stages: [{ stage: 'sbom' }, { stage: 'test', assurance: 'pipeline', after: ['sbom'] }],
      title: 'two\nlines\n',
      no: 'no',
    },
  });
});

const LAUGHS = [
  'a: &a ["lol","lol","lol","lol","lol","lol","lol","lol","lol"]',
  ...['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((name, index) => {
    const before = String.fromCharCode('a'.charCodeAt(0) + index);
    return `${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]`;
  }),
].join('\n');

const REFUSED: readonly (readonly [what: string, text: string])[] = [
  ['a billion laughs', LAUGHS],
  ['an alias', 'a: &x 1\nb: *x'],
  ['an anchor that nothing uses', 'a: &x 1'],
  ['an anchor on a collection', 'a: &x\n  b: 1'],
  ['an alias that is not defined', 'a: *x'],
  ['a merge of an alias', 'a: &x {b: 1}\nc:\n  <<: *x'],
  ['a tag of its own', 'a: !shell rm'],
  ['a tag of a language', 'a: !!js/function "function(){}"'],
  ['a binary tag', 'a: !!binary aGk='],
  ['a set tag', 'a: !!set {b, c}'],
  ['a standard tag', 'a: !!str 1'],
  ['a verbatim tag', 'a: !<tag:yaml.org,2002:str> 1'],
  ['a tag directive', '%TAG ! tag:example.com,2000:\n---\na: 1'],
  ['a version directive', '%YAML 1.1\n---\na: yes'],
  ['a name twice', 'a: 1\na: 2'],
  ['a name twice, spelled apart', 'a: 1\n"\\x61": 2'],
  ['a name twice, deep inside', 'x:\n  - {a: 1, a: 2}'],
  ['a number as a name', '1: a'],
  ['a flag as a name', 'true: a'],
  ['a null as a name', '? \n: a'],
  ['a list as a name', '? [a]\n: b'],
  ['two documents', 'a: 1\n---\nb: 2'],
  ['a NUL byte', 'a: "\0"'],
  ['an escape character', 'a: "\x1b[2J"'],
  ['a line separator', 'a: "b\u2028c"'],
  ['a next line', 'a: "b\u0085c"'],
  ['a byte order mark inside', 'a: "b\ufeff"'],
  ['infinity', 'a: .inf'],
  ['not a number', 'a: .nan'],
  ['a whole number that is not exact', 'a: 9007199254740993'],
  ['a number out of range', 'a: 1e999'],
  ['tabs for indentation', 'a:\n\tb: 1'],
  ['a list without an end', 'a: [1, 2'],
  ['lists 100,000 deep', '['.repeat(100_000)],
  ['maps 50,000 deep', '{a: '.repeat(50_000)],
  ['compact lists 60,000 deep', '- '.repeat(60_000)],
  ['compact names 60,000 deep', '? '.repeat(60_000)],
  ['blocks 300 deep', Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
];

for (const [what, text] of REFUSED) {
  test(`refuses ${what} (http/malformed-yaml)`, () => {
    const started = processorMs();
    const result = read(text);
    assert(!result.ok, JSON.stringify(result).slice(0, 200));
    assert.equal(result.fault.code, 'http/malformed-yaml');
    assert(processorMs() - started < 1_500, 'takes too long');
  });
}

test('refuses lists 17 deep (encoding/too-deep) and bytes that are not text (encoding/malformed-utf8)', () => {
  const deep = read(`${'['.repeat(17)}${']'.repeat(17)}`);
  assert(!deep.ok && deep.fault.code === 'encoding/too-deep');
  const bytes = parseYamlDocument(Uint8Array.of(0xff, 0xfe));
  assert(!bytes.ok && bytes.fault.code === 'encoding/malformed-utf8');
});

test('an empty document is null', () => {
  assert.deepEqual(read(''), { ok: true, value: null });
  assert.deepEqual(read('# nothing'), { ok: true, value: null });
});

test('whatever bytes come, the answer is a value or a fault, never a throw', () => {
  const piece = fc.constantFrom(
    'a: ',
    '- ',
    '&x ',
    '*x',
    '!t ',
    '{',
    '}',
    '[',
    ']',
    ', ',
    '"',
    "'",
    '|\n',
    '\n',
    '  ',
    '? ',
    '#',
    '%',
    '---\n',
    '1',
    '\t',
    ': ',
    '<<',
    '\u0000',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      read(pieces.join(''));
    }),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      parseYamlDocument(bytes);
    }),
  );
});

test('JSON that is YAML too has one value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4, noUnicodeString: true }), (value) => {
      const text = JSON.stringify(value);
      const result = read(text);
      // Numbers that are not exact, and names beyond the YAML grammar, are refused; none is read as something else.
      if (result.ok) assert.deepEqual(result.value, JSON.parse(text.replaceAll(/(?<=[[,:])-0(?=[\],}])/g, '0')));
    }),
    { numRuns: 200 },
  );
});
