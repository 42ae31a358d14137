import { type Decoded, integer, optional, record, string } from '../encoding/decode.ts';
import { foreignObject } from '../encoding/foreign-object.ts';
import type { Json } from '../encoding/json.ts';
import { fail, ok, type Result } from '../fault.ts';

/** Platform that a child of an index is for, as the index says it. */
export type Platform = {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly osVersion?: string;
};

/** Reference to other bytes: `digest` is `sha256:<64 hex>` or `sha512:<128 hex>`, `sizeBytes` their exact length. */
export type Descriptor = {
  readonly mediaType: string;
  readonly digest: string;
  readonly sizeBytes: number;
  readonly annotations: Readonly<Record<string, string>>;
  readonly artifactType?: string;
  readonly platform?: Platform;
};

/** Longest media type, platform name or annotation key read; RFC 6838 allows 127 characters a side. */
const NAME_LENGTH_MAX = 255;
/** Longest annotation value: a manifest is 4 MiB at most, and signatures are carried in annotations. */
const ANNOTATION_LENGTH_MAX = 4 * 1024 * 1024;

const mediaType = string({
  max: NAME_LENGTH_MAX,
  pattern: /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*$/,
});
const digest = string({ max: 135, pattern: /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/ });

/** Annotations: text to text, as every place of the OCI image-spec has them. */
export const annotationsReader = record(string({ max: ANNOTATION_LENGTH_MAX }));

const platformReader = foreignObject({
  os: string({ max: NAME_LENGTH_MAX }),
  architecture: string({ max: NAME_LENGTH_MAX }),
  variant: optional(string({ max: NAME_LENGTH_MAX })),
  'os.version': optional(string({ max: NAME_LENGTH_MAX })),
});

const descriptorReader = foreignObject({
  mediaType,
  digest,
  size: integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  annotations: optional(annotationsReader),
  artifactType: optional(string({ max: NAME_LENGTH_MAX })),
  platform: optional(platformReader),
});

/**
 * The descriptor in `value`, which stands at `at`. Members that the OCI image-spec does not name are ignored, as it says.
 * `image/malformed-descriptor` for a missing or misspelled digest (only sha256 and sha512, lower-case hex), a size that
 * is negative, fractional or above 2^53 − 1, and a media type that is none.
 * Source: OCI image-spec, descriptor.md and image-index.md.
 */
export function readDescriptor(value: Json, at: string): Result<Descriptor> {
  const read = descriptorReader(value, at);
  if (!read.ok) return fail('image/malformed-descriptor', 'The descriptor is malformed.', at, read.fault);
  const { size, annotations, artifactType, platform, ...rest } = read.value;
  return ok({
    ...rest,
    sizeBytes: size,
    annotations: annotations ?? {},
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(platform === undefined ? {} : { platform: toPlatform(platform) }),
  });
}

function toPlatform(platform: Decoded<typeof platformReader>): Platform {
  const { os, architecture, variant, 'os.version': osVersion } = platform;
  return {
    os,
    architecture,
    ...(variant === undefined ? {} : { variant }),
    ...(osVersion === undefined ? {} : { osVersion }),
  };
}

/** The descriptors of an array, in order; the first malformed one is the fault. */
export function readDescriptors(values: readonly Json[], at: string): Result<readonly Descriptor[]> {
  const descriptors: Descriptor[] = [];
  for (const [index, value] of values.entries()) {
    const read = readDescriptor(value, `${at}/${index}`);
    if (!read.ok) return read;
    descriptors.push(read.value);
  }
  return ok(descriptors);
}
