import type { Manifest } from '../image/manifest.ts';
import { FACTS_TEXT_CHARACTERS_MAX } from '../limits.ts';
import type { ImageReference } from './facts.ts';
import type { Stated } from './stated.ts';

const BASE_NAME = 'org.opencontainers.image.base.name';
const BASE_DIGEST = 'org.opencontainers.image.base.digest';
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** What the manifest of an image states: layers and bytes, or children, and the image that it is built upon. */
export function manifestFacts(manifest: Manifest): Pick<Stated, 'image' | 'baseImage'> {
  const { kind, config, layers, children, annotations } = manifest;
  const baseImage = baseImageOf(annotations);
  const base = baseImage === undefined ? {} : { baseImage };
  if (kind === 'index') return { image: { shape: 'index', children: children.length }, ...base };
  const bytes = layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, config?.sizeBytes ?? 0);
  // A sum that is not exact is none.
  if (!Number.isSafeInteger(bytes)) return base;
  return { image: { shape: 'image', layers: layers.length, bytes }, ...base };
}

/** Source: OCI image-spec 1.1, annotations. */
function baseImageOf(annotations: Readonly<Record<string, string>>): ImageReference | undefined {
  const name = Object.hasOwn(annotations, BASE_NAME) ? (annotations[BASE_NAME] ?? '') : '';
  const digest = Object.hasOwn(annotations, BASE_DIGEST) ? (annotations[BASE_DIGEST] ?? '') : '';
  const named = name !== '' && name.length <= FACTS_TEXT_CHARACTERS_MAX;
  if (!named && !DIGEST.test(digest)) return undefined;
  return { ...(named ? { name } : {}), ...(DIGEST.test(digest) ? { digest } : {}) };
}
