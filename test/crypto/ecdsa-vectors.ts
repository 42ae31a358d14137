import { publishedJson } from '../portable/published-vectors.ts';
import type { Vector } from '../portable/vector-set.ts';

type Wycheproof = {
  readonly testGroups: readonly {
    readonly publicKey: { readonly uncompressed: string };
    readonly tests: readonly {
      readonly tcId: number;
      readonly msg: string;
      readonly sig: string;
      readonly result: 'valid' | 'invalid';
    }[];
  }[];
};

const FILES = [
  { path: 'wycheproof/ecdsa_secp256r1_sha256_test.json', curve: 'P-256', hash: 'SHA-256' },
  { path: 'wycheproof/ecdsa_secp384r1_sha384_test.json', curve: 'P-384', hash: 'SHA-384' },
] as const;

/** Wycheproof: "valid" is expected to pass, "invalid" not. Undefined where absent. */
export function wycheproofEcdsa(): readonly Vector[] | undefined {
  const vectors: Vector[] = [];
  for (const { path, curve, hash } of FILES) {
    const file = publishedJson<Wycheproof>(path);
    if (file === undefined) return undefined;
    for (const group of file.testGroups) {
      for (const test of group.tests) {
        vectors.push({
          id: `wycheproof ${curve} ${test.tcId}`,
          input: { curve, hash, point: group.publicKey.uncompressed, message: test.msg, signature: test.sig },
          expected: String(test.result === 'valid'),
        });
      }
    }
  }
  return vectors;
}
