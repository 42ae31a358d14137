import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatCanonicalJson, parseCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import { type Json, parseJson } from '../../src/core/encoding/json.ts';
import { InvariantError, type Result } from '../../src/core/fault.ts';
import { orSkip, publishedBytes } from '../portable/published-vectors.ts';

function outcome(result: Result<Json>): string {
  return result.ok ? 'ok' : result.fault.code;
}

function jsonOf(bytes: Uint8Array): Json {
  const parsed = parseJson(bytes);
  assert(parsed.ok);
  return parsed.value;
}

describe('canonical JSON', () => {
  for (const name of ['arrays', 'french', 'structures', 'unicode', 'values', 'weird']) {
    it(`writes the published form of ${name}.json, and reads it back`, (t) => {
      const input = orSkip(t, publishedBytes(`jcs/input/${name}.json`));
      const hex = orSkip(t, publishedBytes(`jcs/outhex/${name}.txt`));
      if (input === undefined || hex === undefined) return;
      const expected = Buffer.from(Buffer.from(hex).toString('ascii').replaceAll(/\s/g, ''), 'hex');
      assert.equal(Buffer.from(formatCanonicalJson(jsonOf(input))).toString('hex'), expected.toString('hex'));
      assert.equal(outcome(parseCanonicalJson(expected)), 'ok');
      if (!expected.equals(input)) assert.equal(outcome(parseCanonicalJson(input)), 'encoding/not-canonical');
    });
  }

  /** RFC 8785 appendix B: the double's bits, and its form. */
  const NUMBERS: readonly (readonly [string, string])[] = [
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
  ];

  it('writes numbers as RFC 8785 appendix B lists them', () => {
    for (const [bits, expected] of NUMBERS) {
      assert.equal(formatCanonicalJson(Buffer.from(bits, 'hex').readDoubleBE()), expected);
    }
  });

  it('sorts members by UTF-16 code units, not by code points', () => {
    const value = { '\u{1f600}': 1, '\ufb33': 2, é: 3, a: 4, '': 5, 10: 6, 9: 7 };
    assert.equal(formatCanonicalJson(value), '{"":5,"10":6,"9":7,"a":4,"é":3,"\u{1f600}":1,"\ufb33":2}');
  });

  it('reads its own form back to the same value, however the members were ordered', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        const value = JSON.parse(text) as Json;
        const written = formatCanonicalJson(value);
        const read = parseCanonicalJson(Buffer.from(written));
        assert(read.ok);
        assert.deepStrictEqual(read.value, value);
        assert.equal(formatCanonicalJson(read.value), written);
      }),
    );
  });

  it('refuses the same value in any other spelling (encoding/not-canonical)', () => {
    const texts = [
      ' 1',
      '1\n',
      '{"a": 1}',
      '{"b":1,"a":2}',
      '1.0',
      '1e0',
      '-0',
      '100e-2',
      '"\\u0061"',
      '"\\/"',
      '"\\u000A"',
      '9007199254740993',
      '0.10',
      '"\\u007f"',
    ];
    for (const text of texts)
      assert.equal(outcome(parseCanonicalJson(Buffer.from(text))), 'encoding/not-canonical', text);
  });

  it('passes on the faults of reading', () => {
    assert.equal(outcome(parseCanonicalJson(Buffer.from('{"a":1,"a":1}'))), 'encoding/duplicate-member');
    assert.equal(outcome(parseCanonicalJson(Buffer.from('[[]]'), { depthMax: 1 })), 'encoding/too-deep');
  });

  it('does not write what JSON cannot hold', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, '\udc00', { '\ud800': 1 }]) {
      assert.throws(() => formatCanonicalJson(value), InvariantError);
    }
  });
});
