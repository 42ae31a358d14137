import { sha256 } from '#sha256';
import { DSSE_MEDIA_TYPE, type Envelope, formatEnvelope } from '../core/dsse/envelope.ts';
import { pae } from '../core/dsse/pae.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import type { Assurance } from '../core/entry/entry.ts';
import { principalKey } from '../core/entry/keys.ts';
import type { AttestationRecorded } from '../core/entry/kinds/attestation-recorded.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import { IN_TOTO_PAYLOAD_TYPE } from '../core/statement/envelope-statement.ts';
import { predicateTypeByUri } from '../core/statement/predicate-types.ts';
import type { AttestationAnswer } from './answers.ts';
import { appendEntry } from './append-entry.ts';
import { authoriseNow } from './authenticate.ts';
import type { Requirement } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { ownKey } from './own-key.ts';
import type { Submission } from './ports.ts';
import {
  type ReadAttestation,
  readSubmitted,
  type SignedAttestation,
  type SubmittedAttestation,
  type UnsignedAttestation,
} from './read-attestation.ts';
import { endOf, isInForce, isRevoked, readSignerState, type SignerState } from './read-signer.ts';
import { sealPayload } from './seal-payload.ts';
import { checkSignatures, type SignatureCheck } from './signature-check.ts';
import { submissionIdentity } from './submission-identity.ts';
import { type RunInUse, useRun } from './use-run.ts';

/** Signers out of scope that are tried, only to name the reason of a refusal. */
const OTHERS_TRIED_MAX = 64;

/** Who vouches for an attestation, and how the ledger says so. */
type Vouched = {
  readonly signer: string;
  readonly assurance: Assurance;
  readonly restsOn: Submission['restsOn'];
  /** When the signer's revocation or retirement takes effect, where one is announced. */
  readonly before?: string;
};

type Ready = Vouched & {
  readonly payload: Uint8Array;
  readonly mediaType: string;
  readonly form: AttestationRecorded['form'];
  readonly subjects: readonly string[];
  readonly predicateType: string;
};

/**
 * Records what a stage attests: validate, authorise, verify the signature (or sign for the caller), sequence, receipt.
 * Nothing is accepted whose signature does not verify now, by a signer that may attest this stage of this repository now.
 * Faults: those of reading, `auth/*`, `run/*` of the run that it names, `attestation/signer-unknown`, `attestation/signer-revoked`,
 * `attestation/signer-rotated`, `attestation/signer-too-old`, `attestation/signer-out-of-scope`, `dsse/no-trusted-signature`.
 */
export async function submitAttestation(
  context: ServiceContext,
  caller: Caller,
  submitted: SubmittedAttestation,
): Promise<Result<AttestationAnswer>> {
  const attestation = await readSubmitted(submitted, context.readLarge);
  if (!attestation.ok) return attestation;
  const read = attestation.value;
  const check = read.signed ? checkSignatures(context.verifySignature, read.envelope) : undefined;
  const appended = await appendEntry(context, async (attempt) => {
    const requirement: Requirement = { roles: ['pipeline', 'admin'], repository: read.repository, stage: read.stage };
    const allowed = await authoriseNow(context, caller, requirement, attempt);
    if (!allowed.ok) return allowed;
    const used = await useRunOf(context, read, attempt);
    if (!used.ok) return used;
    const ready =
      read.signed && check !== undefined
        ? await verifySigned(context, read, submitted.body, check, attempt)
        : await signForCaller(context, read as UnsignedAttestation, attempt);
    return ready.ok ? ok(submission(context, allowed.value, read, ready.value, used.value, submitted.body)) : ready;
  });
  if (!appended.ok) return appended;
  const { entry, duplicate, receipt } = appended.value;
  return ok({
    seq: entry.seq,
    duplicate,
    receipt,
    subjects: (entry.body as AttestationRecorded).subjects,
    repository: entry.repository ?? '',
    stage: entry.stage ?? '',
    ...(entry.run === undefined ? {} : { run: entry.run }),
    predicateType: read.predicateType,
    assurance: entry.assurance ?? '',
    signer: entry.signer ?? '',
    recognised: read.recognised,
  });
}

/** The run that the attestation is filed under, where it names one. */
async function useRunOf(
  context: ServiceContext,
  read: ReadAttestation,
  attempt: number,
): Promise<Result<RunInUse | undefined>> {
  const { run, repository } = read;
  if (run === undefined) return ok(undefined);
  return useRun(context, { run, repository, subjects: read.signed ? read.subjects : [read.subject] }, attempt);
}

async function verifySigned(
  context: ServiceContext,
  attestation: SignedAttestation,
  body: Uint8Array,
  check: SignatureCheck,
  attempt: number,
): Promise<Result<Ready>> {
  const known = attempt === 0 ? await findKnownSigner(context, attestation, check) : undefined;
  const found = known === undefined ? await findSigner(context, attestation, check) : ok(known);
  if (!found.ok) return found;
  const signer = found.value;
  const before = endOf(signer);
  return ok({
    signer: signer.signer,
    assurance: 'pipeline',
    restsOn: signer.restsOn,
    ...(before === undefined ? {} : { before }),
    payload: body,
    mediaType: attestation.mediaType,
    form: attestation.form,
    subjects: attestation.subjects,
    predicateType: attestation.predicateType,
  });
}

/** The first signer in memory that made a signature, may attest here, and was not revoked when it was read. */
async function findKnownSigner(
  context: ServiceContext,
  { repository, stage, envelope }: SignedAttestation,
  check: SignatureCheck,
): Promise<SignerState | undefined> {
  const hints = envelope.signatures.map(({ keyid }) => keyid);
  const now = context.now().toISOString();
  const known = context.signers.known(repository, stage, hints).filter((signer) => isInForce(signer, now));
  const signer = await check.firstOf(known);
  if (signer !== undefined) context.signers.noteSigned(repository, stage, signer);
  return signer;
}

/** The first signer that made a signature and may attest here now; otherwise the reason why the one that did may not. */
async function findSigner(
  context: ServiceContext,
  { repository, stage }: SignedAttestation,
  check: SignatureCheck,
): Promise<Result<SignerState>> {
  const { inScope, others } = await context.signers.candidates(repository, stage);
  const signed = await check.allOf(inScope);
  if (signed.length === 0) {
    const known = (await check.firstOf(others.slice(0, OTHERS_TRIED_MAX))) !== undefined;
    return known
      ? fail('attestation/signer-out-of-scope', `The signer may not attest ${stage} of ${repository}.`)
      : fail('attestation/signer-unknown', 'No registered signer made a signature of this envelope.');
  }
  const now = context.now().toISOString();
  let refused: Result<never> = fail('attestation/signer-revoked', 'The signer was revoked.');
  for (const { signer } of signed) {
    const current = await readSignerState(context.store, signer);
    if (current !== undefined) context.signers.update(current);
    if (current !== undefined && isInForce(current, now)) return ok(current);
    if (current !== undefined && !isRevoked(current, now)) refused = pastItsTime(current, now);
  }
  return refused;
}

function pastItsTime({ rotation, expiresAt }: SignerState, now: string): Result<never> {
  if (rotation !== undefined && now >= rotation.until)
    return fail('attestation/signer-rotated', `The signer was followed by ${rotation.successor}.`);
  return fail('attestation/signer-too-old', `The signer was to be rotated before ${expiresAt}.`);
}

async function signForCaller(
  context: ServiceContext,
  { subject, predicateType, statement }: UnsignedAttestation,
  attempt: number,
): Promise<Result<Ready>> {
  const own = await ownKey(context, 'service', attempt);
  if (!own.ok) return own;
  const { key, restsOn, before } = own.value;
  const sig = key.sign(pae(IN_TOTO_PAYLOAD_TYPE, statement));
  const envelope: Envelope = {
    payloadType: IN_TOTO_PAYLOAD_TYPE,
    payload: statement,
    signatures: [{ keyid: '', sig }],
  };
  return ok({
    signer: key.signer,
    assurance: 'service',
    restsOn,
    ...(before === undefined ? {} : { before }),
    payload: encodeUtf8(formatEnvelope(envelope)),
    mediaType: DSSE_MEDIA_TYPE,
    form: 'envelope',
    subjects: [subject],
    predicateType,
  });
}

function submission(
  context: ServiceContext,
  caller: Caller,
  attestation: ReadAttestation,
  ready: Ready,
  used: RunInUse | undefined,
  body: Uint8Array,
): Submission {
  const sealed = sealPayload(ready.payload, ready.mediaType, context.random);
  const known = predicateTypeByUri(ready.predicateType);
  const about = attestation.signed ? '' : attestation.subject;
  const { repository, stage, run } = attestation;
  const place = [about, repository, stage, ...(run === undefined ? [] : [run])];
  const before = [ready.before ?? [], used?.before ?? []].flat().sort()[0];
  // What the service signs follows from what was submitted; under another key or form of it, it is another attestation.
  const made = attestation.signed ? [] : [sha256(ready.payload)];
  const recorded: AttestationRecorded = { form: ready.form, subjects: ready.subjects };
  return {
    identity: submissionIdentity('attestation', [sha256(body), attestation.recognised, ...place, ...made]),
    proposal: {
      kind: 'attestation.recorded',
      principal: caller.principal,
      repository,
      stage,
      ...(run === undefined ? {} : { run }),
      signer: ready.signer,
      assurance: ready.assurance,
      ...(known === undefined ? {} : { predicateType: known.uri }),
      payload: sealed.reference,
      body: recorded,
    },
    payload: sealed.stored,
    restsOn: [
      { key: principalKey(caller.principal), n: caller.grants },
      ...ready.restsOn,
      ...(used === undefined ? [] : [used.restsOn]),
    ],
    ...(before === undefined ? {} : { before }),
    repeats: ['body', 'payload', 'run'],
  };
}
