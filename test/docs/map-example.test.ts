import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { formatMapValue, mapKey } from '../../src/core/map/map-key.ts';
import { formatMapProof, verifyMapClaim } from '../../src/core/map/map-proof.ts';
import { type MapNode, mapRoot, pathInMap, setInMap } from '../../src/core/map/map-trie.ts';
import { ABSENT, formatExample, LISTS } from './map-example.ts';
import { ROOT } from './tours.ts';

const PAGE = readFileSync(join(ROOT, 'docs/spec/map.md'), 'utf8');
const [, shown = ''] = /<!-- example -->\n```text\n([\s\S]*?)\n```/.exec(PAGE) ?? [];

/** The words of the example as they are read off the page: hex digits behind a word, or below `proof` and its list. */
function read(): { readonly roots: readonly string[]; readonly proofs: ReadonlyMap<string, string> } {
  const proofs = new Map<string, string>();
  let list = '';
  for (const line of shown.split('\n')) {
    const [word, rest] = [line.slice(0, 7).trim(), line.slice(7)];
    if (word === 'proof') list = rest;
    if (word === '') proofs.set(list, (proofs.get(list) ?? '') + rest.replace(' ', ''));
  }
  return { roots: [...shown.matchAll(/^root {3}0: ([0-9a-f]{64})$/gm)].map(([, root = '']) => root), proofs };
}

test('the example of the map’s page is what its rules give', () => {
  assert.equal(shown, formatExample());
});

test('the proofs of the example are ours, and hold under its root; one for another list does not (map/…)', () => {
  const value = ([, n, seq, byte]: (typeof LISTS)[number]) =>
    formatMapValue({ n, seq, hash: new Uint8Array(32).fill(byte) });
  const map = LISTS.reduce<MapNode | undefined>((so, one) => setInMap(so, mapKey(one[0]), value(one)), undefined);
  assert(map !== undefined);
  const { roots, proofs } = read();
  assert.deepEqual(roots, [Buffer.from(mapRoot(map)).toString('hex')]);
  const values = new Map(LISTS.map((one) => [one[0] as string, value(one)]));
  assert.deepEqual([...proofs.keys()], [...values.keys(), ABSENT]);
  for (const [list, hex] of proofs) {
    const proof = new Uint8Array(Buffer.from(hex, 'hex'));
    const key = mapKey(list);
    assert.deepEqual(formatMapProof(key, pathInMap(map, key)), proof);
    for (const [other, otherKey] of [...proofs.keys()].map((name) => [name, mapKey(name)] as const)) {
      const verified = verifyMapClaim({ root: mapRoot(map), key: otherKey, value: values.get(other), proof });
      assert.equal(verified.ok, other === list, `${list} for ${other}`);
    }
  }
});
