import { formatPublicKeyPem, type PublicKey, parsePublicKeyPem, signerKeyId } from '../core/crypto/public-key.ts';
import { equalBytes } from '../core/encoding/bytes.ts';
import { principalKey, signerKey } from '../core/entry/keys.ts';
import type { SignerRegistered } from '../core/entry/kinds/signer-registered.ts';
import type { SignerRevoked } from '../core/entry/kinds/signer-revoked.ts';
import { SHA256_HEX, TIME } from '../core/entry/names.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import { formatSignerDocument, parseSignerDocument, SIGNER_MEDIA_TYPE } from '../core/trust/signer-document.ts';
import { agreeControl } from './agree-control.ts';
import type { Page, PageRequest, Recorded, SignerView } from './answers.ts';
import { type AppendedEntry, appendEntry } from './append-entry.ts';
import { authorise, EVERY_ROLE } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { page, readSeqCursor } from './cursor.ts';
import { requireAdmin } from './manage-principals.ts';
import type { Submission } from './ports.ts';
import { readSignerState, readSignerStates, type SignerState, standingOf } from './read-signer.ts';
import { sealPayload } from './seal-payload.ts';
import { submissionIdentity } from './submission-identity.ts';
import { requireUsableKey } from './usable-key.ts';

export type RegisterSignerRequest = {
  readonly publicKeyPem: string;
  readonly repositories: readonly string[];
  readonly stages: readonly string[];
  readonly title?: string;
  /** The agreement of the control keys, in a log that has some. */
  readonly control?: string;
  /** Ages from which on it is to be rotated, and from which on it does not count. */
  readonly ageSecondsWarn?: number;
  readonly ageSecondsMax?: number;
};

/**
 * Registers a pipeline's public key for stages of repositories. Once; registering the same again returns the first
 * receipt, and another scope for a known key is `signer/already-registered`. Weak keys are refused by `parsePublicKey`, and
 * those that are not the pipeline's own by `requireUsableKey`.
 */
export async function registerSigner(
  context: ServiceContext,
  caller: Caller,
  request: RegisterSignerRequest,
): Promise<Result<SignerView & Recorded>> {
  const key = parsePublicKeyPem(request.publicKeyPem);
  if (!key.ok) return key;
  const signer = signerKeyId(key.value);
  const usable = requireUsableKey(context, key.value, signer, 'publicKeyPem');
  if (!usable.ok) return usable;
  const document = signerDocument(key.value, request);
  if (!document.ok) return document;
  const appended = await appendEntry(context, async (attempt) => {
    const admin = await requireAdmin(context, caller);
    if (!admin.ok) return admin;
    const state = await readSignerState(context.store, signer);
    const identity = submissionIdentity('signer', [signer, document.value]);
    if (state !== undefined && !sameDocument(state, document.value)) {
      return fail('signer/already-registered', `The key is registered already, as ${signer}.`, 'publicKeyPem');
    }
    const sealed = sealPayload(document.value, SIGNER_MEDIA_TYPE, context.random);
    const body: SignerRegistered = { signer, use: 'attest' };
    const submission: Submission = {
      identity,
      proposal: { kind: 'signer.registered', principal: caller.principal, payload: sealed.reference, body },
      payload: sealed.stored,
      restsOn: restsOn(admin.value, signer, state),
      repeats: ['body', 'payload'],
    };
    const isRepeated = state !== undefined && attempt === 0;
    return agreeControl(context, submission, { control: request.control, isRepeated });
  });
  return appended.ok ? recordedView(context, signer, appended.value) : appended;
}

/**
 * Revokes a signer from `effective` on, now unless told. A second revocation may name an earlier time, never a later
 * one (`signer/later-than-before`). One of the service's own keys signs nothing more until another is put in its place.
 * Fault: `signer/unknown`.
 */
export async function revokeSigner(
  context: ServiceContext,
  caller: Caller,
  signer: string,
  effective?: string,
  control?: string,
): Promise<Result<SignerView & Recorded>> {
  if (effective !== undefined && !(TIME.test(effective) && !Number.isNaN(Date.parse(effective)))) {
    return fail('http/malformed-parameter', 'A time is RFC 3339 in UTC with milliseconds.', 'effective');
  }
  const appended = await appendEntry(context, async (attempt) => {
    const admin = await requireAdmin(context, caller);
    if (!admin.ok) return admin;
    const state = SHA256_HEX.test(signer) ? await readSignerState(context.store, signer) : undefined;
    if (state === undefined) return fail('signer/unknown', 'There is no such signer.', 'signer');
    const from = effective ?? state.revokedFrom ?? context.now().toISOString();
    if (state.revokedFrom !== undefined && from > state.revokedFrom) {
      return fail('signer/later-than-before', `The signer is revoked from ${state.revokedFrom} on.`, 'effective');
    }
    const body: SignerRevoked = { signer, effective: from };
    const submission: Submission = {
      identity: submissionIdentity('signer-revoked', [signer, from]),
      proposal: { kind: 'signer.revoked', principal: caller.principal, body },
      restsOn: restsOn(admin.value, signer, state),
    };
    return agreeControl(context, submission, { control, isRepeated: from === state.revokedFrom && attempt === 0 });
  });
  return appended.ok ? recordedView(context, signer, appended.value) : appended;
}

export async function listSigners(
  context: ServiceContext,
  caller: Caller,
  request: PageRequest,
): Promise<Result<Page<SignerView>>> {
  const allowed = authorise(caller, { roles: EVERY_ROLE });
  if (!allowed.ok) return allowed;
  const after = readSeqCursor(request.cursor);
  if (!after.ok) return after;
  const names = await context.projections.names('signer', after.value, request.limit + 1);
  const states = await readSignerStates(
    context.store,
    names.map(({ name }) => name),
  );
  const known = names.flatMap(({ name, seq }) => {
    const state = states.get(name);
    return state === undefined ? [] : [{ state, seq }];
  });
  const now = context.now().toISOString();
  return ok(
    page(
      known,
      request.limit,
      ({ state }) => signerView(state, now),
      ({ seq }) => String(seq),
    ),
  );
}

export async function readSigner(context: ServiceContext, caller: Caller, signer: string): Promise<Result<SignerView>> {
  const allowed = authorise(caller, { roles: EVERY_ROLE });
  if (!allowed.ok) return allowed;
  const state = SHA256_HEX.test(signer) ? await readSignerState(context.store, signer) : undefined;
  return state === undefined
    ? fail('signer/unknown', 'There is no such signer.', 'signer')
    : ok(signerView(state, context.now().toISOString()));
}

function signerDocument(key: PublicKey, request: RegisterSignerRequest): Result<Uint8Array> {
  const { publicKeyPem: _pem, ...rest } = request;
  const document = formatSignerDocument({ key, ...rest });
  const readable = parseSignerDocument(document);
  return readable.ok ? ok(document) : readable;
}

function sameDocument(state: SignerState, document: Uint8Array): boolean {
  return equalBytes(formatSignerDocument(state.document), document);
}

function restsOn(admin: Caller, signer: string, state: SignerState | undefined): Submission['restsOn'] {
  return [
    { key: principalKey(admin.principal), n: admin.grants },
    ...(state?.restsOn ?? [{ key: signerKey(signer), n: 0 }]),
  ];
}

/** The signer as it is now, beside the entry that was written about it. */
export async function recordedView(
  context: ServiceContext,
  signer: string,
  appended: AppendedEntry,
): Promise<Result<SignerView & Recorded>> {
  const state = await readSignerState(context.store, signer);
  if (state === undefined) return fail('signer/unknown', 'There is no such signer.', 'signer');
  const { entry, duplicate, receipt } = appended;
  return ok({ ...signerView(state, context.now().toISOString()), seq: entry.seq, duplicate, receipt });
}

function signerView(state: SignerState, now: string): SignerView {
  const { revokedFrom, predecessor, rotation, warnFrom, expiresAt } = state;
  const { key, repositories, stages, title, ageSecondsWarn, ageSecondsMax } = state.document;
  return {
    signer: state.signer,
    use: state.use,
    algorithm: key.algorithm,
    publicKeyPem: formatPublicKeyPem(key),
    repositories,
    stages,
    ...(title === undefined ? {} : { title }),
    state: standingOf(state, now),
    registeredAt: state.registeredAt,
    ...(revokedFrom === undefined ? {} : { revokedFrom }),
    ...(ageSecondsWarn === undefined ? {} : { ageSecondsWarn }),
    ...(ageSecondsMax === undefined ? {} : { ageSecondsMax }),
    ...(warnFrom === undefined ? {} : { warnFrom }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(predecessor === undefined ? {} : { follows: predecessor }),
    ...(rotation === undefined ? {} : { successor: rotation.successor, retiredFrom: rotation.retiredFrom }),
  };
}
