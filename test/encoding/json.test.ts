import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type JsonLimits, parseJson } from '../../src/core/encoding/json.ts';
import { InvariantError } from '../../src/core/fault.ts';

/** The code of a refusal, or the value as node's own JSON writes it. */
function outcome(text: string | Uint8Array, limits?: JsonLimits): string {
  const parsed = parseJson(typeof text === 'string' ? Buffer.from(text) : text, limits);
  return parsed.ok ? JSON.stringify(parsed.value) : parsed.fault.code;
}

function parsesNatively(text: string): unknown {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** What parseJson refuses although JSON.parse reads it. */
const STRICTER = new Set([
  'encoding/duplicate-member',
  'encoding/lone-surrogate',
  'encoding/number-out-of-range',
  'encoding/too-deep',
]);

describe('parseJson', () => {
  it('reads what JSON.parse reads, to the same value', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(undefined, 1, '\t', '\r\n '), (text, space) => {
        const spaced = JSON.stringify(JSON.parse(text), undefined, space);
        const parsed = parseJson(Buffer.from(spaced));
        assert(parsed.ok);
        assert.deepStrictEqual(parsed.value, JSON.parse(spaced));
      }),
      { numRuns: 500 },
    );
  });

  it('agrees with JSON.parse on whether changed documents are JSON', () => {
    const document = fc.json({ maxDepth: 3 });
    const piece = fc.constantFrom(
      '',
      '"',
      '\\',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '0',
      '-',
      '.',
      'e',
      '1e5',
      'null',
      ' ',
      '\u0000',
      '\u2028',
      '\\u00',
      '\\ud83d',
      '"a":',
      '\ufeff',
    );
    fc.assert(
      fc.property(document, fc.nat(), fc.nat(4), piece, (text, place, cut, insert) => {
        const at = place % (text.length + 1);
        const changed = (text.slice(0, at) + insert + text.slice(at + cut)).toWellFormed();
        const native = parsesNatively(changed);
        const parsed = parseJson(Buffer.from(changed));
        if (parsed.ok) assert.deepStrictEqual({ value: parsed.value }, native);
        else if (native !== undefined) assert(STRICTER.has(parsed.fault.code), `${parsed.fault.code} ${changed}`);
      }),
      { numRuns: 5000 },
    );
  });

  it('never throws on random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => void parseJson(bytes)));
    const likely = fc.array(fc.constantFrom(...Buffer.from('{}[]",:\\u0019eE+-. tfn\n\u00e9')), { maxLength: 40 });
    fc.assert(
      fc.property(likely, (bytes) => void parseJson(Uint8Array.from(bytes))),
      { numRuns: 3000 },
    );
  });

  it('refuses a member name twice at any depth (encoding/duplicate-member)', () => {
    const duplicates = [
      '{"a":1,"a":1}',
      '{"a":1,"\\u0061":2}',
      '{"":1,"":2}',
      '{"__proto__":1,"__proto__":2}',
      '{"1":0,"b":0,"1":0}',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...duplicates), fc.array(fc.boolean(), { maxLength: 60 }), (inner, nesting) => {
        let text = inner;
        for (const inArray of nesting) text = inArray ? `[0,${text},1]` : `{"x":${text},"y":0}`;
        assert.equal(outcome(text), 'encoding/duplicate-member');
      }),
    );
    assert.equal(outcome('{"a":{"a":1},"b":{"a":1}}'), '{"a":{"a":1},"b":{"a":1}}');
  });

  it('keeps the members __proto__, constructor and toString as plain members', () => {
    const parsed = parseJson(Buffer.from('{"__proto__":{"x":1},"constructor":2,"toString":3,"hasOwnProperty":4}'));
    assert(parsed.ok);
    assert.deepEqual(Object.keys(parsed.value as object), ['__proto__', 'constructor', 'toString', 'hasOwnProperty']);
    assert.equal(Object.getPrototypeOf(parsed.value), Object.prototype);
  });

  it('refuses half of a surrogate pair and reads whole ones (encoding/lone-surrogate)', () => {
    for (const text of ['"\\ud800"', '"\\udc00\\ud800"', '{"\\udfff":1}', '["a\\ud83dx"]']) {
      assert.equal(outcome(text), 'encoding/lone-surrogate', text);
    }
    assert.equal(outcome('"\\ud83d\\ude00"'), '"😀"');
  });

  it('refuses numbers that are no double or have no JSON form', () => {
    assert.equal(outcome('1e400'), 'encoding/number-out-of-range');
    assert.equal(outcome('[-1e400]'), 'encoding/number-out-of-range');
    for (const text of ['01', '-01', '+1', '.5', '1.', '1e', '1e+', '-', '0x1', 'NaN', 'Infinity', '1_0', '--1']) {
      assert.equal(outcome(text), 'encoding/malformed-json', text);
    }
    assert.equal(outcome('[0,-0,1E+2,1.5e-3]'), '[0,0,100,0.0015]');
  });

  it('refuses documents that only lenient readers accept (encoding/malformed-json)', () => {
    const texts = [
      '',
      ' ',
      '\ufeff1',
      '1 2',
      '[1,]',
      '[,1]',
      '{"a":1,}',
      "{'a':1}",
      '{a:1}',
      '[1',
      '{"a"',
      '{"a":',
      '"a',
      '"\t"',
      '"\\x"',
      '"\\u12g4"',
      '// c\n1',
      'tru',
      'nulll',
      '\u00a01',
      '"a\\',
      '[1}',
      '{"a":1]',
      '{1:1}',
    ];
    for (const text of texts) assert.equal(outcome(text), 'encoding/malformed-json', JSON.stringify(text));
  });

  it('refuses bytes that are not UTF-8 (encoding/malformed-utf8)', () => {
    assert.equal(outcome(Uint8Array.of(0x22, 0xff, 0x22)), 'encoding/malformed-utf8');
    assert.equal(outcome(Buffer.from('\ufeff{}', 'utf16le')), 'encoding/malformed-utf8');
  });

  it('reads 64 levels and refuses the 65th, or what the caller says (encoding/too-deep)', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    assert.equal(outcome(nested(64)), nested(64));
    assert.equal(outcome(nested(65)), 'encoding/too-deep');
    assert.equal(outcome('{"a":'.repeat(65) + 1 + '}'.repeat(65)), 'encoding/too-deep');
    assert.equal(outcome('['.repeat(1_000_000)), 'encoding/too-deep');
    assert.equal(outcome(nested(2), { depthMax: 1 }), 'encoding/too-deep');
    assert.equal(outcome('1', { depthMax: 0 }), '1');
    assert.equal(outcome(nested(512), { depthMax: 512 }), nested(512));
    assert.throws(() => outcome('1', { depthMax: 513 }), InvariantError);
  });

  it('counts members and elements together (encoding/too-many-members)', () => {
    assert.equal(outcome('{"a":[1,2]}', { membersMax: 3 }), '{"a":[1,2]}');
    assert.equal(outcome('{"a":[1,2]}', { membersMax: 2 }), 'encoding/too-many-members');
    assert.equal(outcome('[]', { membersMax: 0 }), '[]');
  });

  it('says where the first fault is, as an offset', () => {
    const at = (text: string): string | undefined => {
      const parsed = parseJson(Buffer.from(text));
      return parsed.ok ? undefined : parsed.fault.at;
    };
    assert.equal(at('{"a":1,"a":2}'), '7');
    assert.equal(at('[1, x]'), '4');
    assert.equal(at('["a'), '3');
    assert.equal(at('["\\'), '3');
  });
});
