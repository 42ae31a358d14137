import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeUtf8, encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { digestOf, parseImageDigest } from '../../src/core/image/digest.ts';
import { simpleSigningPayload } from '../../src/core/image/simple-signing.ts';

// The OCI image-spec prints this digest for its empty descriptor.
const EMPTY_OBJECT = 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';

test('digestOf gives the digest that the OCI image-spec prints for {}', () => {
  assert.equal(digestOf(encodeUtf8('{}')), EMPTY_OBJECT);
});

test('parseImageDigest gives a digest back unchanged', () => {
  assert.deepEqual(parseImageDigest(EMPTY_OBJECT), { ok: true, value: EMPTY_OBJECT });
});

test('parseImageDigest refuses every other spelling (image/malformed-digest)', () => {
  const hex = EMPTY_OBJECT.slice('sha256:'.length);
  const others = [
    '',
    hex,
    `sha256:${hex.toUpperCase()}`,
    `SHA256:${hex}`,
    `sha256:${hex}0`,
    `sha256:${hex.slice(1)}`,
    `${EMPTY_OBJECT}\n`,
    ` ${EMPTY_OBJECT}`,
    `sha512:${hex}${hex}`,
    `shop/api@${EMPTY_OBJECT}`,
  ];
  for (const text of others) {
    const result = parseImageDigest(text);
    assert.equal(!result.ok && result.fault.code, 'image/malformed-digest', text);
  }
});

test('simpleSigningPayload writes the members that cosign and podman read', () => {
  const text = decodeUtf8(simpleSigningPayload('registry.example.com/shop/api', EMPTY_OBJECT));
  assert.deepEqual(text, {
    ok: true,
    value:
      '{"critical":{"identity":{"docker-reference":"registry.example.com/shop/api"},' +
      `"image":{"docker-manifest-digest":"${EMPTY_OBJECT}"},"type":"cosign container image signature"},"optional":null}`,
  });
});
