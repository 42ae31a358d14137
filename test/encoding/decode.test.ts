import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import * as decoders from '../../src/core/encoding/decode.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { fail, ok, type Result } from '../../src/core/fault.ts';

const { array, base64Bytes, boolean, decode, hexBytes, integer, json, literal, mapped } = decoders;
const { nullable, object, oneOf, openObject, optional, record, string } = decoders;

function outcome(result: Result<unknown>): unknown {
  return result.ok ? result.value : `${result.fault.code} at ${result.fault.at}`;
}

const thing = object({
  name: string({ max: 5, pattern: /^[a-z]+$/ }),
  size: integer({ max: 10 }),
  tags: optional(array(string({ max: 3 }), { max: 2 })),
});

describe('readers', () => {
  it('yield typed values and leave absent optional members out', () => {
    const read = decode(thing, { name: 'ab', size: 3 });
    assert(read.ok);
    const typed: { readonly name: string; readonly size: number; readonly tags?: readonly string[] } = read.value;
    assert.deepStrictEqual(typed, { name: 'ab', size: 3 });
    assert.deepStrictEqual(outcome(decode(thing, { name: 'ab', size: 3, tags: ['x'] })), {
      name: 'ab',
      size: 3,
      tags: ['x'],
    });
  });

  const REFUSED: readonly (readonly [Json, string])[] = [
    [{ name: 'ab' }, 'encoding/missing-member at /size'],
    [{ name: 'ab', size: 3, extra: 1 }, 'encoding/unknown-member at /extra'],
    [{ name: 'ab', size: 3, 'a/b~c': 1 }, 'encoding/unknown-member at /a~1b~0c'],
    [{ name: 'ab', size: 3, tags: null }, 'encoding/wrong-type at /tags'],
    [{ name: 'ab', size: 3, tags: ['x', 1] }, 'encoding/wrong-type at /tags/1'],
    [{ name: 'ab', size: 3, tags: ['x', 'y', 'z'] }, 'encoding/too-long at /tags'],
    [{ name: 'abcdef', size: 3 }, 'encoding/too-long at /name'],
    [{ name: 'AB', size: 3 }, 'encoding/pattern-mismatch at /name'],
    [{ name: 'ab', size: 11 }, 'encoding/integer-out-of-range at /size'],
    [{ name: 'ab', size: -1 }, 'encoding/integer-out-of-range at /size'],
    [{ name: 'ab', size: 1.5 }, 'encoding/wrong-type at /size'],
    [{ name: 'ab', size: '3' }, 'encoding/wrong-type at /size'],
    [[], 'encoding/wrong-type at '],
    [null, 'encoding/wrong-type at '],
  ];
  for (const [value, expected] of REFUSED) {
    it(`refuse ${JSON.stringify(value)} (${expected})`, () => assert.equal(outcome(decode(thing, value)), expected));
  }

  it('do not take inherited names for members', () => {
    const reader = object({ constructor: optional(json()), toString: optional(json()) });
    assert.deepStrictEqual(outcome(decode(reader, {})), {});
    assert.equal(
      outcome(decode(object({ a: optional(json()) }), { toString: 1 })),
      'encoding/unknown-member at /toString',
    );
    const named = JSON.parse('{"__proto__":1}') as Json;
    const read = decode(record(integer()), named);
    assert(read.ok);
    assert.deepEqual(Object.keys(read.value), ['__proto__']);
  });

  it('read bytes strictly, with their length bounds', () => {
    assert.deepStrictEqual(outcome(decode(hexBytes(2), '00ff')), Uint8Array.of(0, 255));
    assert.equal(outcome(decode(hexBytes(2), '00')), 'encoding/wrong-length at ');
    assert.equal(outcome(decode(hexBytes(), '0G')), 'encoding/malformed-hex at ');
    assert.deepStrictEqual(outcome(decode(base64Bytes({ max: 2 }), 'AAE=')), Uint8Array.of(0, 1));
    assert.equal(outcome(decode(base64Bytes({ max: 2 }), 'AAEC')), 'encoding/too-long at ');
    assert.equal(outcome(decode(base64Bytes({ min: 3, max: 9 }), 'AAE=')), 'encoding/too-short at ');
    assert.equal(outcome(decode(base64Bytes({ max: 2 }), 'A'.repeat(100))), 'encoding/too-long at ');
    assert.equal(outcome(decode(base64Bytes({ max: 2 }), 'AAF=')), 'encoding/malformed-base64 at ');
  });

  it('read literals, choices, null and booleans', () => {
    assert.equal(outcome(decode(literal('v1'), 'v1')), 'v1');
    assert.equal(outcome(decode(literal('v1'), 'v2')), 'encoding/not-allowed at ');
    assert.equal(outcome(decode(literal(0), undefined)), 'encoding/missing-member at ');
    assert.equal(outcome(decode(oneOf([1, 'a', null]), null)), null);
    assert.equal(outcome(decode(oneOf([1, 'a']), '1')), 'encoding/not-allowed at ');
    assert.equal(outcome(decode(nullable(boolean()), null)), null);
    assert.equal(outcome(decode(boolean(), 0)), 'encoding/wrong-type at ');
    assert.equal(outcome(decode(json(), undefined)), 'encoding/missing-member at ');
  });

  it('pass over unknown members only where told to', () => {
    assert.deepStrictEqual(outcome(decode(openObject({ a: integer() }), { a: 1, b: 2 })), { a: 1 });
    assert.equal(outcome(decode(openObject({ a: integer() }), [])), 'encoding/wrong-type at ');
  });

  it('place the fault of a conversion at the value', () => {
    const even = mapped(integer(), (n) => (n % 2 === 0 ? ok(n / 2) : fail('encoding/not-allowed', 'odd')));
    assert.deepStrictEqual(outcome(decode(array(even, { max: 3 }), [2, 4])), [1, 2]);
    assert.equal(outcome(decode(array(even, { max: 3 }), [2, 3])), 'encoding/not-allowed at /1');
    assert.equal(outcome(decode(record(even, { max: 1 }), { a: 2, b: 2 })), 'encoding/too-long at ');
  });

  it('never throw, whatever the value', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => assert.equal(typeof decode(thing, value as Json).ok, 'boolean')));
  });
});
