import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { concatBytes } from '../../src/core/encoding/bytes.ts';
import type { Result } from '../../src/core/fault.ts';
import { bucketOf } from '../../src/core/map/bucket-tree.ts';
import { formatMapValue, mapKey, parseMapValue } from '../../src/core/map/map-key.ts';
import { formatMapPage, parseMapPage } from '../../src/core/map/map-page.ts';
import { makeMapLeaf, setInMap } from '../../src/core/map/map-trie.ts';
import { formatVarint, readVarint } from '../../src/core/map/varint.ts';

const hash = new Uint8Array(32).fill(9);
const codeOf = (result: Result<unknown>) => (result.ok ? 'ok' : result.fault.code);
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

test('a key of the map is the hash of the list’s key behind the name of the rule and a zero', () => {
  const list = `image:sha256:${'ab'.repeat(32)}`;
  const expected = createHash('sha256').update(`waybill/map/v1\0${list}`).digest();
  assert.deepEqual(Buffer.from(mapKey(list)), expected);
});

test('a value is count, seq and hash in 48 bytes, exact up to 2^53 − 1; anything else is map/malformed-value', () => {
  const value = formatMapValue({ n: 258, seq: 2 ** 53 - 1, hash });
  assert.deepEqual(value, bytes(`0000000000000102 001fffffffffffff ${'09'.repeat(32)}`));
  assert.deepEqual(parseMapValue(value), { ok: true, value: { n: 258, seq: 2 ** 53 - 1, hash } });
  const no = ['', '00'.repeat(48), `${'00'.repeat(7)}01`, `0000000000000001 0000000000000000 ${'09'.repeat(31)}`];
  const large = [`0020000000000000 ${'00'.repeat(40)}`, `0000000000000001 0020000000000000 ${'00'.repeat(32)}`];
  for (const one of [...no, ...large, `${'01'.repeat(49)}`])
    assert.equal(codeOf(parseMapValue(bytes(one))), 'map/malformed-value', one);
});

test('a number has one spelling; a longer one, one that is cut off or above 2^28 − 1 is map/malformed-proof', () => {
  const spelled = [
    [0, '00'],
    [127, '7f'],
    [128, '8001'],
    [255, 'ff01'],
    [16_383, 'ff7f'],
    [16_384, '808001'],
    [2 ** 28 - 1, 'ffffff7f'],
  ] as const;
  for (const [number, hex] of spelled) {
    assert.deepEqual(formatVarint(number), bytes(hex), hex);
    assert.deepEqual(readVarint(bytes(`aa${hex}bb`), 1), {
      ok: true,
      value: { value: number, end: 1 + hex.length / 2 },
    });
  }
  for (const hex of ['', '80', '8000', 'ff00', '808000', 'ffff', 'ffffffff', '8080808001', 'ffffffff0f'])
    assert.equal(codeOf(readVarint(bytes(hex), 0)), 'map/malformed-proof', hex);
});

test('a stored bucket has each key once, in order, all beginning with its two bytes; otherwise map/malformed-page', () => {
  const row = (...start: readonly number[]) => {
    const key = new Uint8Array(32);
    key.set([0x12, 0x34, ...start]);
    return makeMapLeaf(key, formatMapValue({ n: 1, seq: 7, hash }));
  };
  const page = (...rows: readonly ReturnType<typeof row>[]) =>
    concatBytes(...rows.flatMap(({ key, value }) => [key, value]));
  const [a, b, c] = [row(0), row(1), row(1, 1)];
  const read = parseMapPage(0x1234, page(a, b, c));
  assert(read.ok && bucketOf(a.key) === 0x1234);
  assert.deepEqual(formatMapPage(read.value), page(a, b, c));
  assert.deepEqual(
    read.value.hash,
    [c, a, b].reduce((so, one) => setInMap(so, one.key, one.value), setInMap(undefined, a.key, hash)).hash,
  );
  for (const wrong of [
    page(),
    page(b, a),
    page(a, a),
    page(a, c, b),
    page(a, b).subarray(0, -1),
    page(a).subarray(0, 32),
    concatBytes(page(a), hash),
  ])
    assert.equal(codeOf(parseMapPage(0x1234, wrong)), 'map/malformed-page');
  assert.equal(codeOf(parseMapPage(0x1235, page(a))), 'map/malformed-page');
  // Behind the bucket's two bytes nothing is promised about values: they count as they stand, by the bucket's hash.
  assert.equal(codeOf(parseMapPage(0x1234, page(makeMapLeaf(a.key, new Uint8Array(48))))), 'ok');
});
