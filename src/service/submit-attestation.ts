import { sha256 } from '#sha256';
import { DSSE_MEDIA_TYPE, type Envelope, formatEnvelope } from '../core/dsse/envelope.ts';
import { pae } from '../core/dsse/pae.ts';
import { verifyEnvelope } from '../core/dsse/verify-envelope.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import type { Assurance } from '../core/entry/entry.ts';
import { principalKey, signerKey } from '../core/entry/keys.ts';
import type { AttestationRecorded } from '../core/entry/kinds/attestation-recorded.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import { buildStatement } from '../core/statement/build-statement.ts';
import { IN_TOTO_PAYLOAD_TYPE } from '../core/statement/envelope-statement.ts';
import { predicateTypeByUri } from '../core/statement/predicate-types.ts';
import { formatStatement } from '../core/statement/statement.ts';
import type { AttestationAnswer } from './answers.ts';
import { appendEntry } from './append-entry.ts';
import { readCaller } from './authenticate.ts';
import { authorise } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import type { Submission } from './ports.ts';
import {
  readAttestation,
  type SignedAttestation,
  type SubmittedAttestation,
  type UnsignedAttestation,
} from './read-attestation.ts';
import { readSignerState, type SignerState } from './read-signer.ts';
import { sealPayload } from './seal-payload.ts';
import { submissionIdentity } from './submission-identity.ts';

/** Signers out of scope that are tried, only to name the reason of a refusal. */
const OTHERS_TRIED_MAX = 64;
/** Keys that are tried before the event loop turns: about 10 ms with 16 signatures. */
const KEYS_AT_ONCE = 8;

/** Who vouches for an attestation, and how the ledger says so. */
type Vouched = {
  readonly signer: string;
  readonly assurance: Assurance;
  readonly restsOn: Submission['restsOn'];
  /** When the signer's revocation takes effect, where one is announced. */
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
 * Faults: those of reading, `auth/*`, `attestation/signer-unknown`, `attestation/signer-revoked`,
 * `attestation/signer-out-of-scope`, `dsse/no-trusted-signature`.
 */
export async function submitAttestation(
  context: ServiceContext,
  caller: Caller,
  submitted: SubmittedAttestation,
): Promise<Result<AttestationAnswer>> {
  const attestation = readAttestation(submitted);
  if (!attestation.ok) return attestation;
  const read = attestation.value;
  const appended = await appendEntry(context, async () => {
    const current = await readCaller(context, caller.principal);
    const allowed = current.ok
      ? authorise(current.value, { roles: ['pipeline', 'admin'], repository: read.repository, stage: read.stage })
      : current;
    if (!allowed.ok) return allowed;
    const ready = read.signed ? await verifySigned(context, read, submitted.body) : ok(signForCaller(context, read));
    return ready.ok ? ok(submission(context, allowed.value, read, ready.value, submitted.body)) : ready;
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
    predicateType: read.signed ? read.statement.predicateType : read.predicateType,
    assurance: entry.assurance ?? '',
    signer: entry.signer ?? '',
    recognised: read.recognised,
  });
}

async function verifySigned(
  context: ServiceContext,
  attestation: SignedAttestation,
  body: Uint8Array,
): Promise<Result<Ready>> {
  const signer = await findSigner(context, attestation);
  if (!signer.ok) return signer;
  return ok({
    signer: signer.value.signer,
    assurance: 'pipeline',
    restsOn: [{ key: signerKey(signer.value.signer), n: signer.value.entries }],
    ...(signer.value.revokedFrom === undefined ? {} : { before: signer.value.revokedFrom }),
    payload: body,
    mediaType: attestation.mediaType,
    form: attestation.form,
    subjects: attestation.subjects,
    predicateType: attestation.statement.predicateType,
  });
}

/** The first signer that made a signature and may attest here now; otherwise the reason why the one that did may not. */
async function findSigner(context: ServiceContext, attestation: SignedAttestation): Promise<Result<SignerState>> {
  const { repository, stage, envelope } = attestation;
  const { inScope, others } = await context.signers.candidates(repository, stage);
  const signed = await signedBy(envelope, inScope);
  if (signed.length === 0) {
    const known = (await signedBy(envelope, others.slice(0, OTHERS_TRIED_MAX))).length > 0;
    return known
      ? fail('attestation/signer-out-of-scope', `The signer may not attest ${stage} of ${repository}.`)
      : fail('attestation/signer-unknown', 'No registered signer made a signature of this envelope.');
  }
  const now = context.now().toISOString();
  for (const { signer } of signed) {
    const current = await readSignerState(context.store, signer);
    if (current !== undefined && (current.revokedFrom === undefined || now < current.revokedFrom)) return ok(current);
  }
  return fail('attestation/signer-revoked', 'The signer was revoked.');
}

/** Sixteen signatures under a thousand keys take a second: others are served in between. */
async function signedBy(envelope: Envelope, candidates: readonly SignerState[]): Promise<readonly SignerState[]> {
  const signed: SignerState[] = [];
  for (let from = 0; from < candidates.length; from += KEYS_AT_ONCE) {
    if (from > 0) await new Promise((resume) => setImmediate(resume));
    const some = candidates.slice(from, from + KEYS_AT_ONCE);
    const verified = verifyEnvelope(
      envelope,
      some.map(({ document }) => document.key),
    );
    const keys = new Set(verified.ok ? verified.value.map(({ key }) => key) : []);
    signed.push(...some.filter(({ document }) => keys.has(document.key)));
  }
  return signed;
}

function signForCaller(context: ServiceContext, attestation: UnsignedAttestation): Ready {
  const { subject, repository, stage, predicateType, predicate } = attestation;
  const about = subject.startsWith('sha256:') ? { digest: subject } : { commit: subject };
  const statement = encodeUtf8(
    formatStatement(buildStatement({ ...about, repository, stage, predicateType, predicate })),
  );
  const sig = context.keys.service.sign(pae(IN_TOTO_PAYLOAD_TYPE, statement));
  const envelope: Envelope = {
    payloadType: IN_TOTO_PAYLOAD_TYPE,
    payload: statement,
    signatures: [{ keyid: '', sig }],
  };
  return {
    signer: context.keys.service.signer,
    assurance: 'service',
    restsOn: [],
    payload: encodeUtf8(formatEnvelope(envelope)),
    mediaType: DSSE_MEDIA_TYPE,
    form: 'envelope',
    subjects: [subject],
    predicateType,
  };
}

function submission(
  context: ServiceContext,
  caller: Caller,
  attestation: SignedAttestation | UnsignedAttestation,
  ready: Ready,
  body: Uint8Array,
): Submission {
  const sealed = sealPayload(ready.payload, ready.mediaType, context.random);
  const known = predicateTypeByUri(ready.predicateType);
  const about = attestation.signed ? '' : attestation.subject;
  const place = [about, attestation.repository, attestation.stage];
  // What the service signs follows from what was submitted; under another key or form of it, it is another attestation.
  const made = attestation.signed ? [] : [sha256(ready.payload)];
  const recorded: AttestationRecorded = { form: ready.form, subjects: ready.subjects };
  return {
    identity: submissionIdentity('attestation', [sha256(body), attestation.recognised, ...place, ...made]),
    proposal: {
      kind: 'attestation.recorded',
      principal: caller.principal,
      repository: attestation.repository,
      stage: attestation.stage,
      signer: ready.signer,
      assurance: ready.assurance,
      ...(known === undefined ? {} : { predicateType: known.uri }),
      payload: sealed.reference,
      body: recorded,
    },
    payload: sealed.stored,
    restsOn: [{ key: principalKey(caller.principal), n: caller.grants }, ...ready.restsOn],
    ...(ready.before === undefined ? {} : { before: ready.before }),
    repeats: ['body', 'payload'],
  };
}
