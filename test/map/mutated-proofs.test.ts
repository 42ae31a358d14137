import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type MapNode, setInMap } from '../../src/core/map/map-trie.ts';
import { seededRandom } from '../hostile/seeded-random.ts';
import {
  bytesChanged,
  claimsChanged,
  isSameClaim,
  type MutatedClaim,
  outcomeOf,
  stepsChanged,
  trueClaim,
} from './mutated-claims.ts';
import { KEY_SHAPES, lastPairs, randomHistory } from './random-maps.ts';

/** Every mutation of the claims on some keys, present and absent, that is refused otherwise than it must be. */
function misjudged(
  map: MapNode,
  keys: readonly Uint8Array[],
): { readonly tried: number; readonly wrong: readonly string[] } {
  let tried = 0;
  const wrong: string[] = [];
  for (const key of keys) {
    const claim = trueClaim(map, key);
    assert.equal(outcomeOf(claim), 'ok');
    const check = ({ what, claim: changed, codes }: MutatedClaim) => {
      if (isSameClaim(changed, claim)) return;
      tried += 1;
      const outcome = outcomeOf(changed);
      if (!codes.includes(outcome)) wrong.push(`${what}: ${outcome}`);
    };
    for (const one of bytesChanged(claim)) check(one);
    for (const one of stepsChanged(map, key)) check(one);
    for (const one of claimsChanged(
      map,
      key,
      keys.filter((other) => other !== key),
    ))
      check(one);
  }
  return { tried, wrong };
}

for (const [shape, draw] of Object.entries(KEY_SHAPES)) {
  test(`${shape}: a claim has one proof; every bit and byte of it, every step, root, key and value counts`, () => {
    const random = seededRandom(97 + shape.length);
    const history = randomHistory(draw, 24, random);
    const map = history.reduce<MapNode | undefined>((so, { key, value }) => setInMap(so, key, value), undefined);
    assert(map !== undefined);
    const pairs = lastPairs(history);
    const present = pairs.slice(0, 3).map(({ key }) => key);
    const { tried, wrong } = misjudged(map, [...present, draw(random), draw(random)]);
    assert.deepEqual(wrong, []);
    assert(tried > 5_000, `${tried} mutations`);
  });
}

test('of one key alone: its presence is proved by nothing, and the absence of another by it', () => {
  const [key, value, other] = [new Uint8Array(32).fill(1), new Uint8Array(48).fill(2), new Uint8Array(32)];
  const map = setInMap(undefined, key, value);
  assert.equal(trueClaim(map, key).proof.length, 0);
  assert.equal(trueClaim(map, other).proof.length, 1 + 32 + 1 + 48);
  assert.deepEqual(misjudged(map, [key, other]).wrong, []);
});

test('in the empty map everything is absent, by no bytes; nothing is present (map/root-mismatch)', () => {
  const key = new Uint8Array(32);
  const claim = trueClaim(undefined, key);
  assert.deepEqual([claim.proof.length, claim.value, outcomeOf(claim)], [0, undefined, 'ok']);
  assert.equal(outcomeOf({ ...claim, value: new Uint8Array(48) }), 'map/root-mismatch');
  assert.equal(outcomeOf({ ...claim, proof: Uint8Array.of(0) }), 'map/malformed-proof');
  assert.equal(outcomeOf({ ...claim, proof: Uint8Array.of(1, 7, 0) }), 'map/root-mismatch');
});
