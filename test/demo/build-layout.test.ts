import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { parseManifest } from '../../src/core/image/manifest.ts';
import { buildLayout } from '../../src/main/demo/build-layout.ts';
import { writeTar } from '../../src/main/demo/tar.ts';
import { makeFolder } from '../harness/embedded-folder.ts';

const LONG = `${'long-folder-name/'.repeat(7)}file.txt`;

/** A package like ours, in `folder`. */
function writePackage(folder: string): string {
  for (const path of ['bin', 'migrations', 'src/core']) mkdirSync(join(folder, path), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{}');
  writeFileSync(join(folder, 'LICENSE'), 'text');
  writeFileSync(join(folder, 'bin', 'waybill.js'), 'program');
  chmodSync(join(folder, 'bin', 'waybill.js'), 0o755);
  writeFileSync(join(folder, 'migrations', '0001_ledger.sql'), 'SELECT 1');
  writeFileSync(join(folder, 'src', 'core', 'entry.ts'), 'export {}');
  return folder;
}

test('an image layout is the same bytes wherever and whenever it is built', (t) => {
  const [first, second] = [writePackage(join(makeFolder(t), 'a')), writePackage(join(makeFolder(t), 'b'))];
  utimesSync(join(second, 'LICENSE'), 1, 1);
  const built = [first, second].map((folder) => buildLayout(folder, join(folder, 'out', 'image'), '1.2.3'));
  assert.equal(built[0]?.digest, built[1]?.digest);
  assert.equal(built[0]?.files, 5);
});

test('every blob of a layout has the digest and size that its descriptor says, and each layer its diff id', (t) => {
  const folder = writePackage(join(makeFolder(t), 'package'));
  const image = buildLayout(folder, join(folder, 'out'), '1.2.3');
  const read = (digest: string) => readFileSync(join(folder, 'out', 'blobs', 'sha256', digest.slice(7)));
  const manifest = parseManifest(read(image.digest), 'application/vnd.oci.image.manifest.v1+json');
  assert(manifest.ok && manifest.value.config !== undefined);
  for (const { digest, sizeBytes } of [manifest.value.config, ...manifest.value.layers]) {
    assert.equal(`sha256:${createHash('sha256').update(read(digest)).digest('hex')}`, digest);
    assert.equal(read(digest).length, sizeBytes);
  }
  const config = JSON.parse(read(manifest.value.config.digest).toString('utf8'));
  const tars = manifest.value.layers.map(({ digest }) => gunzipSync(read(digest)));
  const diffIds = tars.map((tar) => `sha256:${createHash('sha256').update(tar).digest('hex')}`);
  assert.deepEqual(config.rootfs.diff_ids, diffIds);
});

test('the system’s own tar reads what is written, with folders, modes and names over 100 bytes', (t) => {
  const folder = makeFolder(t);
  const archive = join(folder, 'layer.tar');
  const files = [
    { name: LONG, bytes: Buffer.alloc(1_000, 'a'), executable: false },
    { name: 'bin/run', bytes: Buffer.from('#!'), executable: true },
    { name: 'empty', bytes: new Uint8Array(), executable: false },
  ];
  writeFileSync(archive, writeTar(files));
  const listed = execFileSync('tar', ['tvf', archive], { encoding: 'utf8' });
  assert.match(listed, /^-rwxr-xr-x 0\/0 +2 1970-01-01 .* bin\/run$/m);
  assert.match(listed, /^drwxr-xr-x 0\/0 +0 1970-01-01 .* bin\/$/m);
  for (const { name, bytes } of files)
    assert.deepEqual(execFileSync('tar', ['xfO', archive, name]), Buffer.from(bytes), name);
});
