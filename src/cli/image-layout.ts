import { join } from 'node:path';
import { array, decode, json, openObject } from '../core/encoding/decode.ts';
import { parseJson } from '../core/encoding/json.ts';
import { type Descriptor, readDescriptors } from '../core/image/descriptor.ts';
import { digestOf } from '../core/image/digest.ts';
import { MANIFEST_BYTES_MAX, type Manifest, parseManifest } from '../core/image/manifest.ts';
import { MANIFEST_KINDS } from '../core/image/media-types.ts';
import { EXIT } from './exit-codes.ts';
import { kindOfPath, readLocalFile } from './local-file.ts';
import { type Stop, stop, stopOf } from './stop.ts';

/** A manifest with the exact bytes that its digest is over. `mediaType` is what its descriptor calls it. */
export type LocalManifest = {
  readonly bytes: Uint8Array;
  readonly mediaType: string | undefined;
  readonly manifest: Manifest;
};

/** Which of several is meant: a reference name or digest in `index.json`, and a platform of an index. */
export type LayoutChoice = { readonly ref?: string | undefined; readonly platform?: string | undefined };

const REF_NAME = 'org.opencontainers.image.ref.name';
const indexReader = openObject({ manifests: array(json(), { max: 10_000 }) });

/**
 * The manifest of an OCI image layout folder, or of a file that is a manifest. Bytes are checked against the descriptor
 * that names them. Source: OCI image-spec, image-layout.md.
 */
export function readLocalManifest(path: string, choice: LayoutChoice): LocalManifest {
  if (kindOfPath(path) === 'folder') return readFromLayout(path, choice);
  if (choice.ref !== undefined || choice.platform !== undefined) {
    throw stop(EXIT.usage, 'cli/bad-argument', '--ref and --platform choose within a layout folder, not in a file.');
  }
  return parsed(path, readLocalFile(path, MANIFEST_BYTES_MAX), undefined);
}

function readFromLayout(folder: string, { ref, platform }: LayoutChoice): LocalManifest {
  if (kindOfPath(join(folder, 'oci-layout')) !== 'file') {
    const hint = 'Make one with: docker buildx build --output type=oci,tar=false,dest=<folder> .';
    throw stop(EXIT.input, 'cli/not-a-layout', `${folder} is no OCI image layout: it has no file "oci-layout".`, hint);
  }
  const top = readBlob(folder, chooseDescriptor(folder, readIndex(folder), ref));
  if (platform === undefined) return top;
  const children = top.manifest.children.filter((child) => platformOf(child) === platform);
  const [child] = children;
  if (child !== undefined && children.length === 1) return readBlob(folder, child);
  const known = top.manifest.children.map(platformOf).filter((name) => name !== undefined);
  const hint = known.length === 0 ? 'It is the image of one platform.' : `It has ${known.join(', ')}.`;
  throw stop(EXIT.usage, 'cli/layout-ambiguous', `${folder} has not exactly one image for ${platform}.`, hint);
}

function readIndex(folder: string): readonly Descriptor[] {
  const path = join(folder, 'index.json');
  const document = parseJson(readLocalFile(path, MANIFEST_BYTES_MAX));
  if (!document.ok) throw stopOf(EXIT.input, document.fault, path);
  const index = decode(indexReader, document.value);
  if (!index.ok) throw stopOf(EXIT.input, index.fault, path);
  const descriptors = readDescriptors(index.value.manifests, '/manifests');
  if (!descriptors.ok) throw stopOf(EXIT.input, descriptors.fault, path);
  return descriptors.value;
}

function chooseDescriptor(folder: string, all: readonly Descriptor[], ref: string | undefined): Descriptor {
  const images = all.filter(({ mediaType }) => MANIFEST_KINDS.has(mediaType));
  const named = ref === undefined ? images : images.filter((each) => each.digest === ref || refName(each) === ref);
  // One image may stand there under several names.
  const distinct = [...new Map(named.map((each) => [each.digest, each])).values()];
  const [only] = distinct;
  if (only !== undefined && distinct.length === 1) return only;
  const list = images.map((each) => refName(each) ?? each.digest).join(', ');
  if (images.length === 0) throw stop(EXIT.input, 'cli/not-a-layout', `${folder} holds no image manifest.`);
  const message =
    ref === undefined ? `${folder} holds several images.` : `${folder} has not exactly one image "${ref}".`;
  throw stop(EXIT.usage, 'cli/layout-ambiguous', message, `Say which with --ref; there are ${list}.`);
}

function readBlob(folder: string, descriptor: Descriptor): LocalManifest {
  const [algorithm = '', hex = ''] = descriptor.digest.split(':');
  if (algorithm !== 'sha256') throw damaged(folder, `${descriptor.digest} is not a SHA-256 digest`);
  const path = join(folder, 'blobs', 'sha256', hex);
  if (kindOfPath(path) !== 'file') throw damaged(folder, `the blob ${descriptor.digest} is missing`);
  const bytes = readLocalFile(path, MANIFEST_BYTES_MAX);
  if (bytes.length !== descriptor.sizeBytes || digestOf(bytes) !== descriptor.digest) {
    throw damaged(folder, `the blob ${descriptor.digest} has other bytes than its name and size say`);
  }
  return parsed(path, bytes, descriptor.mediaType);
}

function parsed(path: string, bytes: Uint8Array, mediaType: string | undefined): LocalManifest {
  const manifest = parseManifest(bytes, mediaType);
  if (manifest.ok) return { bytes, mediaType: mediaType ?? manifest.value.mediaType, manifest: manifest.value };
  throw stopOf(EXIT.input, manifest.fault, `${path} is no image manifest`);
}

function damaged(folder: string, what: string): Stop {
  return stop(EXIT.input, 'cli/layout-damaged', `${folder} is damaged: ${what}.`);
}

function refName(descriptor: Descriptor): string | undefined {
  return descriptor.annotations[REF_NAME];
}

function platformOf({ platform }: Descriptor): string | undefined {
  if (platform === undefined) return undefined;
  const { os, architecture, variant } = platform;
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
}
