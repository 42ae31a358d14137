import { DSSE_MEDIA_TYPE, type Envelope, parseEnvelope } from '../dsse/envelope.ts';
import { BUNDLE_MEDIA_TYPE, parseSigstoreBundle } from '../dsse/sigstore-bundle.ts';
import type { AttestationRecorded } from '../entry/kinds/attestation-recorded.ts';
import type { ImageSigned } from '../entry/kinds/image-signed.ts';
import { fail, ok, type Result } from '../fault.ts';
import { type Manifest, parseManifest } from '../image/manifest.ts';
import { parseSignedImage, SIGNED_IMAGE_MEDIA_TYPE, type SignedImage } from '../image/signed-image.ts';
import { envelopeStatement } from '../statement/envelope-statement.ts';
import type { Statement } from '../statement/statement.ts';
import type { ProvedEntry } from './material.ts';

/** The signed image of an `image.signed`: its manifest, read or refused, and the older form of its signature. */
export type ReadImage = { readonly manifest: Result<Manifest>; readonly simple: SignedImage['simpleSigning'] };

/** What an attestation or an image signature carries. Nothing of it is verified but that it was recorded. */
export type ReadPayload = { readonly envelope: Envelope; readonly statement: Statement; readonly image?: ReadImage };

/**
 * The payload of an `image.signed` or `attestation.recorded`, by the form that the entry names. Faults: `payload/absent`,
 * `payload/media-type-wrong`, and those of the forms.
 */
export function readPayload({ entry, payload }: ProvedEntry): Result<ReadPayload> {
  if (payload === undefined) return fail('payload/absent', 'The payload is not shown.');
  const mediaType = entry.payload?.mediaType;
  if (entry.kind === 'image.signed') {
    return mediaType === SIGNED_IMAGE_MEDIA_TYPE ? readImage(payload, entry.body as ImageSigned) : wrongType();
  }
  const { form } = entry.body as AttestationRecorded;
  if (mediaType !== (form === 'bundle' ? BUNDLE_MEDIA_TYPE : DSSE_MEDIA_TYPE)) return wrongType();
  return form === 'bundle' ? readBundle(payload) : withStatement(parseEnvelope(payload));
}

function readImage(payload: Uint8Array, body: ImageSigned): Result<ReadPayload> {
  const signed = parseSignedImage(payload);
  if (!signed.ok) return signed;
  const { bundle, manifest, simpleSigning } = signed.value;
  const read = readBundle(bundle);
  if (!read.ok) return read;
  return ok({
    ...read.value,
    image: { manifest: parseManifest(manifest, body.mediaType), simple: simpleSigning },
  });
}

function readBundle(bytes: Uint8Array): Result<ReadPayload> {
  const bundle = parseSigstoreBundle(bytes);
  return bundle.ok ? withStatement(ok(bundle.value.envelope)) : bundle;
}

function withStatement(envelope: Result<Envelope>): Result<ReadPayload> {
  if (!envelope.ok) return envelope;
  const statement = envelopeStatement(envelope.value);
  return statement.ok ? ok({ envelope: envelope.value, statement: statement.value }) : statement;
}

function wrongType(): Result<never> {
  return fail('payload/media-type-wrong', 'The payload is not of the form that the entry names.');
}
