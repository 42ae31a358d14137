import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { formatMapValue, mapKey, parseMapValue } from '../../src/core/map/map-key.ts';
import type { MapClaim } from '../../src/core/map/map-proof.ts';
import { type MapNode, mapRoot, setInMap } from '../../src/core/map/map-trie.ts';
import { seededRandom } from '../hostile/seeded-random.ts';
import { bytesChanged, claimsChanged, outcomeOf, stepsChanged, trueClaim } from '../map/mutated-claims.ts';
import { flipped, KEY_SHAPES, lastPairs, randomHistory } from '../map/random-maps.ts';
import { findInterpreter, skipWithoutPython } from './second-verifier.ts';

const PROGRAM = fileURLToPath(new URL('map_batch.py', import.meta.url));
const skip = skipWithoutPython();

type Answer = { readonly value?: unknown; readonly fault?: string };

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

function ask(jobs: readonly object[]): readonly Answer[] {
  const input = jobs.map((job) => JSON.stringify(job)).join('\n');
  const ran = spawnSync(findInterpreter() ?? 'python3', [PROGRAM], { input, encoding: 'utf8', maxBuffer: 2 ** 27 });
  assert.equal(ran.status, 0, ran.stderr);
  const answers = ran.stdout
    .trim()
    .split('\n')
    .map((line): Answer => JSON.parse(line));
  assert.equal(answers.length, jobs.length);
  return answers;
}

function claimJob({ root, key, value, proof }: MapClaim) {
  const shown = value === undefined ? null : hex(value);
  return { run: 'claim', root: hex(root), key: hex(key), value: shown, proof: hex(proof) };
}

function mapsOf(seed: number, counts: readonly number[]) {
  const random = seededRandom(seed);
  return Object.values(KEY_SHAPES).flatMap((draw) =>
    counts.map((count) => {
      const pairs = lastPairs(randomHistory(draw, count, random));
      const map = pairs.reduce<MapNode | undefined>((so, { key, value }) => setInMap(so, key, value), undefined);
      const keys = [...pairs.slice(0, 4).map(({ key }) => key), ...Array.from({ length: 4 }, () => draw(random))];
      return { map, keys, pairs: pairs.map(({ key, value }) => [hex(key), hex(value)]) };
    }),
  );
}

test('two implementations build the same maps, and each proof of either is that of the other', { skip }, () => {
  const maps = mapsOf(21, [0, 1, 2, 9, 40]);
  const roots = ask(maps.map(({ pairs }) => ({ run: 'root', pairs })));
  assert.deepEqual(
    roots,
    maps.map(({ map }) => ({ value: hex(mapRoot(map)) })),
  );
  const claims = maps.flatMap(({ map, pairs, keys }) => keys.map((key) => ({ pairs, claim: trueClaim(map, key) })));
  const proofs = ask(claims.map(({ pairs, claim }) => ({ run: 'prove', pairs, key: hex(claim.key) })));
  assert.deepEqual(
    proofs,
    claims.map(({ claim }) => ({ value: hex(claim.proof) })),
  );
  const held = ask(claims.map(({ claim }) => claimJob(claim)));
  assert(held.every(({ value }) => value === true));
});

test('two implementations refuse the same mutated claims, under the same codes', { skip }, () => {
  const random = seededRandom(22);
  const mutated = mapsOf(23, [1, 25]).flatMap(({ map, keys }) => {
    if (map === undefined) return [];
    return keys.flatMap((key) => [
      ...[...bytesChanged(trueClaim(map, key))].filter(() => random() < 0.1),
      ...stepsChanged(map, key),
      ...[...claimsChanged(map, key, keys)].filter(() => random() < 0.3),
    ]);
  });
  const answers = ask(mutated.map(({ claim }) => claimJob(claim)));
  const seen = new Set<string>();
  for (const [index, { what, claim }] of mutated.entries()) {
    const { fault = 'ok' } = answers[index] ?? {};
    assert.equal(fault, outcomeOf(claim), what);
    seen.add(fault);
  }
  for (const code of ['map/malformed-proof', 'map/absence-not-shown', 'map/root-mismatch'])
    assert(seen.has(code), code);
  assert(mutated.length > 5_000, `${mutated.length} claims`);
});

test('two implementations name the same key for a list, and read the same values (map/malformed-value)', {
  skip,
}, () => {
  const lists = ['trust', `image:sha256:${'0f'.repeat(32)}`, 'principal:a'];
  assert.deepEqual(
    ask(lists.map((list) => ({ run: 'key', list }))),
    lists.map((list) => ({ value: hex(mapKey(list)) })),
  );
  const value = formatMapValue({ n: 2 ** 40, seq: 2 ** 53 - 1, hash: new Uint8Array(32).fill(7) });
  const values = [value, value.subarray(1), new Uint8Array(48), Uint8Array.of(...value, 0)];
  for (let bit = 0; bit < 128; bit += 1) values.push(flipped(value, bit));
  const answers = ask(values.map((bytes) => ({ run: 'value', bytes: hex(bytes) })));
  for (const [index, bytes] of values.entries()) {
    const read = parseMapValue(bytes);
    const expected = read.ok
      ? { value: [read.value.n, read.value.seq, hex(read.value.hash)] }
      : { fault: read.fault.code };
    assert.deepEqual(answers[index], expected, hex(bytes));
  }
});
