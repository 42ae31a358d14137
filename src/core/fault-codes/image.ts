/** Fault codes of the image area; docs/spec/faults.md lists every code. */
export const IMAGE_FAULT_CODES = [
  'image/ambiguous-manifest',
  'image/duplicate-member',
  'image/malformed-descriptor',
  'image/malformed-digest',
  'image/malformed-manifest',
  'image/media-type-mismatch',
  'image/not-a-manifest',
  'image/schema1',
  'image/too-large',
  'image/too-many-children',
  'image/too-many-layers',
  'image/unsupported-media-type',
] as const;
export type ImageFaultCode = (typeof IMAGE_FAULT_CODES)[number];
