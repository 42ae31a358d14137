import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ConsistencyClaim, verifyConsistency } from '../../src/core/merkle/consistency.ts';
import { type InclusionClaim, verifyInclusion } from '../../src/core/merkle/inclusion.ts';
import { consistencyPath, inclusionPath } from '../../src/core/merkle/tree.ts';
import { sparseTree } from './sparse-tree.ts';

const SIZE_MAX = 200;
const every = sparseTree(Array.from({ length: SIZE_MAX }, (_, index) => index));
const leaves = Array.from({ length: SIZE_MAX }, (_, index) => every.leafAt(index));

/** A true claim about a tree of at most 200 leaves. */
const inclusionClaims = fc.integer({ min: 1, max: SIZE_MAX }).chain((size) =>
  fc.integer({ min: 0, max: size - 1 }).map(
    (index): InclusionClaim => ({
      index,
      size,
      leafHash: every.leafAt(index),
      path: inclusionPath(leaves.slice(0, size), index),
      root: every.rootOver(0, size),
    }),
  ),
);
const consistencyClaims = fc.integer({ min: 2, max: SIZE_MAX }).chain((second) =>
  fc.integer({ min: 1, max: second - 1 }).map(
    (first): ConsistencyClaim => ({
      first,
      second,
      firstRoot: every.rootOver(0, first),
      secondRoot: every.rootOver(0, second),
      path: consistencyPath(leaves.slice(0, second), first),
    }),
  ),
);

/** The hash with each of its 256 bits flipped in turn. */
function* flipsOf(hash: Uint8Array): Generator<Uint8Array> {
  for (let bit = 0; bit < hash.length * 8; bit++) {
    const flipped = hash.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield flipped;
  }
}

/** The path with one bit flipped, one hash dropped, doubled or added at each place, or two neighbours exchanged. */
function* alteredPaths(path: readonly Uint8Array[], added: Uint8Array): Generator<readonly Uint8Array[]> {
  for (let place = 0; place <= path.length; place++) {
    yield path.toSpliced(place, 0, added);
    const hash = path[place];
    const next = path[place + 1];
    if (hash === undefined) continue;
    yield path.toSpliced(place, 1);
    yield path.toSpliced(place, 0, hash);
    if (next !== undefined) yield path.toSpliced(place, 2, next, hash);
    for (const flipped of flipsOf(hash)) yield path.toSpliced(place, 1, flipped);
  }
}

test('refuses an inclusion proof with any bit flipped, any hash dropped, added or exchanged', () => {
  const property = fc.property(inclusionClaims, fc.uint8Array({ minLength: 32, maxLength: 32 }), (claim, added) => {
    assert.ok(verifyInclusion(claim).ok);
    for (const path of alteredPaths(claim.path, added)) assert.equal(verifyInclusion({ ...claim, path }).ok, false);
    for (const leafHash of flipsOf(claim.leafHash)) assert.equal(verifyInclusion({ ...claim, leafHash }).ok, false);
    for (const root of flipsOf(claim.root)) assert.equal(verifyInclusion({ ...claim, root }).ok, false);
    for (let index = 0; index < claim.size; index++) {
      if (index !== claim.index) assert.equal(verifyInclusion({ ...claim, index }).ok, false);
    }
  });
  fc.assert(property, { numRuns: 25 });
});

test('refuses a consistency proof with any bit flipped, any hash dropped, added or exchanged', () => {
  const property = fc.property(consistencyClaims, fc.uint8Array({ minLength: 32, maxLength: 32 }), (claim, added) => {
    assert.ok(verifyConsistency(claim).ok);
    for (const path of alteredPaths(claim.path, added)) assert.equal(verifyConsistency({ ...claim, path }).ok, false);
    for (const firstRoot of flipsOf(claim.firstRoot)) assert.ok(!verifyConsistency({ ...claim, firstRoot }).ok);
    for (const secondRoot of flipsOf(claim.secondRoot)) assert.ok(!verifyConsistency({ ...claim, secondRoot }).ok);
    const exchanged = { ...claim, firstRoot: claim.secondRoot, secondRoot: claim.firstRoot };
    assert.equal(verifyConsistency(exchanged).ok, false);
  });
  fc.assert(property, { numRuns: 25 });
});

test('names what is wrong with an inclusion claim', () => {
  const root = every.rootOver(0, 5);
  const claim = { index: 4, size: 5, leafHash: every.leafAt(4), path: [every.rootOver(0, 4)], root };
  const codeOf = (change: Partial<InclusionClaim>) => {
    const result = verifyInclusion({ ...claim, ...change });
    return result.ok ? 'verified' : result.fault.code;
  };
  assert.equal(codeOf({}), 'verified');
  assert.equal(codeOf({ index: 5 }), 'merkle/index-out-of-range');
  assert.equal(codeOf({ index: -1 }), 'merkle/index-out-of-range');
  assert.equal(codeOf({ index: 0.5 }), 'merkle/index-out-of-range');
  assert.equal(codeOf({ size: 0, index: 0 }), 'merkle/size-out-of-range');
  assert.equal(codeOf({ size: 2 ** 53 }), 'merkle/size-out-of-range');
  assert.equal(codeOf({ path: [] }), 'merkle/path-length');
  assert.equal(codeOf({ path: [root.slice(1)] }), 'merkle/hash-length');
  assert.equal(codeOf({ root: every.rootOver(0, 4) }), 'merkle/root-mismatch');
});

test('names what is wrong with a consistency claim', () => {
  const [firstRoot, secondRoot] = [every.rootOver(0, 4), every.rootOver(0, 5)];
  const claim = { first: 4, second: 5, firstRoot, secondRoot, path: [every.leafAt(4)] };
  const codeOf = (change: Partial<ConsistencyClaim>) => {
    const result = verifyConsistency({ ...claim, ...change });
    return result.ok ? 'verified' : result.fault.code;
  };
  assert.equal(codeOf({}), 'verified');
  assert.equal(codeOf({ first: 0 }), 'merkle/size-out-of-range');
  assert.equal(codeOf({ first: 6 }), 'merkle/size-out-of-range');
  assert.equal(codeOf({ second: Number.NaN }), 'merkle/size-out-of-range');
  assert.equal(codeOf({ second: 4, path: [] }), 'merkle/forked');
  assert.equal(codeOf({ second: 4, secondRoot: firstRoot }), 'merkle/path-length');
  assert.equal(codeOf({ path: [] }), 'merkle/path-length');
  assert.equal(codeOf({ path: [firstRoot.slice(1)] }), 'merkle/hash-length');
  assert.equal(codeOf({ path: [every.leafAt(3)] }), 'merkle/inconsistent');
});

test('never throws and never verifies whatever numbers and bytes it is given', () => {
  const hashes = fc.uint8Array({ maxLength: 40 });
  const numbers = fc.oneof(fc.double(), fc.maxSafeInteger(), fc.nat({ max: 70 }));
  const property = fc.property(
    numbers,
    numbers,
    hashes,
    hashes,
    fc.array(hashes, { maxLength: 60 }),
    (a, b, x, y, path) => {
      const isTrivial = path.length === 0 && Buffer.from(x).equals(y);
      assert.equal(verifyInclusion({ index: a, size: b, leafHash: x, path, root: y }).ok && !isTrivial, false);
      const consistency = verifyConsistency({ first: a, second: b, firstRoot: x, secondRoot: y, path });
      assert.equal(consistency.ok && !isTrivial, false);
    },
  );
  fc.assert(property, { numRuns: 2_000 });
});
