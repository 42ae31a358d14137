import { type PublicKey, parsePublicKey } from '../core/crypto/public-key.ts';
import { type Envelope, parseEnvelope } from '../core/dsse/envelope.ts';
import { pae } from '../core/dsse/pae.ts';
import { BUNDLE_MEDIA_TYPE, parseSigstoreBundle } from '../core/dsse/sigstore-bundle.ts';
import { equalBytes } from '../core/encoding/bytes.ts';
import type { Entry } from '../core/entry/entry.ts';
import type { ImageSigned } from '../core/entry/kinds/image-signed.ts';
import type { SignerRotated } from '../core/entry/kinds/signer-rotated.ts';
import type { ReplayFinding } from '../core/entry/replay.ts';
import { type FaultCode, ok, type Result } from '../core/fault.ts';
import { parseSignedImage, SIGNED_IMAGE_MEDIA_TYPE, type SignedImage } from '../core/image/signed-image.ts';
import { simpleSigningPayload } from '../core/image/simple-signing.ts';
import { parseRotation } from '../core/trust/rotation-document.ts';
import { parseSignerDocument, SIGNER_MEDIA_TYPE } from '../core/trust/signer-document.ts';
import type { SignatureVerifier } from '../service/ports.ts';

type Signed = { readonly envelope: Envelope; readonly simple?: SignedImage['simpleSigning'] };
type Find = (finding: ReplayFinding) => void;
type Found = (code: FaultCode, message: string) => void;

/** Payloads that are signed: attestations, images and verdicts. */
const SIGNED_KINDS: readonly string[] = ['attestation.recorded', 'image.signed', 'verdict.recorded'];

/**
 * Verifies that the signer that an entry names made a signature of its payload, under the key that it was registered with
 * before. Whether the signer was in force, and allowed to, is for the verification of custody. Signatures are verified
 * while the audit goes on; `settle` waits for them.
 */
export class SignatureAudit {
  readonly #verify: SignatureVerifier;
  readonly #keys: Map<string, PublicKey>;
  #underWay: Promise<void>[] = [];
  #signatures: number;

  constructor(
    verify: SignatureVerifier,
    from?: { readonly keys: ReadonlyMap<string, Uint8Array>; readonly signatures: number },
  ) {
    this.#verify = verify;
    this.#signatures = from?.signatures ?? 0;
    this.#keys = new Map(
      [...(from?.keys ?? [])].flatMap(([signer, spki]) => {
        const key = parsePublicKey(spki);
        return key.ok ? [[signer, key.value] as const] : [];
      }),
    );
  }

  /** Signed payloads so far. */
  get signatures(): number {
    return this.#signatures;
  }

  /** SubjectPublicKeyInfo of every signer registered so far, by its id. */
  get keys(): ReadonlyMap<string, Uint8Array> {
    return new Map([...this.#keys].map(([signer, key]) => [signer, key.spki]));
  }

  /**
   * Takes an entry with a payload that it commits to, in the order of the ledger. Finds `signer/malformed-document`,
   * `signer/not-registered`, `dsse/no-trusted-signature`, `image/simple-signing-wrong`, and the
   * faults of the payload's form.
   */
  take(entry: Entry, payload: Uint8Array, find: Find): void {
    const found = (code: FaultCode, message: string) => find({ code, seq: entry.seq, message });
    if (entry.kind === 'signer.registered' && entry.payload?.mediaType === SIGNER_MEDIA_TYPE) {
      const document = parseSignerDocument(payload);
      if (document.ok) this.#keys.set(document.value.signer, document.value.key);
      else found(document.fault.code, document.fault.message);
    }
    if (entry.kind === 'signer.rotated') this.#takeRotation(entry, payload, found);
    if (!SIGNED_KINDS.includes(entry.kind)) return;
    this.#signatures += 1;
    const key = this.#keys.get(entry.signer ?? '');
    const signed = readSigned(entry, payload);
    if (!signed.ok) found(signed.fault.code, signed.fault.message);
    else if (key === undefined)
      found('signer/not-registered', 'The signer that the entry names is not registered before it.');
    else {
      const verifying = this.#verifySigned(entry, signed.value, key, found);
      // Who fails meanwhile is heard when it is waited for.
      verifying.catch(() => undefined);
      this.#underWay.push(verifying);
    }
  }

  /** A rotation registers the successor, and is signed by it and by the key before. */
  #takeRotation(entry: Entry, payload: Uint8Array, found: Found): void {
    this.#signatures += 1;
    const read = parseRotation(payload);
    if (!read.ok) {
      found(read.fault.code, read.fault.message);
      return;
    }
    const { envelope, rotation } = read.value;
    const old = this.#keys.get((entry.body as SignerRotated).signer);
    this.#keys.set(rotation.successor.signer, rotation.successor.key);
    if (old === undefined) found('signer/not-registered', 'The key that is followed is not registered before it.');
    else {
      const verifying = this.#verifyRotation(envelope, [old, rotation.successor.key], found);
      verifying.catch(() => undefined);
      this.#underWay.push(verifying);
    }
  }

  async #verifyRotation(envelope: Envelope, keys: readonly PublicKey[], found: Found): Promise<void> {
    const message = pae(envelope.payloadType, envelope.payload);
    for (const key of keys) {
      const made = await Promise.all(envelope.signatures.map(({ sig }) => this.#verify(key, message, sig)));
      if (!made.includes(true)) found('signer/rotation-not-signed', 'Not both keys signed the rotation.');
    }
  }

  /** Waits until everything that was taken is verified. */
  async settle(): Promise<void> {
    await Promise.all(this.#underWay.splice(0));
  }

  async #verifySigned(entry: Entry, { envelope, simple }: Signed, key: PublicKey, found: Found): Promise<void> {
    const message = pae(envelope.payloadType, envelope.payload);
    const made = await Promise.all(envelope.signatures.map(({ sig }) => this.#verify(key, message, sig)));
    if (!made.includes(true))
      found('dsse/no-trusted-signature', 'The signer that the entry names made no signature of its payload.');
    if (simple === undefined) return;
    const expected = simpleSigningPayload(entry.repository ?? '', (entry.body as ImageSigned).digest);
    const good = equalBytes(expected, simple.payload) && (await this.#verify(key, simple.payload, simple.signature));
    if (!good) found('image/simple-signing-wrong', 'The older form of the image signature is wrong.');
  }
}

function readSigned({ payload }: Entry, bytes: Uint8Array): Result<Signed> {
  if (payload?.mediaType === SIGNED_IMAGE_MEDIA_TYPE) {
    const image = parseSignedImage(bytes);
    if (!image.ok) return image;
    const bundle = parseSigstoreBundle(image.value.bundle);
    return bundle.ok ? ok({ envelope: bundle.value.envelope, simple: image.value.simpleSigning }) : bundle;
  }
  if (payload?.mediaType === BUNDLE_MEDIA_TYPE) return parseSigstoreBundle(bytes);
  const envelope = parseEnvelope(bytes);
  return envelope.ok ? ok({ envelope: envelope.value }) : envelope;
}
