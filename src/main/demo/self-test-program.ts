/**
 * A test run that a packed program has with it, where the checkout's own tests are not: a few facts of the core, against
 * published values. Started with `node --test`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256 } from '#sha256';
import { formatCanonicalJson } from '../../core/encoding/canonical-json.ts';
import { formatHex } from '../../core/encoding/hex.ts';
import { encodeUtf8 } from '../../core/encoding/utf8.ts';
import { EMPTY_ROOT, leafHash } from '../../core/merkle/hash.ts';
import { verifyInclusion } from '../../core/merkle/inclusion.ts';
import { inclusionPath, rootOf } from '../../core/merkle/tree.ts';

test('SHA-256 of "abc" is that of FIPS 180-2', () => {
  const expected = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  assert.equal(formatHex(sha256(encodeUtf8('abc'))), expected);
});

test('the root of an empty tree is that of RFC 6962', () => {
  assert.equal(formatHex(EMPTY_ROOT), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test('members are sorted by RFC 8785', () => {
  assert.equal(formatCanonicalJson({ b: [1, 'é'], a: null }), '{"a":null,"b":[1,"é"]}');
});

test('every leaf of a tree of 100 is included, and no other leaf in its place', () => {
  const hashes = Array.from({ length: 100 }, (_, index) => leafHash(Uint8Array.of(index)));
  const root = rootOf(hashes);
  for (const [index, hash] of hashes.entries()) {
    const path = inclusionPath(hashes, index);
    assert.equal(verifyInclusion({ index, size: 100, leafHash: hash, path, root }).ok, true);
    assert.equal(verifyInclusion({ index, size: 100, leafHash: leafHash(Uint8Array.of(200)), path, root }).ok, false);
  }
});
