import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BACKENDS, unhex } from './backends.ts';

const ABC = new TextEncoder().encode('abc');

/** FIPS 180-4 examples, and RFC 4231 §4.3 for the MAC. */
const KNOWN = {
  sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  sha256Empty: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  sha384: 'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7',
  hmac: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
} as const;

describe('hashes', () => {
  for (const backend of BACKENDS) {
    it(`give the published digests (${backend.name})`, () => {
      assert.deepEqual(backend.sha256(ABC), unhex(KNOWN.sha256));
      assert.deepEqual(backend.sha256(), unhex(KNOWN.sha256Empty));
      assert.deepEqual(backend.sha384(ABC), unhex(KNOWN.sha384));
      const text = new TextEncoder();
      const mac = backend.hmacSha256(text.encode('Jefe'), text.encode('what do ya want '), text.encode('for nothing?'));
      assert.deepEqual(mac, unhex(KNOWN.hmac));
    });

    it(`return plain arrays that own their bytes (${backend.name})`, () => {
      for (const digest of [backend.sha256(ABC), backend.sha256(ABC, ABC), backend.hmacSha256(ABC, ABC)]) {
        assert.equal(Object.getPrototypeOf(digest), Uint8Array.prototype);
        assert.equal(digest.buffer.byteLength, 32);
      }
    });
  }

  it('agree between backends however the input is cut into chunks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }),
        fc.uint8Array({ maxLength: 150 }),
        (chunks, key) => {
          const [native, noble] = BACKENDS;
          const whole = Uint8Array.from(Buffer.concat(chunks));
          assert.deepEqual(native.sha256(...chunks), noble.sha256(whole));
          assert.deepEqual(native.sha256(whole), noble.sha256(...chunks));
          assert.deepEqual(native.sha384(...chunks), noble.sha384(whole));
          assert.deepEqual(native.hmacSha256(key, ...chunks), noble.hmacSha256(key, whole));
        },
      ),
    );
  });
});
