import { array, json, literal, optional, string } from '../encoding/decode.ts';
import { foreignObject } from '../encoding/foreign-object.ts';
import { isJsonObject, type Json, type JsonObject, parseJson } from '../encoding/json.ts';
import { fail, ok, type Result } from '../fault.ts';
import { SUBJECTS_MAX } from '../limits.ts';
import { annotationsReader, type Descriptor, readDescriptor, readDescriptors } from './descriptor.ts';
import { digestOf } from './digest.ts';
import { MANIFEST_KINDS, type ManifestKind, OCI_INDEX, OCI_MANIFEST, SCHEMA1_MEDIA_TYPES } from './media-types.ts';

/** Largest manifest read: what registries and clients agree to transport (OCI distribution-spec, "Pushing Manifests"). */
export const MANIFEST_BYTES_MAX = 4 * 1024 * 1024;
/** Most layers of an image: cosign puts up to 1,000 signatures into one manifest, runtimes stop at 127 real layers. */
const LAYERS_MAX = 1024;

/** An image or an index as its manifest states it. `digest` is over the exact bytes read, `sizeBytes` their number. */
export type Manifest = {
  readonly kind: ManifestKind;
  readonly mediaType: string;
  readonly digest: string;
  readonly sizeBytes: number;
  readonly config?: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly children: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly artifactType?: string;
  readonly annotations: Readonly<Record<string, string>>;
};

const manifestReader = foreignObject({
  schemaVersion: literal(2),
  mediaType: optional(string({ max: 255 })),
  artifactType: optional(string({ max: 255 })),
  config: optional(json()),
  layers: optional(array(json(), { max: Number.MAX_SAFE_INTEGER })),
  manifests: optional(array(json(), { max: Number.MAX_SAFE_INTEGER })),
  subject: optional(json()),
  annotations: optional(annotationsReader),
});

/**
 * The manifest in exactly these bytes: OCI image manifest, OCI index, Docker image manifest v2 schema 2 or Docker
 * manifest list. `mediaType` is what the sender claims, for example the registry's Content-Type without parameters;
 * a body without its own takes it, and a body without either is read as the OCI type of its shape.
 *
 * Members that the specifications do not name are ignored, as OCI demands, but none may differ from a known one only in
 * case. Faults: `image/too-large` (4 MiB), `image/schema1`, `image/unsupported-media-type`,
 * `image/media-type-mismatch` (claim, body and shape must agree), `image/ambiguous-manifest` (members of both kinds,
 * CVE-2021-41190), `image/not-a-manifest` (of neither), `image/duplicate-member`, `image/malformed-manifest`,
 * `image/malformed-descriptor`, `image/too-many-children` (64), `image/too-many-layers` (1,024).
 * Source: OCI image-spec 1.1, Docker registry manifest v2 schema 2.
 */
export function parseManifest(bytes: Uint8Array, mediaType?: string): Result<Manifest> {
  if (bytes.length > MANIFEST_BYTES_MAX) return fail('image/too-large', 'A manifest has at most 4 MiB.');
  const body = parseBody(bytes);
  if (!body.ok) return body;
  const kind = kindOf(body.value, mediaType);
  if (!kind.ok) return kind;
  const read = manifestReader(body.value, '');
  if (!read.ok) return fail('image/malformed-manifest', 'The manifest is malformed.', read.fault.at, read.fault);
  const { config, layers, manifests = [], subject, artifactType, annotations = {} } = read.value;
  if (kind.value.kind === 'image' && (config === undefined || layers === undefined)) {
    return fail('image/malformed-manifest', 'An image manifest has a config descriptor and a list of layers.');
  }
  const references = readReferences({ config, layers: layers ?? [], manifests, subject });
  if (!references.ok) return references;
  return ok({
    ...kind.value,
    digest: digestOf(bytes),
    sizeBytes: bytes.length,
    ...references.value,
    ...(artifactType === undefined ? {} : { artifactType }),
    annotations,
  });
}

function parseBody(bytes: Uint8Array): Result<JsonObject> {
  const body = parseJson(bytes);
  if (!body.ok) {
    const { fault } = body;
    // Two readers that keep different ones of two equal members would see two images in one digest.
    return fault.code === 'encoding/duplicate-member'
      ? fail('image/duplicate-member', 'A member occurs twice in one object of the manifest.', fault.at, fault)
      : fail('image/malformed-manifest', 'The manifest is not a JSON document.', fault.at, fault);
  }
  if (isJsonObject(body.value)) return ok(body.value);
  return fail('image/not-a-manifest', 'A manifest is a JSON object.');
}

/** Kind and media type, once claim, body and shape are found to agree. */
function kindOf(body: JsonObject, claimed: string | undefined): Result<Pick<Manifest, 'kind' | 'mediaType'>> {
  const stated = body.mediaType;
  if (stated !== undefined && typeof stated !== 'string') {
    return fail('image/malformed-manifest', 'The media type is not a string.', '/mediaType');
  }
  if (isSchema1(body, stated) || SCHEMA1_MEDIA_TYPES.has(claimed ?? '')) {
    return fail('image/schema1', 'Docker manifest schema 1 is not supported: its digest does not cover its bytes.');
  }
  if (claimed !== undefined && stated !== undefined && claimed !== stated) {
    return fail('image/media-type-mismatch', 'The media type in the manifest is not the claimed one.', '/mediaType');
  }
  const shape = shapeOf(body);
  if (!shape.ok) return shape;
  const mediaType = stated ?? claimed ?? (shape.value === 'index' ? OCI_INDEX : OCI_MANIFEST);
  const kind = MANIFEST_KINDS.get(mediaType);
  if (kind === undefined) {
    return fail('image/unsupported-media-type', 'The media type is none of the four manifest types.', '/mediaType');
  }
  if (kind !== shape.value) {
    return fail('image/media-type-mismatch', 'The media type names an image and the members an index, or vice versa.');
  }
  return ok({ kind, mediaType });
}

function isSchema1(body: JsonObject, stated: string | undefined): boolean {
  return body.schemaVersion === 1 || Object.hasOwn(body, 'fsLayers') || SCHEMA1_MEDIA_TYPES.has(stated ?? '');
}

function shapeOf(body: JsonObject): Result<ManifestKind> {
  const index = Object.hasOwn(body, 'manifests');
  const image = Object.hasOwn(body, 'layers') || Object.hasOwn(body, 'config');
  if (index && image) return fail('image/ambiguous-manifest', 'The document has members of an image and of an index.');
  if (index) return ok('index');
  if (image) return ok('image');
  return fail('image/not-a-manifest', 'The document has neither layers nor manifests.');
}

type References = {
  readonly config: Json | undefined;
  readonly layers: readonly Json[];
  readonly manifests: readonly Json[];
  readonly subject: Json | undefined;
};

function readReferences(raw: References): Result<Pick<Manifest, 'config' | 'layers' | 'children' | 'subject'>> {
  if (raw.manifests.length > SUBJECTS_MAX) {
    return fail('image/too-many-children', `An index has at most ${SUBJECTS_MAX} children.`, '/manifests');
  }
  if (raw.layers.length > LAYERS_MAX) {
    return fail('image/too-many-layers', `An image has at most ${LAYERS_MAX} layers.`, '/layers');
  }
  const config = raw.config === undefined ? undefined : readDescriptor(raw.config, '/config');
  if (config !== undefined && !config.ok) return config;
  const layers = readDescriptors(raw.layers, '/layers');
  if (!layers.ok) return layers;
  const children = readDescriptors(raw.manifests, '/manifests');
  if (!children.ok) return children;
  const foreign = children.value.findIndex((child) => !child.digest.startsWith('sha256:'));
  if (foreign !== -1) {
    // A child is an image of its own, and images are named by SHA-256 here.
    return fail('image/malformed-descriptor', 'A child is named by a SHA-256 digest.', `/manifests/${foreign}/digest`);
  }
  const subject = raw.subject === undefined ? undefined : readDescriptor(raw.subject, '/subject');
  if (subject !== undefined && !subject.ok) return subject;
  return ok({
    ...(config === undefined ? {} : { config: config.value }),
    layers: layers.value,
    children: children.value,
    ...(subject === undefined ? {} : { subject: subject.value }),
  });
}
