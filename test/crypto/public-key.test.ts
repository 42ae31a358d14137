import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  formatPublicKeyPem,
  type PublicKey,
  parsePublicKey,
  parsePublicKeyPem,
  signerKeyId,
} from '../../src/core/crypto/public-key.ts';
import { verifySignature } from '../../src/core/crypto/verify-signature.ts';
import type { Result } from '../../src/core/fault.ts';
import { unhex } from './backends.ts';
import { smallOrderEncodings, strictEd25519 } from './ed25519-vectors.ts';

const ED25519_PREFIX = '302a300506032b6570032100';

const KINDS = {
  ed25519: () => generateKeyPairSync('ed25519'),
  'ecdsa-p256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'ecdsa-p384': () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
} as const;

function codeOf(result: Result<unknown>): string {
  return result.ok ? 'ok' : result.fault.code;
}

function parsed(result: Result<PublicKey>): PublicKey {
  assert(result.ok, codeOf(result));
  return result.value;
}

function ed25519Code(raw: string): string {
  return codeOf(parsePublicKey(unhex(ED25519_PREFIX + raw)));
}

/** 32 little-endian bytes in hex. */
function littleEndianHex(value: bigint): string {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse().toString('hex');
}

describe('parsePublicKey', () => {
  for (const [algorithm, generate] of Object.entries(KINDS)) {
    it(`reads ${algorithm} keys and writes their PEM as node:crypto does`, () => {
      const { publicKey } = generate();
      const der = Uint8Array.from(publicKey.export({ format: 'der', type: 'spki' }));
      const key = parsed(parsePublicKey(der));
      assert.equal(key.algorithm, algorithm);
      assert.deepEqual(key.spki, der);
      const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
      assert.equal(formatPublicKeyPem(key), pem);
      assert.deepEqual(parsed(parsePublicKeyPem(pem)).raw, key.raw);
      assert.deepEqual(parsed(parsePublicKeyPem(`\r\n${pem.replaceAll('\n', '\r\n')} `)).spki, der);
      const domain = Buffer.from('waybill/signer/v1\0');
      assert.equal(signerKeyId(key), createHash('sha256').update(domain).update(der).digest('hex'));
    });

    it(`refuses ${algorithm} keys with bytes missing or added (crypto/malformed-key)`, () => {
      const der = Uint8Array.from(generate().publicKey.export({ format: 'der', type: 'spki' }));
      for (let length = 0; length < der.length; length++) {
        assert.equal(codeOf(parsePublicKey(der.slice(0, length))), 'crypto/malformed-key');
      }
      assert.equal(codeOf(parsePublicKey(Uint8Array.from([...der, 0]))), 'crypto/malformed-key');
    });
  }

  it('refuses Ed25519 keys of small order or with torsion (crypto/weak-key)', () => {
    const weak = strictEd25519().filter(({ id }) => id.startsWith('key with torsion'));
    assert.equal(weak.length, 14);
    for (const { input } of weak)
      assert.equal(ed25519Code((input as { publicKey: string }).publicKey), 'crypto/weak-key');
    const codes = smallOrderEncodings().map(ed25519Code).sort();
    const malformed = new Array(6).fill('crypto/malformed-key');
    assert.deepEqual(codes, [...malformed, ...new Array(8).fill('crypto/weak-key')]);
  });

  it('refuses Ed25519 keys that are not canonical or not on the curve (crypto/malformed-key)', () => {
    const prime = 2n ** 255n - 19n;
    for (let y = prime; y < 2n ** 255n; y++) {
      assert.equal(ed25519Code(littleEndianHex(y)), 'crypto/malformed-key');
      assert.equal(ed25519Code(littleEndianHex(y + 2n ** 255n)), 'crypto/malformed-key');
    }
    // y = 2 solves no x: x² would be 3 / (4d + 1), which is no square.
    assert.equal(ed25519Code(littleEndianHex(2n)), 'crypto/malformed-key');
  });

  it('tells keys of other kinds apart (crypto/unsupported-algorithm)', () => {
    const others = [
      generateKeyPairSync('rsa', { modulusLength: 1024 }),
      generateKeyPairSync('rsa-pss', { modulusLength: 2048 }),
      generateKeyPairSync('ec', { namedCurve: 'P-521' }),
      generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
      generateKeyPairSync('ed448'),
      generateKeyPairSync('x25519'),
    ];
    for (const { publicKey } of others) {
      const der = Uint8Array.from(publicKey.export({ format: 'der', type: 'spki' }));
      assert.equal(codeOf(parsePublicKey(der)), 'crypto/unsupported-algorithm');
    }
  });

  it('refuses explicit curve parameters and compressed points (crypto/malformed-key)', () => {
    const explicit = generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' });
    const der = Uint8Array.from(explicit.publicKey.export({ format: 'der', type: 'spki' }));
    assert.equal(codeOf(parsePublicKey(der)), 'crypto/malformed-key');
    const named = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' });
    const point = named.subarray(named.length - 65);
    const compressed = Buffer.concat([
      Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex'),
      Buffer.of(2 + ((point[64] ?? 0) & 1)),
      point.subarray(1, 33),
    ]);
    assert.equal(codeOf(parsePublicKey(Uint8Array.from(compressed))), 'crypto/malformed-key');
  });

  it('refuses a private key and two blocks in one text (crypto/malformed-key)', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const pem = publicKey.export({ format: 'pem', type: 'spki' }).toString();
    const secret = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    for (const text of [secret, pem + pem, '', pem.replace('PUBLIC', 'RSA PUBLIC'), `x${pem}`, pem.slice(0, 40)]) {
      assert.equal(codeOf(parsePublicKeyPem(text)), 'crypto/malformed-key');
    }
  });

  it('never throws on random bytes or text', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 150 }), (bytes) => assert.equal(parsePublicKey(bytes).ok, false)));
    fc.assert(fc.property(fc.string(), (text) => assert.equal(parsePublicKeyPem(text).ok, false)));
  });
});

describe('verifySignature', () => {
  const message = Buffer.from('custody of one image');
  const signing = [
    { kind: 'ed25519', digest: null },
    { kind: 'ecdsa-p256', digest: 'sha256' },
    { kind: 'ecdsa-p384', digest: 'sha384' },
    { kind: 'ecdsa-p384', digest: 'sha256' },
  ] as const;

  for (const { kind, digest } of signing) {
    it(`accepts ${kind} with ${digest ?? 'no prehash'} and refuses another message`, () => {
      const { privateKey, publicKey } = KINDS[kind]();
      const key = parsed(parsePublicKey(Uint8Array.from(publicKey.export({ format: 'der', type: 'spki' }))));
      const signature = Uint8Array.from(sign(digest, message, privateKey));
      assert.equal(verifySignature(key, message, signature), true);
      assert.equal(verifySignature(key, Buffer.from('another'), signature), false);
      assert.equal(verifySignature(key, message, new Uint8Array()), false);
    });
  }

  it('refuses P-256 with SHA-384, which no signer of images writes', () => {
    const { privateKey, publicKey } = KINDS['ecdsa-p256']();
    const key = parsed(parsePublicKey(Uint8Array.from(publicKey.export({ format: 'der', type: 'spki' }))));
    assert.equal(verifySignature(key, message, Uint8Array.from(sign('sha384', message, privateKey))), false);
  });
});
