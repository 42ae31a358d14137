import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { firstDifference, keyBit } from '../../src/core/map/key-bits.ts';
import { verifyMapClaim } from '../../src/core/map/map-proof.ts';
import { leavesOf, type MapNode, makeMapLeaf, mapOfLeaves, mapRoot, setInMap } from '../../src/core/map/map-trie.ts';
import { seededRandom } from '../hostile/seeded-random.ts';
import { bytesChanged, claimsChanged, outcomeOf, stepsChanged, trueClaim } from '../map/mutated-claims.ts';
import { naiveRoot, type Pair } from '../map/naive-map.ts';
import { KEY_SHAPES, lastPairs, randomHistory } from '../map/random-maps.ts';
import { downloadModule, type GoModule, skipWithoutGo } from './go-module.ts';
import { askJudge, hexClaim, hexOf, type JudgeQuestion } from './map-judge.ts';
import { hasPrefix, type PrefixClaim, provePrefix, verifyPrefix } from './prefix-claims.ts';
import { vectorBytes, vectorLines } from './vector-lines.ts';

const VERSION = 'v0.10.0';
/** As go.sum of whoever uses this version has it. */
const SUM = 'h1:zgBIImawK53X7lM0qHKcjn0pbDtFLqU04NU9qDvBnjs=';

const withoutGo = skipWithoutGo();
const found = withoutGo === false ? downloadModule('filippo.io/torchwood', VERSION, SUM) : withoutGo;
const skip = typeof found === 'string' ? found : false;
const module: GoModule = typeof found === 'string' ? new Map() : found;
const linesOf = (name: string) => vectorLines(Buffer.from(module.get(`mpt/testdata/${name}`) ?? []).toString('utf8'));
const mapOf = (pairs: readonly Pair[]) =>
  pairs.reduce<MapNode | undefined>((map, { key, value }) => setInMap(map, key, value), undefined);

function pairOf(argument: string): Pair {
  const [key = '', value = ''] = argument.split(/\s+/);
  return { key: vectorBytes(key), value: vectorBytes(value) };
}

function inOrder(a: Uint8Array, b: Uint8Array): number {
  const bit = firstDifference(a, b);
  return bit === undefined ? 0 : keyBit(a, bit) - keyBit(b, bit);
}

describe(`vectors of torchwood ${VERSION}`, { skip }, () => {
  test('the root of every set of keys, in whatever order they are set', () => {
    let [pairs, sets]: [Pair[], number] = [[], 0];
    for (const { line, word, argument } of linesOf('treehash.txt')) {
      if (word === 'kv') pairs.push(pairOf(argument));
      if (word !== 'hash') continue;
      const leaves = pairs.map(({ key, value }) => makeMapLeaf(key, value)).sort((a, b) => inOrder(a.key, b.key));
      const roots = [
        mapRoot(mapOf(pairs)),
        mapRoot(mapOf(pairs.toReversed())),
        mapRoot(mapOfLeaves(leaves)),
        naiveRoot(pairs),
      ];
      for (const root of roots) assert.equal(hexOf(root), argument, `line ${line}`);
      [pairs, sets] = [[], sets + 1];
    }
    assert.equal(sets, 32);
  });

  test('every lookup and every claim on a prefix holds, or is refused, as it must be', () => {
    const given = new Map<string, Uint8Array | undefined>();
    const bytes = (word: string) => given.get(word) ?? new Uint8Array();
    const counts = { verify: 0, verifyprefix: 0 };
    for (const { line, word, argument } of linesOf('verify.txt')) {
      if (word !== 'verify' && word !== 'verifyprefix') {
        given.set(word, word === 'val' && argument === '-' ? undefined : vectorBytes(argument));
        continue;
      }
      const [root, proof] = [bytes('snap'), bytes('proof')];
      const holds =
        word === 'verify'
          ? verifyMapClaim({ root, key: bytes('key'), value: given.get('val'), proof }).ok
          : verifyPrefix(root, { prefix: bytes('prefix'), hash: bytes('hash'), proof });
      assert.equal(String(holds), argument, `line ${line}`);
      counts[word] += 1;
    }
    assert.deepEqual(counts, { verify: 103, verifyprefix: 18 });
  });

  test('all keys with a prefix: the same keys, the same hash, the same proof', () => {
    let [pairs, map]: [Pair[], MapNode | undefined] = [[], undefined];
    let claim: PrefixClaim | undefined;
    let prefixes = 0;
    for (const { line, word, argument } of linesOf('prefix.txt')) {
      if (word === 'kv') pairs.push(pairOf(argument));
      if (word === 'snap') {
        [map, pairs] = [mapOf(pairs), []];
        assert.equal(hexOf(mapRoot(map)), argument, `line ${line}`);
      }
      if (word === 'prefix') claim = provePrefix(map, vectorBytes(argument));
      if (claim === undefined) continue;
      const { prefix, hash, proof } = claim;
      if (word === 'hash') {
        assert.equal(hexOf(hash), argument, `line ${line}`);
        const below = [...leavesOf(map)].filter(({ key }) => hasPrefix(key, prefix));
        assert.equal(hexOf(mapRoot(mapOfLeaves(below))), argument, `line ${line}`);
      }
      if (word === 'proof') {
        assert.deepEqual(proof, vectorBytes(argument), `line ${line}`);
        assert(verifyPrefix(mapRoot(map), claim));
        prefixes += 1;
      }
    }
    assert.equal(prefixes, 876);
  });
});

describe(`torchwood ${VERSION} as judge of our proofs`, { skip }, () => {
  test('a module whose files are not those of the sum is refused', () => {
    assert.throws(
      () => downloadModule('filippo.io/torchwood', VERSION, SUM.replace('h1:z', 'h1:y')),
      /has the sum h1:z/,
    );
  });

  test('its own code gives our roots and our very proofs, and every one of them holds there', () => {
    const random = seededRandom(5);
    const questions = Object.values(KEY_SHAPES).flatMap((draw) =>
      [0, 1, 2, 3, 17, 120].map((count): JudgeQuestion => {
        const history = randomHistory(draw, count, random);
        const map = mapOf(history);
        const keys = [...lastPairs(history).map(({ key }) => key), ...Array.from({ length: 30 }, () => draw(random))];
        return { history, claims: keys.map((key) => trueClaim(map, key)) };
      }),
    );
    const answers = askJudge(module, questions);
    for (const [index, { history, claims }] of questions.entries()) {
      const answer = answers[index];
      assert.equal(answer?.root, hexOf(mapRoot(mapOf(history))));
      assert.deepEqual(answer.claims, claims.map(hexClaim));
      assert(answer.holds.every((holds) => holds));
    }
    assert.equal(answers.length, questions.length);
  });

  test('it refuses every mutated claim that we refuse, but for numbers spelled longer, which it reads', () => {
    const random = seededRandom(6);
    const spelledLonger: boolean[] = [];
    const questions = Object.values(KEY_SHAPES).map((draw) => {
      const history = randomHistory(draw, 30, random);
      const map = mapOf(history);
      assert(map !== undefined);
      const keys = [
        ...lastPairs(history)
          .slice(0, 4)
          .map(({ key }) => key),
        draw(random),
        draw(random),
      ];
      const mutated = keys.flatMap((key) => [
        ...[...bytesChanged(trueClaim(map, key))].filter(() => random() < 0.1),
        ...stepsChanged(map, key),
        ...claimsChanged(map, key, keys),
      ]);
      return { history, mutated };
    });
    const asked = questions.map(({ history, mutated }) => ({ history, claims: mutated.map(({ claim }) => claim) }));
    const answers = askJudge(module, asked);
    for (const [index, { mutated }] of questions.entries()) {
      for (const [at, { what, claim }] of mutated.entries()) {
        const [ours, theirs] = [outcomeOf(claim), answers[index]?.holds[at]];
        if (what.endsWith('with a longer number'))
          spelledLonger.push(ours === 'map/malformed-proof' && theirs === true);
        else assert.equal(theirs, ours === 'ok', `${what}: ${ours}`);
      }
    }
    assert(spelledLonger.length > 20 && spelledLonger.every((is) => is));
  });
});
