import { readFileSync } from 'node:fs';
import { publishedJson } from '../portable/published-vectors.ts';
import type { Vector } from '../portable/vector-set.ts';

type Wycheproof = {
  readonly testGroups: readonly {
    readonly publicKey: { readonly pk: string };
    readonly tests: readonly {
      readonly tcId: number;
      readonly msg: string;
      readonly sig: string;
      readonly result: 'valid' | 'invalid';
    }[];
  }[];
};
type Speccheck = readonly { readonly message: string; readonly pub_key: string; readonly signature: string }[];
type Strict = {
  readonly smallOrderEncodings: readonly string[];
  readonly cases: readonly {
    readonly name: string;
    readonly publicKey: string;
    readonly message: string;
    readonly signature: string;
    readonly cofactorless: boolean;
    readonly cofactored: boolean;
    readonly strict: boolean;
  }[];
};

/** Wycheproof: "valid" is expected to pass, "invalid" not. Undefined where absent. */
export function wycheproofEd25519(): readonly Vector[] | undefined {
  return publishedJson<Wycheproof>('wycheproof/ed25519_test.json')?.testGroups.flatMap((group) =>
    group.tests.map((test) => ({
      id: `wycheproof ${test.tcId}`,
      input: { publicKey: group.publicKey.pk, message: test.msg, signature: test.sig },
      expected: String(test.result === 'valid'),
    })),
  );
}

/** The twelve cases on which libraries disagree: the strict rule refuses all. Undefined where absent. */
export function speccheckEd25519(): readonly Vector[] | undefined {
  return publishedJson<Speccheck>('ed25519-speccheck/cases.json')?.map((test, index) => ({
    id: `speccheck ${index}`,
    input: { publicKey: test.pub_key, message: test.message, signature: test.signature },
    expected: 'false',
  }));
}

/** Our own cases; vectors/README.md says how they were made. */
export function strictEd25519(): readonly Vector[] {
  return readStrict().cases.map((test) => ({
    id: test.name,
    input: { publicKey: test.publicKey, message: test.message, signature: test.signature },
    expected: String(test.strict),
  }));
}

/** Cases that one textbook equation would let through. */
export function strictCasesPassing(equation: 'cofactorless' | 'cofactored'): readonly string[] {
  return readStrict()
    .cases.filter((test) => test[equation] && !test.strict)
    .map((test) => test.name);
}

/** The 14 encodings of points of small order, in hex. */
export function smallOrderEncodings(): readonly string[] {
  return readStrict().smallOrderEncodings;
}

function readStrict(): Strict {
  return JSON.parse(readFileSync(new URL('./vectors/ed25519-strict.json', import.meta.url), 'utf8')) as Strict;
}

/** RFC 8032 §7.1, tests 1 to 3. */
export const RFC_8032: readonly Vector[] = [
  {
    id: 'RFC 8032 test 1',
    publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    id: 'RFC 8032 test 2',
    publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    id: 'RFC 8032 test 3',
    publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
].map(({ id, ...input }) => ({ id, input, expected: 'true' }));
