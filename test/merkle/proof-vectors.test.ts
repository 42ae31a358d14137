import assert from 'node:assert/strict';
import { test } from 'node:test';
import { absentReason, hasPublished, listPublished, readPublishedText } from './published-vectors.ts';
import { runConsistencyVectors, runInclusionVectors, type VectorOutcome } from './vector-runs.ts';

function vectorsIn<T>(folder: string): T[] {
  return listPublished(folder).map((file): T => JSON.parse(readPublishedText(`${folder}/${file}`)));
}

function assertAsWanted(outcomes: readonly VectorOutcome[]): void {
  assert.equal(outcomes.length, 98);
  assert.deepEqual(
    outcomes.filter((outcome) => outcome.refused !== outcome.wantRefused),
    [],
  );
  assert.ok(outcomes.some((outcome) => outcome.wantRefused) && outcomes.some((outcome) => !outcome.wantRefused));
}

test('decides all 98 published inclusion proofs as transparency-dev/merkle wants', (t) => {
  if (!hasPublished('merkle/inclusion')) return t.skip(absentReason('merkle/inclusion'));
  assertAsWanted(runInclusionVectors(vectorsIn('merkle/inclusion')));
});

test('decides all 98 published consistency proofs as transparency-dev/merkle wants', (t) => {
  if (!hasPublished('merkle/consistency')) return t.skip(absentReason('merkle/consistency'));
  assertAsWanted(runConsistencyVectors(vectorsIn('merkle/consistency')));
});
