import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type LayerFile, writeTar } from './tar.ts';

/** An image that lies in an OCI image layout folder. */
export type BuiltImage = {
  readonly folder: string;
  /** Of the manifest, `sha256:…`. */
  readonly digest: string;
  readonly layers: number;
  readonly files: number;
  readonly bytes: number;
};

type Descriptor = { readonly mediaType: string; readonly digest: string; readonly size: number };
type Blob = { readonly descriptor: Descriptor; readonly bytes: Uint8Array };

/** What goes into the image, layer by layer: what changes least first. Absent paths are left out. */
const LAYERS: readonly (readonly string[])[] = [
  ['LICENSE', 'package.json', 'package-lock.json'],
  ['migrations'],
  ['bin', 'src', 'dist'],
];
const ROOT = 'opt/waybill/';

/**
 * Builds an image of the package that lies in `packageFolder`, without any engine: layers of this program, the config, the
 * manifest and the index. The same files give the same digest on every machine of one architecture.
 * Source: OCI image-spec 1.1, image-layout.md, config.md.
 */
export function buildLayout(packageFolder: string, folder: string, version: string): BuiltImage {
  // Compiled output would differ from build to build beside sources, and is the program itself where there are none.
  const hasSource = statSync(join(packageFolder, 'src'), { throwIfNoEntry: false }) !== undefined;
  const contents = LAYERS.map((paths) =>
    paths
      .filter((path) => !(hasSource && path === 'dist'))
      .flatMap((path) => readFiles(packageFolder, path))
      .map((file) => ({ ...file, name: ROOT + file.name })),
  ).filter((files) => files.length > 0);
  const archives = contents.map(writeTar);
  const layers = archives.map((tar) => blob('application/vnd.oci.image.layer.v1.tar+gzip', compress(tar)));
  const config = blob('application/vnd.oci.image.config.v1+json', json(configOf(archives, version)));
  const manifest = blob(
    'application/vnd.oci.image.manifest.v1+json',
    json({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: config.descriptor,
      layers: layers.map(({ descriptor }) => descriptor),
      annotations: { 'org.opencontainers.image.title': 'waybill', 'org.opencontainers.image.version': version },
    }),
  );
  const blobs = join(folder, 'blobs', 'sha256');
  mkdirSync(blobs, { recursive: true });
  for (const { descriptor, bytes } of [...layers, config, manifest])
    writeFileSync(join(blobs, descriptor.digest.slice('sha256:'.length)), bytes);
  const named = { ...manifest.descriptor, annotations: { 'org.opencontainers.image.ref.name': version } };
  writeFileSync(
    join(folder, 'index.json'),
    json({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [named] }),
  );
  writeFileSync(join(folder, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
  return {
    folder,
    digest: manifest.descriptor.digest,
    layers: layers.length,
    files: contents.flat().length,
    bytes: layers.reduce((sum, { bytes }) => sum + bytes.length, 0),
  };
}

function configOf(archives: readonly Uint8Array[], version: string): unknown {
  return {
    created: '1970-01-01T00:00:00Z',
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: {
      User: '10001:10001',
      WorkingDir: `/${ROOT.slice(0, -1)}`,
      Entrypoint: ['node', 'bin/waybill.js'],
      Cmd: ['serve'],
      Labels: { 'org.opencontainers.image.version': version },
    },
    rootfs: { type: 'layers', diff_ids: archives.map((tar) => `sha256:${sha256Hex(tar)}`) },
    history: archives.map((_, index) => ({
      created: '1970-01-01T00:00:00Z',
      created_by: `waybill demo: ${LAYERS[index]?.join(', ')}`,
    })),
  };
}

function readFiles(packageFolder: string, path: string): readonly LayerFile[] {
  const full = join(packageFolder, path);
  const stats = statSync(full, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (stats.isDirectory()) return readdirSync(full).flatMap((name) => readFiles(packageFolder, `${path}/${name}`));
  return [{ name: path, bytes: readFileSync(full), executable: (stats.mode & 0o100) !== 0 }];
}

/** Gzip without anything of this machine in its header: time 0, and an unknown operating system (RFC 1952). */
function compress(bytes: Uint8Array): Uint8Array {
  const packed = gzipSync(bytes, { level: 9 });
  packed[9] = 255;
  return packed;
}

function blob(mediaType: string, bytes: Uint8Array): Blob {
  return { descriptor: { mediaType, digest: `sha256:${sha256Hex(bytes)}`, size: bytes.length }, bytes };
}

function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
