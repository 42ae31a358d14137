import { pae } from '../core/dsse/pae.ts';
import { parseSigstoreBundle } from '../core/dsse/sigstore-bundle.ts';
import { formatBase64 } from '../core/encoding/base64.ts';
import { equalBytes } from '../core/encoding/bytes.ts';
import { formatCanonicalJson } from '../core/encoding/canonical-json.ts';
import { parseJson } from '../core/encoding/json.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { principalKey } from '../core/entry/keys.ts';
import type { ImageSigned } from '../core/entry/kinds/image-signed.ts';
import { REPOSITORY } from '../core/entry/names.ts';
import { fail, invariant, ok, type Result } from '../core/fault.ts';
import { type Manifest, parseManifest } from '../core/image/manifest.ts';
import {
  childDigests,
  formatSignedImage,
  parseSignedImage,
  SIGNED_IMAGE_MEDIA_TYPE,
  type SignedImage,
} from '../core/image/signed-image.ts';
import { simpleSigningPayload } from '../core/image/simple-signing.ts';
import { tagOf } from '../core/image/tags.ts';
import { imageSignatureStatement } from '../core/statement/build-statement.ts';
import { IN_TOTO_PAYLOAD_TYPE } from '../core/statement/envelope-statement.ts';
import { PLACEMENT_ANNOTATIONS, placementAnnotations } from '../core/statement/placement.ts';
import { predicateTypeUri } from '../core/statement/predicate-types.ts';
import type { SignedImageAnswer } from './answers.ts';
import { type AppendedEntry, appendEntry } from './append-entry.ts';
import { authoriseNow } from './authenticate.ts';
import type { Requirement } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { type OwnKey, ownKey } from './own-key.ts';
import { ServiceError, type Submission } from './ports.ts';
import { sealPayload } from './seal-payload.ts';
import { submissionIdentity } from './submission-identity.ts';
import { type RunInUse, useRun } from './use-run.ts';

/** Annotations that a signature may carry: cosign compares them with `-a key=value`. */
export type SignAnnotations = Readonly<Record<string, string>>;

export type SignImageRequest = {
  readonly manifest: Uint8Array;
  readonly mediaType?: string;
  readonly repository: string;
  readonly annotations?: SignAnnotations;
  /** The run that the image comes from; its id becomes an annotation, too. */
  readonly run?: string;
};

/**
 * Signs the image of exactly these manifest bytes and records it. The signature is a Sigstore bundle v0.3 as cosign 3
 * verifies it, and a simple-signing payload for older verifiers, both by the image key. A repeated request gets the
 * first signature again, byte for byte.
 * Faults: those of `parseManifest`, `http/malformed-parameter` for a repository name or an annotation that says another
 * run, `run/*` of the run, and of authorisation and `ownKey`.
 */
export async function signImage(
  context: ServiceContext,
  caller: Caller,
  request: SignImageRequest,
): Promise<Result<SignedImageAnswer>> {
  if (!REPOSITORY.test(request.repository))
    return fail('http/malformed-parameter', 'That is no repository name.', 'repository');
  const manifest = parseManifest(request.manifest, request.mediaType);
  if (!manifest.ok) return manifest;
  const annotations = annotationsOf(request);
  if (!annotations.ok) return annotations;
  const { repository, run } = request;
  const asked: Asked = { ...request, annotations: annotations.value };
  const appended = await appendEntry(context, async (attempt) => {
    const requirement: Requirement = { roles: ['pipeline', 'admin'], repository };
    const allowed = await authoriseNow(context, caller, requirement, attempt);
    if (!allowed.ok) return allowed;
    const used = run === undefined ? ok(undefined) : await useRun(context, { run, repository }, attempt);
    if (!used.ok) return used;
    const own = await ownKey(context, 'image', attempt);
    return own.ok
      ? ok(prepare(context, allowed.value, asked, manifest.value, { ...own.value, used: used.value }))
      : own;
  });
  if (!appended.ok) return appended;
  return ok(await answer(context, appended.value, imageSignatureStatement(manifest.value.digest, asked.annotations)));
}

/** A request with the annotations that the statement gets. */
type Asked = Omit<SignImageRequest, 'annotations'> & { readonly annotations: SignAnnotations | undefined };

/** The signature says itself which run it comes from, as attestations do. An annotation cannot say another. */
function annotationsOf({ annotations, run }: SignImageRequest): Result<SignAnnotations | undefined> {
  const said = annotations?.[PLACEMENT_ANNOTATIONS.run];
  if (said !== undefined && said !== run)
    return fail('http/malformed-parameter', 'The run of a signature is said by the parameter run.', 'annotation');
  return ok(run === undefined ? annotations : { ...annotations, ...placementAnnotations({ run }) });
}

function prepare(
  context: ServiceContext,
  caller: Caller,
  request: Asked,
  manifest: Manifest,
  { key, restsOn, before: keyBefore, used }: OwnKey & { readonly used: RunInUse | undefined },
): Submission {
  const before = [keyBefore ?? [], used?.before ?? []].flat().sort()[0];
  const document = formatSignedImage(signManifest(context, request, manifest));
  const sealed = sealPayload(document, SIGNED_IMAGE_MEDIA_TYPE, context.random);
  const body: ImageSigned = {
    digest: manifest.digest,
    mediaType: manifest.mediaType,
    size: manifest.sizeBytes,
    shape: manifest.kind,
    children: childDigests(manifest),
  };
  const annotations = formatCanonicalJson(request.annotations ?? {});
  const tag = tagOf(request.annotations);
  return {
    identity: submissionIdentity('image', [manifest.digest, request.repository, key.signer, annotations]),
    proposal: {
      kind: 'image.signed',
      principal: caller.principal,
      repository: request.repository,
      ...(request.run === undefined ? {} : { run: request.run }),
      signer: key.signer,
      assurance: 'service',
      predicateType: predicateTypeUri('cosign-sign'),
      payload: sealed.reference,
      body,
    },
    payload: sealed.stored,
    ...(tag === undefined ? {} : { tag }),
    restsOn: [
      { key: principalKey(caller.principal), n: caller.grants },
      ...restsOn,
      ...(used === undefined ? [] : [used.restsOn]),
    ],
    ...(before === undefined ? {} : { before }),
  };
}

function signManifest(context: ServiceContext, request: Asked, manifest: Manifest): SignedImage {
  const key = context.keys.image;
  const statement = imageSignatureStatement(manifest.digest, request.annotations);
  const signature = key.sign(pae(IN_TOTO_PAYLOAD_TYPE, statement));
  const payload = simpleSigningPayload(request.repository, manifest.digest);
  return {
    bundle: encodeUtf8(context.buildBundle(IN_TOTO_PAYLOAD_TYPE, statement, signature, key.publicKey)),
    manifest: request.manifest,
    simpleSigning: { payload, signature: key.sign(payload) },
  };
}

/** ECDSA signs the same bytes differently each time, so that what is answered is always what the ledger holds. */
async function answer(
  context: ServiceContext,
  appended: AppendedEntry,
  statement: Uint8Array,
): Promise<SignedImageAnswer> {
  const { entry, duplicate, receipt } = appended;
  const image = entry.body as ImageSigned;
  const commitment = entry.payload?.commitment ?? '';
  const stored = (await context.store.payloads([commitment])).get(commitment);
  const document = stored === undefined ? undefined : parseSignedImage(stored.bytes);
  invariant(document?.ok === true, 'a signed image that was appended reads back');
  const bundle = parseJson(document.value.bundle);
  const read = parseSigstoreBundle(document.value.bundle);
  invariant(bundle.ok && read.ok, 'a bundle of ours reads back');
  if (!equalBytes(read.value.envelope.payload, statement)) {
    const message = `Entry ${entry.seq} is said to be this signature, and has other annotations.`;
    throw new ServiceError({ code: 'database/projection-differs', message });
  }
  return {
    digest: image.digest,
    repository: entry.repository ?? '',
    mediaType: image.mediaType,
    shape: image.shape,
    ...(entry.run === undefined ? {} : { run: entry.run }),
    signer: entry.signer ?? '',
    bundle: bundle.value,
    simpleSigning: {
      payload: formatBase64(document.value.simpleSigning.payload),
      signature: formatBase64(document.value.simpleSigning.signature),
    },
    seq: entry.seq,
    duplicate,
    receipt,
  };
}
