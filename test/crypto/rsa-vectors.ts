import { constants, createHash, generateKeyPairSync, type KeyObject, privateEncrypt, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Vector } from '../portable/vector-set.ts';

/** DigestInfo of SHA-256 as RFC 8017 has it. */
const DIGEST_INFO = '3031300d060960864801650304020105000420';
const MESSAGE = Buffer.from('message');

/** Key pairs are drawn once for each length: they take their time. */
const pairs = new Map<number, { readonly privateKey: KeyObject; readonly publicKey: KeyObject }>();

export function rsaPair(bits: number) {
  const pair = pairs.get(bits) ?? generateKeyPairSync('rsa', { modulusLength: bits });
  pairs.set(bits, pair);
  return pair;
}

export function spkiOf(key: KeyObject): Uint8Array {
  return Uint8Array.from(key.export({ format: 'der', type: 'spki' }));
}

/** The private operation over exactly these bytes, which are as many as the modulus has. */
export function rawSignature(privateKey: KeyObject, encoded: Uint8Array): Uint8Array {
  return Uint8Array.from(privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encoded));
}

/** 0x00 ‖ type ‖ filling ‖ 0x00 ‖ end, `bytes` in all; the filling is as long as it must be unless told. */
export function padded(bytes: number, end: Buffer, options: { type?: number; filling?: Buffer; after?: Buffer } = {}) {
  const { type = 1, after = Buffer.alloc(0) } = options;
  const filling = options.filling ?? Buffer.alloc(bytes - 3 - end.length - after.length, 0xff);
  return Buffer.concat([Buffer.of(0, type), filling, Buffer.of(0), end, after]);
}

const hashed = (head = DIGEST_INFO, hash = 'sha256') =>
  Buffer.concat([Buffer.from(head, 'hex'), createHash(hash).update(MESSAGE).digest()]);

/** What a lax reader of the padding takes: each is one number away from a good signature. */
function malformedEncodings(k: number): Readonly<Record<string, Buffer>> {
  const short = Buffer.alloc(8, 0xff);
  const garbage = (end: Buffer) => Buffer.alloc(k - 3 - short.length - end.length, 0x55);
  return {
    'without the NULL of the DigestInfo': padded(k, hashed('302f300b0609608648016503040201' + '0420')),
    'with another hash’s DigestInfo': padded(k, hashed('3031300d060960864801650304020205000420')),
    'with a SHA-1 hash': padded(k, hashed('3021300906052b0e03021a05000414', 'sha1')),
    'without a DigestInfo': padded(k, hashed('')),
    'with garbage after the hash': padded(k, hashed(), { filling: short, after: garbage(hashed()) }),
    'with a filling that is too short': Buffer.concat([
      Buffer.alloc(k - 3 - short.length - hashed().length),
      padded(3 + short.length + hashed().length, hashed()),
    ]),
    'with a filling of other bytes': padded(k, hashed(), { filling: Buffer.alloc(k - 3 - hashed().length, 0xfe) }),
    'with block type 2': padded(k, hashed(), { type: 2 }),
    'with block type 0': padded(k, hashed(), { type: 0, filling: Buffer.alloc(k - 3 - hashed().length) }),
    'with a length in long form': padded(k, hashed('308131300d060960864801650304020105000420')),
    'with the hash of another message': padded(k, Buffer.concat([Buffer.from(DIGEST_INFO, 'hex'), Buffer.alloc(32)])),
  };
}

/** Own cases for keys of these lengths: `rsa` runs of `entry-crypto.ts`. What is expected follows from RFC 8017. */
export function strictRsa(lengths: readonly number[]): readonly Vector[] {
  return lengths.flatMap((bits) => {
    const { privateKey, publicKey } = rsaPair(bits);
    const k = bits / 8;
    const spki = Buffer.from(spkiOf(publicKey));
    const modulus = spki.subarray(33, 33 + k);
    const good = sign('sha256', MESSAGE, privateKey);
    const cases: Record<string, readonly [signature: Uint8Array, valid: boolean]> = {
      good: [good, true],
      'one byte short': [good.subarray(1), false],
      'with a zero in front': [Buffer.concat([Buffer.of(0), good]), false],
      empty: [Buffer.alloc(0), false],
      'the number 0': [Buffer.alloc(k), false],
      'the number 1': [Buffer.alloc(k).fill(1, k - 1), false],
      'the modulus itself': [modulus, false],
      'the greatest number': [Buffer.alloc(k, 0xff), false],
      'a bit off': [Buffer.from(good).fill((good[k - 1] ?? 0) ^ 1, k - 1), false],
      'with SHA-512': [sign('sha512', MESSAGE, privateKey), false],
      PSS: [sign('sha256', MESSAGE, { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING }), false],
    };
    for (const [what, encoded] of Object.entries(malformedEncodings(k)))
      cases[what] = [rawSignature(privateKey, encoded), false];
    return Object.entries(cases).map(
      ([what, [signature, valid]]): Vector => ({
        id: `${bits} bits, ${what}`,
        input: {
          spki: spki.toString('hex'),
          message: MESSAGE.toString('hex'),
          signature: Buffer.from(signature).toString('hex'),
        },
        expected: String(valid),
      }),
    );
  });
}

type Wycheproof = {
  readonly testGroups: readonly {
    readonly publicKeyDer: string;
    readonly publicKey: { readonly publicExponent: string };
    readonly tests: readonly {
      readonly tcId: number;
      readonly msg: string;
      readonly sig: string;
      readonly result: string;
    }[];
  }[];
};

const FOLDER = new URL('../../../shared/vectors/wycheproof/', import.meta.url);

/**
 * Wycheproof's signatures with SHA-256: "valid" is expected to pass under a key of ours, "invalid" and "acceptable" not, and
 * nothing under another exponent. Undefined where the files are absent, which came later than the others.
 */
export function wycheproofRsa(): readonly Vector[] | undefined {
  const files = [2048, 3072, 4096].map((bits) => new URL(`rsa_signature_${bits}_sha256_test.json`, FOLDER));
  if (!files.every((file) => existsSync(file))) return undefined;
  return files.flatMap((file) => {
    const { testGroups } = JSON.parse(readFileSync(file, 'utf8')) as Wycheproof;
    return testGroups.flatMap(({ publicKeyDer, publicKey, tests }) =>
      tests.map(
        ({ tcId, msg, sig, result }): Vector => ({
          id: `wycheproof ${file.pathname.split('/').at(-1)} ${tcId}`,
          input: { spki: publicKeyDer, message: msg, signature: sig },
          expected: publicKey.publicExponent === '010001' ? String(result === 'valid') : 'crypto/unsupported-algorithm',
        }),
      ),
    );
  });
}
