import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type JsonLimits, parseJson } from '../../src/core/encoding/json.ts';

const parse = (text: string, limits?: JsonLimits) => parseJson(Buffer.from(text), limits);
/** White space is what the short way never takes: the scanner reads this one. */
const scanned = (text: string, limits?: JsonLimits) => parse(` ${text}`, limits);

/** Documents on which readers tend to differ, each in the spelling that an engine would write. */
const DELICATE = [
  '{"a":1,"a":1}',
  '{"1":0,"0":1}',
  '{"0":0,"1":1,"b":2,"a":3}',
  '{"__proto__":{"x":1},"constructor":2,"toJSON":3}',
  '{"toJSON":{"toJSON":[]}}',
  '-0',
  '0',
  '1e21',
  '1E2',
  '1.0',
  '9007199254740993',
  '1e400',
  '"\\ud800"',
  '"\\u2028"',
  '"\u2028\u2029"',
  '"\\/"',
  '"\\"\\\\\\b\\f\\n\\r\\t"',
  '"\u007f"',
  '[[],{},[{}],""]',
  '',
  '{',
  'null',
  'undefined',
  '\ufeff{}',
  '[1,2,]',
];

test('a document is read alike with and without white space before it, whatever is delicate about it', () => {
  for (const text of DELICATE) {
    const [one, other] = [parse(text), scanned(text)];
    assert.equal(one.ok, other.ok, text);
    if (one.ok && other.ok) assert.deepStrictEqual(one.value, other.value, text);
    else if (!one.ok && !other.ok) assert.equal(one.fault.code, other.fault.code, text);
  }
});

test('any value in the spelling of the engine is read as the scanner reads it', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const text = JSON.stringify(value);
      assert.deepStrictEqual(parse(text), scanned(text));
    }),
    { numRuns: 500 },
  );
});

test('limits hold for documents of any spelling (encoding/too-deep, encoding/too-many-members)', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  for (const [text, limits] of [
    [nested(64), {}],
    [nested(65), {}],
    [nested(20_000), {}],
    [`[${'[],'.repeat(99)}[]]`, {}],
    [nested(3), { depthMax: 2 }],
    ['["[[[[[["]', { depthMax: 1 }],
    ['[1,2,3]', { membersMax: 3 }],
    ['[1,2,3,4]', { membersMax: 3 }],
    [`[${'1,'.repeat(40)}1]`, { membersMax: 40 }],
  ] as const) {
    const [one, other] = [parse(text, limits), scanned(text, limits)];
    assert.equal(one.ok, other.ok, text.slice(0, 40));
    assert.equal(one.ok ? '' : one.fault.code, other.ok ? '' : other.fault.code, text.slice(0, 40));
  }
});
