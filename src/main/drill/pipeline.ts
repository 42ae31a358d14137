import { createHash, generateKeyPairSync } from 'node:crypto';
import { formatEnvelope } from '../../core/dsse/envelope.ts';
import { pae } from '../../core/dsse/pae.ts';
import { encodeUtf8 } from '../../core/encoding/utf8.ts';
import { buildStatement } from '../../core/statement/build-statement.ts';
import { IN_TOTO_PAYLOAD_TYPE } from '../../core/statement/envelope-statement.ts';
import { predicateTypeUri } from '../../core/statement/predicate-types.ts';
import { formatStatement } from '../../core/statement/statement.ts';
import { signingKey } from '../../keys/service-keys.ts';
import type { SigningKey } from '../../service/ports.ts';
import { buildImageBundle } from '../../sigstore/image-bundle.ts';

/** What a stage of a pipeline states. */
export type Attested = {
  readonly digest: string;
  readonly repository: string;
  readonly stage: string;
  /** Any text: another one, another statement. */
  readonly note?: string;
};

/** A key pair as a pipeline makes one. */
export function makeKey(): SigningKey {
  return signingKey(generateKeyPairSync('ed25519').privateKey);
}

/** The predicate type that `signAttestation` states. */
export const PREDICATE_TYPE = predicateTypeUri('custom');

/** An envelope, or the same signature as a Sigstore bundle, over a statement that is bound to its place. */
export function signAttestation(
  key: SigningKey,
  attested: Attested,
  form: 'envelope' | 'bundle' = 'envelope',
): Uint8Array {
  const { note = '', ...place } = attested;
  const predicate = { stage: place.stage, note };
  const payload = encodeUtf8(formatStatement(buildStatement({ ...place, predicateType: PREDICATE_TYPE, predicate })));
  const sig = key.sign(pae(IN_TOTO_PAYLOAD_TYPE, payload));
  const text =
    form === 'bundle'
      ? buildImageBundle(IN_TOTO_PAYLOAD_TYPE, payload, sig, key.publicKey)
      : formatEnvelope({ payloadType: IN_TOTO_PAYLOAD_TYPE, payload, signatures: [{ keyid: '', sig }] });
  return encodeUtf8(text);
}

/** Manifest bytes of an image that nobody else has, with a layer of that many bytes or none, and its digest. */
export function makeImage(name: string, layerBytes = 0): { readonly manifest: Uint8Array; readonly digest: string } {
  const config = createHash('sha256').update(name).digest('hex');
  const manifest = encodeUtf8(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: `sha256:${config}`, size: 2 },
      layers:
        layerBytes === 0
          ? []
          : [{ mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: `sha256:${config}`, size: layerBytes }],
    }),
  );
  return { manifest, digest: `sha256:${createHash('sha256').update(manifest).digest('hex')}` };
}
