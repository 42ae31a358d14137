import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { type Manifest, parseManifest } from '../../src/core/image/manifest.ts';

const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
const HEX = '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';

function descriptor(members: object = {}): object {
  return { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: `sha256:${HEX}`, size: 2, ...members };
}

function image(members: object = {}): object {
  return { schemaVersion: 2, config: descriptor(), layers: [descriptor()], ...members };
}

function index(members: object = {}): object {
  return { schemaVersion: 2, manifests: [descriptor()], ...members };
}

function parse(document: unknown, mediaType?: string): Manifest | string {
  const bytes = encodeUtf8(typeof document === 'string' ? document : JSON.stringify(document));
  const result = parseManifest(bytes, mediaType);
  return result.ok ? result.value : result.fault.code;
}

function read(document: unknown, mediaType?: string): Manifest {
  const manifest = parse(document, mediaType);
  assert.ok(typeof manifest !== 'string', String(manifest));
  return manifest;
}

describe('parseManifest', () => {
  const forms: readonly [string, object, string | undefined, 'image' | 'index', string][] = [
    ['an OCI manifest', image({ mediaType: OCI_MANIFEST }), OCI_MANIFEST, 'image', OCI_MANIFEST],
    ['an OCI index', index({ mediaType: OCI_INDEX }), OCI_INDEX, 'index', OCI_INDEX],
    ['a Docker manifest', image({ mediaType: DOCKER_MANIFEST }), undefined, 'image', DOCKER_MANIFEST],
    ['a Docker manifest list', index({ mediaType: DOCKER_LIST }), undefined, 'index', DOCKER_LIST],
    ['an OCI manifest without a media type', image(), undefined, 'image', OCI_MANIFEST],
    ['an OCI index without a media type', index(), undefined, 'index', OCI_INDEX],
    ['a body without a media type as claimed', image(), DOCKER_MANIFEST, 'image', DOCKER_MANIFEST],
    ['an empty index', index({ manifests: [] }), undefined, 'index', OCI_INDEX],
    ['an artifact without layers', image({ layers: [] }), undefined, 'image', OCI_MANIFEST],
  ];
  for (const [title, document, claimed, kind, mediaType] of forms) {
    test(`reads ${title}`, () => {
      const manifest = read(document, claimed);
      assert.deepEqual([manifest.kind, manifest.mediaType], [kind, mediaType]);
    });
  }

  test('names the image by the exact bytes, white space and unknown members included', () => {
    const text = `\n${JSON.stringify(image({ 'x-unknown': [1.5] }), undefined, 3)}\n`;
    const manifest = read(text);
    assert.equal(manifest.digest, `sha256:${createHash('sha256').update(text).digest('hex')}`);
    assert.equal(manifest.sizeBytes, text.length);
  });

  test('gives config, layers, subject, artifact type and annotations of an image', () => {
    const sha512 = `sha512:${HEX}${HEX}`;
    const manifest = read(
      image({
        layers: [descriptor({ digest: sha512, annotations: { a: 'b' } })],
        subject: descriptor({ size: 7 }),
        artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
        annotations: { 'org.opencontainers.image.created': '2026-11-23T00:00:00Z' },
      }),
    );
    assert.equal(manifest.config?.sizeBytes, 2);
    assert.deepEqual(manifest.layers[0]?.annotations, { a: 'b' });
    assert.equal(manifest.layers[0]?.digest, sha512);
    assert.equal(manifest.subject?.sizeBytes, 7);
    assert.equal(manifest.artifactType, 'application/vnd.dev.sigstore.bundle.v0.3+json');
    assert.deepEqual(manifest.annotations, { 'org.opencontainers.image.created': '2026-11-23T00:00:00Z' });
    assert.deepEqual(manifest.children, []);
  });

  test('gives the platforms of the children, with attestation manifests among them', () => {
    const arm = { os: 'linux', architecture: 'arm', variant: 'v7', 'os.version': '1', features: ['x'] };
    const unknown = { os: 'unknown', architecture: 'unknown' };
    const { children } = read(
      index({ manifests: [descriptor({ platform: arm }), descriptor({ platform: unknown }), descriptor()] }),
    );
    assert.deepEqual(
      children.map((child) => child.platform),
      [{ os: 'linux', architecture: 'arm', variant: 'v7', osVersion: '1' }, unknown, undefined],
    );
  });

  const refused: readonly [string, string, unknown, string?][] = [
    ['schema version 1', 'image/schema1', { schemaVersion: 1, fsLayers: [], history: [] }],
    ['fsLayers under schema version 2', 'image/schema1', image({ fsLayers: [] })],
    [
      'a schema 1 media type in the body',
      'image/schema1',
      image({ mediaType: 'application/vnd.docker.distribution.manifest.v1+json' }),
    ],
    [
      'a schema 1 media type claimed',
      'image/schema1',
      image(),
      'application/vnd.docker.distribution.manifest.v1+prettyjws',
    ],
    [
      'a body that disagrees with the claim',
      'image/media-type-mismatch',
      image({ mediaType: OCI_MANIFEST }),
      DOCKER_MANIFEST,
    ],
    ['an image claimed as an index', 'image/media-type-mismatch', image(), OCI_INDEX],
    ['an index that calls itself an image', 'image/media-type-mismatch', index({ mediaType: OCI_MANIFEST })],
    ['an unknown media type', 'image/unsupported-media-type', image({ mediaType: 'application/json' })],
    ['an unknown claimed media type', 'image/unsupported-media-type', image(), 'text/plain'],
    ['layers beside manifests', 'image/ambiguous-manifest', image({ manifests: [] })],
    ['a config beside manifests', 'image/ambiguous-manifest', index({ config: descriptor() })],
    ['null layers beside manifests', 'image/ambiguous-manifest', index({ layers: null })],
    ['neither layers nor manifests', 'image/not-a-manifest', { schemaVersion: 2 }],
    ['an array', 'image/not-a-manifest', []],
    ['a config without layers', 'image/malformed-manifest', { schemaVersion: 2, config: descriptor() }],
    ['layers without a config', 'image/malformed-manifest', { schemaVersion: 2, layers: [] }],
    ['no schema version', 'image/malformed-manifest', { config: descriptor(), layers: [] }],
    ['a schema version as text', 'image/malformed-manifest', image({ schemaVersion: '2' })],
    ['a media type that is a number', 'image/malformed-manifest', image({ mediaType: 2 })],
    ['a member that differs only in case', 'image/malformed-manifest', image({ Manifests: [descriptor()] })],
    ['an annotation that is no text', 'image/malformed-manifest', image({ annotations: { a: 1 } })],
    ['layers that are no array', 'image/malformed-manifest', image({ layers: {} })],
    ['text that is not JSON', 'image/malformed-manifest', '{'],
    ['a member twice', 'image/duplicate-member', '{"schemaVersion":2,"manifests":[],"manifests":[]}'],
    [
      'a member of a descriptor twice',
      'image/duplicate-member',
      '{"schemaVersion":2,"manifests":[{"size":1,"size":2}]}',
    ],
    [
      'an upper-case digest',
      'image/malformed-descriptor',
      index({ manifests: [descriptor({ digest: `sha256:${HEX.toUpperCase()}` })] }),
    ],
    ['a short digest', 'image/malformed-descriptor', image({ layers: [descriptor({ digest: 'sha256:44' })] })],
    [
      'a digest of another algorithm',
      'image/malformed-descriptor',
      image({ layers: [descriptor({ digest: `md5:${HEX}` })] }),
    ],
    [
      'a child named by SHA-512',
      'image/malformed-descriptor',
      index({ manifests: [descriptor({ digest: `sha512:${HEX}${HEX}` })] }),
    ],
    ['a negative size', 'image/malformed-descriptor', image({ config: descriptor({ size: -1 }) })],
    ['a fractional size', 'image/malformed-descriptor', image({ config: descriptor({ size: 1.5 }) })],
    ['a size above 2^53 - 1', 'image/malformed-descriptor', image({ config: descriptor({ size: 2 ** 53 }) })],
    ['a size as text', 'image/malformed-descriptor', image({ config: descriptor({ size: '2' }) })],
    ['a descriptor without a digest', 'image/malformed-descriptor', image({ layers: [{ mediaType: 'a/b', size: 1 }] })],
    [
      'a descriptor with a second Digest',
      'image/malformed-descriptor',
      image({ layers: [descriptor({ Digest: `sha256:${HEX}` })] }),
    ],
    ['a null config', 'image/malformed-descriptor', image({ config: null })],
    ['a malformed subject', 'image/malformed-descriptor', image({ subject: {} })],
    ['65 children', 'image/too-many-children', index({ manifests: Array.from({ length: 65 }, () => descriptor()) })],
    ['1,025 layers', 'image/too-many-layers', image({ layers: Array.from({ length: 1025 }, () => descriptor()) })],
    ['more than 4 MiB', 'image/too-large', `${JSON.stringify(image())}${' '.repeat(4 * 1024 * 1024)}`],
  ];
  for (const [title, code, document, claimed] of refused) {
    test(`refuses ${title} (${code})`, () => {
      assert.equal(parse(document, claimed), code);
    });
  }

  test('reads 64 children and 1,024 layers', () => {
    assert.equal(read(index({ manifests: Array.from({ length: 64 }, () => descriptor()) })).children.length, 64);
    assert.equal(read(image({ layers: Array.from({ length: 1024 }, () => descriptor()) })).layers.length, 1024);
  });

  test('never throws on mutated or random bytes', () => {
    const good = encodeUtf8(JSON.stringify(image({ annotations: { a: 'b' } })));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (place, byte, end) => {
        const bytes = good.slice(0, end);
        bytes[place] = byte;
        parseManifest(bytes);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.string(), (bytes, claim) => void parseManifest(bytes, claim)),
    );
  });
});
