/** What an image's top document can be: one platform's image, or an index of several. */
export type ManifestKind = 'image' | 'index';

export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
export const DOCKER_MANIFEST_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';

/** The four media types that are read, and what each of them is. */
export const MANIFEST_KINDS: ReadonlyMap<string, ManifestKind> = new Map([
  [OCI_MANIFEST, 'image'],
  [OCI_INDEX, 'index'],
  [DOCKER_MANIFEST, 'image'],
  [DOCKER_MANIFEST_LIST, 'index'],
]);

/** Media types of Docker's schema 1, whose digest is not over the stored bytes; refused by name. */
export const SCHEMA1_MEDIA_TYPES: ReadonlySet<string> = new Set([
  'application/vnd.docker.distribution.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
]);
