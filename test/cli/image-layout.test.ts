import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readLocalManifest } from '../../src/cli/image-layout.ts';
import { Stop } from '../../src/cli/stop.ts';
import { readSubject } from '../../src/cli/subject.ts';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
type Blob = { readonly digest: string; readonly size: number };

function newLayout() {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-layout-'));
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
  writeFileSync(join(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const put = (document: unknown): Blob => {
    const bytes = Buffer.from(JSON.stringify(document));
    const hex = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(folder, 'blobs/sha256', hex), bytes);
    return { digest: `sha256:${hex}`, size: bytes.length };
  };
  const image = (title: string): Blob =>
    put({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...put({ title }) },
      layers: [],
    });
  const list = (...manifests: readonly object[]) =>
    writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
  return { folder, put, image, list };
}

function code(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Stop) return error.complaint.code;
    throw error;
  }
  return 'none';
}

test('takes the one image of a layout', () => {
  const { folder, image, list } = newLayout();
  const one = image('one');
  list({ mediaType: MANIFEST, ...one });
  const read = readLocalManifest(folder, {});
  assert.equal(read.manifest.digest, one.digest);
  assert.equal(`sha256:${createHash('sha256').update(read.bytes).digest('hex')}`, one.digest);
});

test('takes one of several by its name or digest, and asks where none is said (cli/layout-ambiguous)', () => {
  const { folder, image, list } = newLayout();
  const [one, two] = [image('one'), image('two')];
  const name = 'org.opencontainers.image.ref.name';
  list(
    { mediaType: MANIFEST, ...one, annotations: { [name]: '1.0' } },
    { mediaType: MANIFEST, ...two, annotations: { [name]: '2.0' } },
    { mediaType: MANIFEST, ...two, annotations: { [name]: 'latest' } },
  );
  assert.equal(readLocalManifest(folder, { ref: '1.0' }).manifest.digest, one.digest);
  assert.equal(readLocalManifest(folder, { ref: two.digest }).manifest.digest, two.digest);
  assert.equal(
    code(() => readLocalManifest(folder, {})),
    'cli/layout-ambiguous',
  );
  assert.equal(
    code(() => readLocalManifest(folder, { ref: '3.0' })),
    'cli/layout-ambiguous',
  );
});

test('takes an index, or the image of one platform in it', () => {
  const { folder, put, image, list } = newLayout();
  const [amd, arm] = [image('amd64'), image('arm64')];
  const index = put({
    schemaVersion: 2,
    mediaType: INDEX,
    manifests: [
      { mediaType: MANIFEST, ...amd, platform: { os: 'linux', architecture: 'amd64' } },
      { mediaType: MANIFEST, ...arm, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } },
    ],
  });
  list({ mediaType: INDEX, ...index });
  assert.equal(readLocalManifest(folder, {}).manifest.kind, 'index');
  assert.equal(readLocalManifest(folder, { platform: 'linux/arm64/v8' }).manifest.digest, arm.digest);
  assert.equal(
    code(() => readLocalManifest(folder, { platform: 'linux/s390x' })),
    'cli/layout-ambiguous',
  );
});

test('refuses a manifest whose bytes are not those of its digest (cli/layout-damaged)', () => {
  const { folder, image, list } = newLayout();
  const one = image('one');
  list({ mediaType: MANIFEST, ...one });
  writeFileSync(join(folder, 'blobs/sha256', one.digest.slice(7)), 'x'.repeat(one.size));
  assert.equal(
    code(() => readLocalManifest(folder, {})),
    'cli/layout-damaged',
  );
});

test('refuses a folder that is no layout (cli/not-a-layout)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-layout-'));
  assert.equal(
    code(() => readLocalManifest(folder, {})),
    'cli/not-a-layout',
  );
});

test('reads the example, whose digest the documents name', () => {
  const examples = join(import.meta.dirname, '../../examples/image-layout');
  const expected = 'sha256:8b4699c10e46a8d6c0595b4e4c11cc8d4b4b02fccbf2611e011047eb9be2a323';
  assert.equal(readLocalManifest(examples, {}).manifest.digest, expected);
});

test('reads a subject from a digest, a reference with a digest, and a commit', () => {
  const digest = `sha256:${'ab'.repeat(32)}`;
  assert.deepEqual(readSubject(digest, {}), { subject: digest });
  assert.deepEqual(readSubject(`ghcr.io:443/shop/api:1.2@${digest}`, {}), {
    subject: digest,
    repository: 'ghcr.io:443/shop/api',
  });
  assert.equal(readSubject(`gitCommit:${'cd'.repeat(20)}`, { repository: 'shop/api' }).repository, 'shop/api');
  assert.equal(
    code(() => readSubject(`shop/api@${digest}`, { repository: 'shop/web' })),
    'cli/bad-argument',
  );
});
