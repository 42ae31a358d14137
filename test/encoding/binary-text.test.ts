import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatBase64, parseBase64 } from '../../src/core/encoding/base64.ts';
import { compareBytes, concatBytes, equalBytes, readU64be, u64be } from '../../src/core/encoding/bytes.ts';
import { formatHex, parseHex } from '../../src/core/encoding/hex.ts';
import { decodeUtf8, encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { InvariantError, type Result } from '../../src/core/fault.ts';

const bytes = fc.uint8Array({ maxLength: 300 });

function outcome<T>(result: Result<T>): T | string {
  return result.ok ? result.value : result.fault.code;
}

describe('base64', () => {
  it('writes and reads the examples of RFC 4648 §10', () => {
    const examples = {
      '': '',
      f: 'Zg==',
      fo: 'Zm8=',
      foo: 'Zm9v',
      foob: 'Zm9vYg==',
      fooba: 'Zm9vYmE=',
      foobar: 'Zm9vYmFy',
    };
    for (const [text, base64] of Object.entries(examples)) {
      assert.equal(formatBase64(Buffer.from(text)), base64);
      assert.deepEqual(outcome(parseBase64(base64)), Uint8Array.from(Buffer.from(text)));
    }
  });

  it('agrees with Buffer on every byte string', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        const text = Buffer.from(value).toString('base64');
        assert.equal(formatBase64(value), text);
        assert.deepEqual(outcome(parseBase64(text)), value);
      }),
    );
  });

  it('reads a text only when writing the bytes gives the same text (encoding/malformed-base64)', () => {
    const characters = fc.constantFrom(...'AQgwZ9+/=-_ \n\u00e9\ud800');
    fc.assert(
      fc.property(fc.array(characters, { maxLength: 12 }), (list) => {
        const text = list.join('');
        const parsed = parseBase64(text);
        const canonical = Buffer.from(text, 'base64').toString('base64') === text;
        assert.equal(parsed.ok, canonical);
        if (!parsed.ok) assert.equal(parsed.fault.code, 'encoding/malformed-base64');
        else assert.equal(formatBase64(parsed.value), text);
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses spare bits, missing padding, the URL alphabet and white space (encoding/malformed-base64)', () => {
    for (const text of [
      'Zh==',
      'Zm9=',
      'Zg',
      'Zg=',
      '=',
      '====',
      'A===',
      'Zg==Zg==',
      'Zm-_',
      'Zm9v\n',
      ' Zm9',
      'Zm9vZ',
    ]) {
      assert.equal(outcome(parseBase64(text)), 'encoding/malformed-base64', JSON.stringify(text));
    }
  });
});

describe('hex', () => {
  it('agrees with Buffer on every byte string', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        assert.equal(formatHex(value), Buffer.from(value).toString('hex'));
        assert.deepEqual(outcome(parseHex(formatHex(value))), value);
      }),
    );
  });

  it('refuses upper case, odd lengths and other characters (encoding/malformed-hex)', () => {
    for (const text of ['AA', 'aA', 'a', 'abc', '0x', 'g0', ' 0', '0\n', '/0', ':0', '`0', '\u0130\u0130']) {
      assert.equal(outcome(parseHex(text)), 'encoding/malformed-hex', JSON.stringify(text));
    }
  });

  it('refuses another length than the one required (encoding/wrong-length)', () => {
    assert.equal(outcome(parseHex('aabb', 1)), 'encoding/wrong-length');
    assert.equal(outcome(parseHex('', 32)), 'encoding/wrong-length');
    assert.deepEqual(outcome(parseHex('aabb', 2)), Uint8Array.of(0xaa, 0xbb));
  });
});

describe('utf8', () => {
  it('keeps a byte order mark, so that text and bytes stay one to one', () => {
    const marked = Uint8Array.of(0xef, 0xbb, 0xbf, 0x61);
    assert.equal(outcome(decodeUtf8(marked)), '\ufeffa');
    assert.deepEqual(encodeUtf8('\ufeffa'), marked);
  });

  it('reads bytes only when they are the UTF-8 of a text (encoding/malformed-utf8)', () => {
    for (const bad of ['80', 'c080', 'c1bf', 'e08080', 'eda080', 'f08080', 'f4908080', 'ff', 'c3', 'e282', '61ff']) {
      assert.equal(outcome(decodeUtf8(Buffer.from(bad, 'hex'))), 'encoding/malformed-utf8', bad);
    }
    fc.assert(
      fc.property(bytes, (value) => {
        const text = decodeUtf8(value);
        if (text.ok) assert.deepEqual(encodeUtf8(text.value), value);
        assert.equal(text.ok, Buffer.from(Buffer.from(value).toString('utf8')).equals(value));
      }),
    );
  });

  it('does not write a lone surrogate', () => {
    assert.throws(() => encodeUtf8('\ud800'), InvariantError);
  });
});

describe('bytes', () => {
  it('order and compare as Buffer does', () => {
    const short = fc.uint8Array({ maxLength: 4, max: 3 });
    fc.assert(
      fc.property(short, short, (a, b) => {
        assert.equal(Math.sign(compareBytes(a, b)), Buffer.compare(a, b));
        assert.equal(equalBytes(a, b), Buffer.compare(a, b) === 0);
        assert.deepEqual(concatBytes(a, b, a), Uint8Array.from(Buffer.concat([a, b, a])));
      }),
    );
  });

  it('write and read 64-bit integers up to 2^53 - 1', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.nat(3), (n, offset) => {
        const expected = Buffer.alloc(8);
        expected.writeBigUInt64BE(BigInt(n));
        assert.deepEqual(u64be(n), Uint8Array.from(expected));
        assert.equal(outcome(readU64be(concatBytes(new Uint8Array(offset), u64be(n)), offset)), n);
      }),
    );
  });

  it('refuse integers that a number cannot hold (encoding/integer-out-of-range, encoding/truncated)', () => {
    const beyond = Buffer.alloc(8);
    beyond.writeBigUInt64BE(2n ** 53n);
    assert.equal(outcome(readU64be(beyond, 0)), 'encoding/integer-out-of-range');
    assert.equal(outcome(readU64be(Buffer.alloc(8, 0xff), 0)), 'encoding/integer-out-of-range');
    assert.equal(outcome(readU64be(Buffer.alloc(8), 1)), 'encoding/truncated');
    for (const bad of [-1, 0.5, 2 ** 53, Number.NaN]) assert.throws(() => u64be(bad), InvariantError);
  });
});
