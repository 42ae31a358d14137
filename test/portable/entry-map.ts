import { formatHex, parseHex } from '../../src/core/encoding/hex.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { verifyMapClaim } from '../../src/core/map/map-proof.ts';
import { type MapNode, mapRoot, setInMap } from '../../src/core/map/map-trie.ts';
import { each, type Runs, text } from './vector-set.ts';

/**
 * `map-root`: {pairs: keys and values, all in one text, apart by blanks}. `map-claim`: {root, key, value, proof}, `value` "absent" where
 * the claim is that nothing is there. All bytes in hex.
 */
export const MAP_RUNS: Runs = {
  'map-root': each((input) => {
    const words = text(input, 'pairs').split(' ');
    let map: MapNode | undefined;
    for (let at = 0; at + 1 < words.length; at += 2) map = setInMap(map, hex(words[at]), hex(words[at + 1]));
    return formatHex(mapRoot(map));
  }),
  'map-claim': each((input) => {
    const [root, key, proof] = ['root', 'key', 'proof'].map((member) => bytes(input, member));
    if (root === undefined || key === undefined || proof === undefined) return 'incomplete';
    const value = text(input, 'value') === 'absent' ? undefined : bytes(input, 'value');
    const verified = verifyMapClaim({ root, key, value, proof });
    return verified.ok ? 'holds' : `${verified.fault.code} at ${verified.fault.at}`;
  }),
};

function bytes(input: Json, member: string): Uint8Array {
  return hex(text(input, member));
}

function hex(value = ''): Uint8Array {
  const parsed = parseHex(value);
  if (!parsed.ok) throw new Error(`a vector holds malformed hex: ${value}`);
  return parsed.value;
}
