import type { ImageFaultCode } from '../../core/fault-codes/image.ts';
import type { FaultRow } from './faults.ts';

/** Digests, manifests and indexes. */
export const IMAGE_FAULTS = {
  'image/ambiguous-manifest': [
    400,
    'The manifest can be read as an image and as an index.',
    'Build it again with a current tool.',
  ],
  'image/duplicate-member': [
    400,
    'The manifest names a member twice, and tools would disagree which counts.',
    'Build it again with a current tool.',
  ],
  'image/malformed-descriptor': [400, 'A descriptor of the manifest is malformed.', 'Correct what `at` points to.'],
  'image/malformed-digest': [400, 'The digest is not `sha256:` and 64 lower-case hex digits.', 'Correct the digest.'],
  'image/malformed-manifest': [400, 'The manifest is malformed.', 'Send the exact bytes that the registry holds.'],
  'image/media-type-mismatch': [
    400,
    'The Content-Type and the manifest’s own media type differ.',
    'Send the media type that the registry answers with.',
  ],
  'image/not-a-manifest': [
    400,
    'The bytes are neither an image manifest nor an index.',
    'Send the manifest, not the image’s files or its configuration.',
  ],
  'image/schema1': [
    400,
    'The manifest is of Docker’s schema 1, whose digest is not over its bytes.',
    'Build or push the image again with a current tool.',
  ],
  'image/too-large': [413, 'The manifest is larger than 4 MiB.', 'Registries refuse such manifests too.'],
  'image/too-many-children': [
    422,
    'The index names more images than an entry can be filed under.',
    'Split the index; the bound is 64.',
  ],
  'image/too-many-layers': [422, 'The image has more layers than are read.', 'Join layers.'],
  'image/unsupported-media-type': [
    415,
    'The media type is not one of an image or an index.',
    'Use an OCI or Docker schema 2 type, or none at all.',
  ],
} as const satisfies Readonly<Record<ImageFaultCode, FaultRow>>;
