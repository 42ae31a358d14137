import type { Json } from '../../src/core/encoding/json.ts';
import { type MapNode, setInMap } from '../../src/core/map/map-trie.ts';
import { seededRandom } from '../hostile/seeded-random.ts';
import { bytesChanged, claimsChanged, stepsChanged, trueClaim } from './mutated-claims.ts';
import { KEY_SHAPES, randomHistory } from './random-maps.ts';

/*
 * Random maps, and true and mutated claims on them, as JSON carries them to the other places that core runs in.
 */

const HISTORIES = Object.values(KEY_SHAPES).map((draw, index) => ({
  draw,
  history: randomHistory(draw, 30, seededRandom(index)),
}));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** Input of the run `map-root`: what is set, in order. */
export function mapRoots(): Json {
  return HISTORIES.map(({ history }) => ({
    pairs: history.flatMap(({ key, value }) => [hex(key), hex(value)]).join(' '),
  }));
}

/** Input of the run `map-claim`. */
export function mapClaims(): Json {
  const random = seededRandom(40);
  return HISTORIES.flatMap(({ draw, history }) => {
    const map = history.reduce<MapNode | undefined>((so, { key, value }) => setInMap(so, key, value), undefined);
    if (map === undefined) return [];
    const keys = [...history.slice(0, 3).map(({ key }) => key), draw(random)];
    const claims = keys.flatMap((key) => [
      trueClaim(map, key),
      ...[...bytesChanged(trueClaim(map, key)), ...stepsChanged(map, key), ...claimsChanged(map, key, keys)]
        .filter(() => random() < 0.02)
        .map(({ claim }) => claim),
    ]);
    return claims.map(({ root, key, value, proof }) => {
      return { root: hex(root), key: hex(key), value: value === undefined ? 'absent' : hex(value), proof: hex(proof) };
    });
  });
}
