import { parseBase64 } from '../../src/core/encoding/base64.ts';
import { verifyConsistency } from '../../src/core/merkle/consistency.ts';
import { verifyInclusion } from '../../src/core/merkle/inclusion.ts';

/*
 * Replays of published proof vectors as plain functions: no file, no test runner, no Node, so that the same replay runs
 * in a browser. Shapes: transparency-dev/merkle `testdata`.
 */

/** One inclusion vector: hashes in base64, `proof` null where it is empty. */
export type InclusionVector = {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
  readonly proof: readonly string[] | null;
  readonly desc: string;
  readonly wantErr: boolean;
};

/** One consistency vector: hashes in base64, `proof` null where it is empty. */
export type ConsistencyVector = {
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
  readonly proof: readonly string[] | null;
  readonly desc: string;
  readonly wantErr: boolean;
};

/** What a vector asks for (`wantErr`) beside what happened; `code` is the fault's where the proof was refused. */
export type VectorOutcome = {
  readonly title: string;
  readonly wantRefused: boolean;
  readonly refused: boolean;
  readonly code?: string;
};

export function runInclusionVectors(vectors: readonly InclusionVector[]): VectorOutcome[] {
  return vectors.map((vector) => {
    const result = verifyInclusion({
      index: vector.leafIdx,
      size: vector.treeSize,
      leafHash: bytesOf(vector.leafHash),
      path: (vector.proof ?? []).map(bytesOf),
      root: bytesOf(vector.root),
    });
    return outcomeOf(vector.desc, vector.wantErr, result);
  });
}

export function runConsistencyVectors(vectors: readonly ConsistencyVector[]): VectorOutcome[] {
  return vectors.map((vector) => {
    const result = verifyConsistency({
      first: vector.size1,
      second: vector.size2,
      firstRoot: bytesOf(vector.root1),
      secondRoot: bytesOf(vector.root2),
      path: (vector.proof ?? []).map(bytesOf),
    });
    return outcomeOf(vector.desc, vector.wantErr, result);
  });
}

function outcomeOf(
  title: string,
  wantRefused: boolean,
  result: { readonly ok: true } | { readonly ok: false; readonly fault: { readonly code: string } },
): VectorOutcome {
  return { title, wantRefused, refused: !result.ok, ...(result.ok ? {} : { code: result.fault.code }) };
}

function bytesOf(base64: string): Uint8Array {
  const bytes = parseBase64(base64);
  if (!bytes.ok) throw new Error(`a vector holds malformed base64: ${base64}`);
  return bytes.value;
}
