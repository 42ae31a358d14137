import { concatBytes } from '../../src/core/encoding/bytes.ts';
import { bucketOf } from '../../src/core/map/bucket-tree.ts';
import { formatMapValue, mapKey, parseMapValue } from '../../src/core/map/map-key.ts';
import { formatMapPage, parseMapPage } from '../../src/core/map/map-page.ts';
import { formatMapProof, verifyMapClaim } from '../../src/core/map/map-proof.ts';
import { getFromMap, type MapNode, mapRoot, pathInMap, setInMap } from '../../src/core/map/map-trie.ts';
import { formatVarint, readVarint } from '../../src/core/map/varint.ts';
import { type FuzzedParser, ofBytes, outcomeOf } from './fuzz-parser.ts';

const KEYS = [1, 2, 3, 4, 5, 6, 7].map((n) => mapKey(`image:${n}`));
const VALUES = KEYS.map((hash, n) => formatMapValue({ n: n + 1, seq: 2 ** 40 + n, hash }));
const MAP = mapOf(KEYS);
const [PRESENT = mapKey('a'), ABSENT] = [KEYS[3], mapKey('image:8')];
const PROOFS = [PRESENT, ABSENT].map((key) => formatMapProof(key, pathInMap(MAP, key)));

/** Keys of one bucket: alike in their first two bytes, the second and third in many more. */
const ALIKE = KEYS.map((key, n) => concatBytes(Uint8Array.of(7, 9, n < 3 ? 0 : n), key.subarray(3)));
const BUCKET = 7 * 256 + 9;

function mapOf(keys: readonly Uint8Array[]): MapNode {
  const map = keys.reduce<MapNode | undefined>((so, key, n) => setInMap(so, key, VALUES[n] ?? key), undefined);
  if (map === undefined) throw new Error('the map of the seeds has keys');
  return map;
}

/** The map from lists to their newest entries: its stored form, and what proves a claim about it. */
export const PARSERS_OF_MAP: readonly FuzzedParser[] = [
  {
    name: 'core/map/varint.ts readVarint',
    seeds: [0, 1, 127, 128, 16_384, 2 ** 28 - 1].map(formatVarint),
    parse: (bytes) => {
      const read = readVarint(bytes, 0);
      return outcomeOf(read, read.ok ? bytes.subarray(0, read.value.end) : bytes, ({ value }) => formatVarint(value));
    },
  },
  { name: 'core/map/map-key.ts parseMapValue', seeds: VALUES, parse: ofBytes(parseMapValue, formatMapValue) },
  {
    name: 'core/map/map-page.ts parseMapPage',
    seeds: [formatMapPage(mapOf(ALIKE)), formatMapPage(mapOf(ALIKE.slice(0, 1)))],
    // What is said to be in this bucket, and what is in whichever it begins with.
    parse: (bytes) => {
      const own = parseMapPage(BUCKET, bytes);
      return outcomeOf(own.ok ? own : parseMapPage(bucketOf(bytes), bytes), bytes, formatMapPage);
    },
  },
  {
    name: 'core/map/map-proof.ts verifyMapClaim',
    seeds: PROOFS,
    // One claim has one proof: whatever else verifies would be a second spelling.
    parse: (proof) => {
      const claim = { root: mapRoot(MAP), proof };
      const absent = verifyMapClaim({ ...claim, key: ABSENT, value: undefined });
      if (absent.ok) return { given: proof, again: PROOFS[1] ?? '' };
      const present = verifyMapClaim({ ...claim, key: PRESENT, value: getFromMap(MAP, PRESENT) });
      return outcomeOf(present.ok ? present : absent, proof, () => PROOFS[0] ?? '');
    },
  },
];
