import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  SPECIFICATION_LINE,
  SPECIFICATION_NOTE,
  SPECIFICATION_VKEY,
  UNKNOWN_LINE,
} from '../checkpoint/published-notes.ts';
import { wycheproofEcdsa } from '../crypto/ecdsa-vectors.ts';
import {
  RFC_8032,
  smallOrderEncodings,
  speccheckEd25519,
  strictEd25519,
  wycheproofEd25519,
} from '../crypto/ed25519-vectors.ts';
import { orSkip, publishedBytes, publishedFiles } from '../portable/published-vectors.ts';
import type { Vector } from '../portable/vector-set.ts';
import { askLayers, base64, type LayerJob, skipWithoutPython } from './second-verifier.ts';

const skip = skipWithoutPython();
const TESSERA_KEY = 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx';
const SPKI = {
  'P-256': '3059301306072a8648ce3d020106082a8648ce3d030107034200',
  'P-384': '3076301006072a8648ce3d020106052b81040022036200',
} as const;

/** Base64 of hex digits. */
function hex(text: string): string {
  return Buffer.from(text, 'hex').toString('base64');
}

async function assertEd25519(vectors: readonly Vector[]): Promise<void> {
  const jobs = vectors.map(({ input }) => {
    const { publicKey, message, signature } = input as Record<string, string>;
    return { run: 'ed25519', key: hex(publicKey ?? ''), message: hex(message ?? ''), signature: hex(signature ?? '') };
  });
  const answers = await askLayers(jobs);
  for (const [index, { id, expected }] of vectors.entries()) {
    assert.equal(String(answers[index]?.value), expected, id);
  }
}

test('Ed25519: RFC 8032 and our own edge cases come out as they must', { skip }, async () => {
  await assertEd25519([...RFC_8032, ...strictEd25519()]);
  const [answer] = await askLayers([{ run: 'small-order' }]);
  assert.deepEqual(answer?.value, [...smallOrderEncodings()].sort());
});

test('Ed25519: Wycheproof and the twelve speccheck cases come out as published', { skip }, async (t) => {
  const [wycheproof, speccheck] = [orSkip(t, wycheproofEd25519()), orSkip(t, speccheckEd25519())];
  if (wycheproof === undefined || speccheck === undefined) return;
  await assertEd25519([...wycheproof, ...speccheck]);
});

test('ECDSA P-256 and P-384: Wycheproof comes out as published', { skip }, async (t) => {
  const vectors = orSkip(t, wycheproofEcdsa());
  if (vectors === undefined) return;
  const answers = await askLayers(
    vectors.map(({ input }) => {
      const { curve, point, message, signature } = input as Record<string, string>;
      const key = hex(SPKI[curve as keyof typeof SPKI] + point);
      return { run: 'signature', key, message: hex(message ?? ''), signature: hex(signature ?? '') };
    }),
  );
  for (const [index, { id, expected }] of vectors.entries()) {
    const { value, fault } = answers[index] ?? {};
    assert.equal(String(fault === undefined && value === true), expected, id);
  }
});

test('canonical JSON: the inputs of RFC 8785 give the published bytes', { skip }, async (t) => {
  const inputs = orSkip(t, publishedFiles('jcs/input'));
  if (inputs === undefined) return;
  const answers = await askLayers(
    inputs.map((path) => ({ run: 'canonical', bytes: base64(publishedBytes(path) ?? new Uint8Array(0)) })),
  );
  for (const [index, path] of inputs.entries()) {
    const output = publishedBytes(path.replace('/input/', '/output/')) ?? new Uint8Array(0);
    assert.equal(answers[index]?.value, base64(output), path);
  }
  assert.equal(inputs.length, 6);
});

type Proof = {
  readonly wantErr: boolean;
  readonly proof: readonly string[] | null;
  readonly [member: string]: unknown;
};

async function assertProofs(paths: readonly string[], job: (proof: Proof) => LayerJob): Promise<void> {
  const proofs = paths.map((path) => JSON.parse(Buffer.from(publishedBytes(path) ?? []).toString('utf8')) as Proof);
  const answers = await askLayers(proofs.map(job));
  for (const [index, { wantErr, ...proof }] of proofs.entries()) {
    // By our rule a first size of 0 proves nothing, and a hash has 32 bytes; the vectors know neither bound.
    const short = [proof.root1, proof.root2].some((root) => typeof root === 'string' && root.length !== 44);
    const expected = wantErr || proof.size1 === 0 || short;
    assert.equal(answers[index]?.fault !== undefined, expected, paths[index]);
  }
}

test('Merkle proofs: 98 for inclusion and 98 for consistency, true and false', { skip }, async (t) => {
  const [inclusion, consistency] = [
    orSkip(t, publishedFiles('merkle/inclusion')),
    orSkip(t, publishedFiles('merkle/consistency')),
  ];
  if (inclusion === undefined || consistency === undefined) return;
  assert.deepEqual([inclusion.length, consistency.length], [98, 98]);
  await assertProofs(inclusion, ({ proof, leafIdx, treeSize, leafHash, root }) => {
    return { run: 'inclusion', path: proof, index: leafIdx, size: treeSize, leaf: leafHash, root };
  });
  await assertProofs(consistency, ({ proof, size1, size2, root1, root2 }) => {
    return { run: 'consistency', path: proof, first: size1, second: size2, firstRoot: root1, secondRoot: root2 };
  });
});

test('a growing log: each of its checkpoints opens, and its entries give the root', { skip }, async (t) => {
  const files = orSkip(t, publishedFiles('tessera-log/log'));
  if (files === undefined) return;
  const checkpoints = files.filter((path) => /checkpoint\.\d+$/.test(path));
  const answers = await askLayers(
    checkpoints.map((path) => ({
      run: 'checkpoint',
      keys: [TESSERA_KEY],
      bytes: base64(publishedBytes(path) ?? new Uint8Array(0)),
    })),
  );
  const roots = new Map<number, string>();
  for (const [index, path] of checkpoints.entries()) {
    const answer = answers[index] ?? {};
    const { size, root } = answer.value as { readonly size: number; readonly root: string };
    assert.equal(size, Number(path.split('.').at(-1)), JSON.stringify(answers[index]));
    roots.set(size, root);
  }
  const leaves = bundleEntries(publishedBytes('tessera-log/log/tile/entries/000.p/15') ?? new Uint8Array(0));
  const computed = await askLayers(
    [...roots.keys()].map((size) => ({ run: 'root', leaves: leaves.slice(0, size).map(base64) })),
  );
  assert.deepEqual(
    computed.map(({ value }) => value),
    [...roots.values()],
  );
  assert.equal(roots.size, 16);
});

/** Entries of a C2SP bundle: length (u16) and bytes, one after the other. */
function bundleEntries(bundle: Uint8Array): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at < bundle.length; ) {
    const end = at + 2 + (bundle[at] ?? 0) * 256 + (bundle[at + 1] ?? 0);
    found.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return found;
}

test('signed notes: the example of the specification opens, and none without its line does (note/no-known-signature)', {
  skip,
}, async () => {
  const changed = SPECIFICATION_NOTE.replace('example message', 'example messagf');
  const answers = await askLayers([
    { run: 'vkey', text: SPECIFICATION_VKEY },
    { run: 'note', bytes: base64(Buffer.from(SPECIFICATION_NOTE)), keys: [SPECIFICATION_VKEY] },
    {
      run: 'note',
      bytes: base64(Buffer.from(SPECIFICATION_NOTE.replace(SPECIFICATION_LINE, UNKNOWN_LINE))),
      keys: [SPECIFICATION_VKEY],
    },
    { run: 'note', bytes: base64(Buffer.from(changed)), keys: [SPECIFICATION_VKEY] },
  ]);
  assert.deepEqual(answers, [
    { value: 'example.com/foo' },
    { value: [SPECIFICATION_VKEY] },
    { fault: 'note/no-known-signature' },
    { fault: 'note/bad-signature' },
  ]);
});

test('a tlog-proof that another implementation wrote, with extra data and a cosignature, reads', { skip }, async () => {
  const file = new URL('../checkpoint/vectors/cosigned-proof.json', import.meta.url);
  const { proof } = JSON.parse(readFileSync(file, 'utf8')) as { readonly proof: string };
  const [answer] = await askLayers([{ run: 'tlog-proof', bytes: base64(Buffer.from(proof)) }]);
  assert.equal(answer?.fault, undefined, JSON.stringify(answer));
});
