import { DSSE_MEDIA_TYPE, type Envelope, formatEnvelope, readEnvelope } from '../core/dsse/envelope.ts';
import { verifyEnvelope } from '../core/dsse/verify-envelope.ts';
import { equalBytes } from '../core/encoding/bytes.ts';
import type { Json } from '../core/encoding/json.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { principalKey, signerKey } from '../core/entry/keys.ts';
import type { SignerRotated } from '../core/entry/kinds/signer-rotated.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import { type Rotation, readRotation } from '../core/trust/rotation-document.ts';
import { formatSignerDocument, mayFollow } from '../core/trust/signer-document.ts';
import { agreeControl } from './agree-control.ts';
import type { Recorded, SignerView } from './answers.ts';
import { appendEntry } from './append-entry.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { requireAdmin } from './manage-principals.ts';
import { recordedView } from './manage-signers.ts';
import type { Submission } from './ports.ts';
import { isRevoked, readSignerStates, type SignerState } from './read-signer.ts';
import { sealPayload } from './seal-payload.ts';
import { submissionIdentity } from './submission-identity.ts';
import { requireUsableKey } from './usable-key.ts';

/** How long two keys may count side by side: whoever needs longer does not rotate. */
const OVERLAP_MS_MAX = 366 * 24 * 60 * 60 * 1000;

/**
 * Lets another key follow a pipeline's signer, with no more scope than that had: an envelope over the rotation, signed by
 * both keys. From its `until` on the old key does not count; whatever names the old key counts the new one, too.
 *
 * Faults: those of `readEnvelope`, `signer/malformed-rotation`, `signer/rotation-differs`, `signer/unknown`, `signer/revoked`,
 * `signer/predecessor-revoked`, `signer/rotated-twice`, `signer/already-registered`, `signer/wider-than-predecessor`,
 * `signer/rotation-not-signed`, `signer/overlap-out-of-range`, those of `requireUsableKey`
 * and of `agreeControl`.
 */
export async function rotateSigner(
  context: ServiceContext,
  caller: Caller,
  signer: string,
  document: Json,
  control?: string,
): Promise<Result<SignerView & Recorded>> {
  const envelope = readEnvelope(document);
  if (!envelope.ok) return envelope;
  const rotation = readRotation(envelope.value);
  if (!rotation.ok) return rotation;
  const asked = rotation.value;
  if (asked.log !== context.store.origin || asked.signer !== signer)
    return fail('signer/rotation-differs', 'The envelope is about another signer, or another log.', 'payload');
  const usable = requireUsableKey(context, asked.successor.key, asked.successor.signer, 'payload');
  if (!usable.ok) return usable;
  const appended = await appendEntry(context, async (attempt) => {
    const admin = await requireAdmin(context, caller);
    if (!admin.ok) return admin;
    const states = await readSignerStates(context.store, [signer, asked.successor.signer]);
    const fault = refusal(context, states, asked, envelope.value);
    const old = states.get(signer);
    if (!fault.ok || old === undefined) return fault.ok ? unknown() : fault;
    const successor = states.get(asked.successor.signer);
    const made = submission(context, admin.value, old, successor, asked, envelope.value);
    return agreeControl(context, made, { control, isRepeated: successor !== undefined && attempt === 0 });
  });
  return appended.ok ? recordedView(context, asked.successor.signer, appended.value) : appended;
}

function refusal(
  context: ServiceContext,
  states: ReadonlyMap<string, SignerState>,
  asked: Rotation,
  envelope: Envelope,
): Result<void> {
  const old = states.get(asked.signer);
  if (old === undefined || old.use !== 'attest') return unknown();
  const successor = states.get(asked.successor.signer);
  // Told again: what was recorded then is found by its identity, whatever has become of the keys since.
  if (successor !== undefined && isRepeated(old, successor, asked)) return ok(undefined);
  if (successor !== undefined)
    return fail('signer/already-registered', `The key is registered already, as ${successor.signer}.`, 'payload');
  if (old.rotation !== undefined)
    return fail('signer/rotated-twice', `The signer was followed by ${old.rotation.successor}.`, 'signer');
  if (old.isDisowned) return fail('signer/predecessor-revoked', 'The signer itself counts for nothing.', 'signer');
  const now = context.now();
  if (isRevoked(old, now.toISOString()))
    return fail('signer/revoked', `The signer is revoked from ${old.revokedFrom} on.`, 'signer');
  if (Date.parse(asked.until) - now.getTime() > OVERLAP_MS_MAX)
    return fail('signer/overlap-out-of-range', 'Two keys count side by side for 366 days at most.', 'payload');
  if (!mayFollow(asked.successor, old.document))
    return fail('signer/wider-than-predecessor', 'A successor reaches no farther, and grows no older.', 'payload');
  const signed = verifyEnvelope(envelope, [old.document.key, asked.successor.key]);
  if (!signed.ok || signed.value.length !== 2)
    return fail('signer/rotation-not-signed', 'A rotation is signed by the old and by the new key.', 'signatures');
  return ok(undefined);
}

function isRepeated({ rotation }: SignerState, successor: SignerState, asked: Rotation): boolean {
  return (
    rotation?.successor === successor.signer &&
    rotation.until === asked.until &&
    equalBytes(formatSignerDocument(successor.document), formatSignerDocument(asked.successor))
  );
}

function submission(
  { random }: ServiceContext,
  admin: Caller,
  old: SignerState,
  successor: SignerState | undefined,
  { until, ...asked }: Rotation,
  envelope: Envelope,
): Submission {
  const sealed = sealPayload(encodeUtf8(formatEnvelope(envelope)), DSSE_MEDIA_TYPE, random);
  const body: SignerRotated = { signer: old.signer, successor: asked.successor.signer, until };
  return {
    // Of what is signed, not of the signatures: an ECDSA key makes others each time.
    identity: submissionIdentity('signer-rotated', [old.signer, envelope.payload]),
    proposal: { kind: 'signer.rotated', principal: admin.principal, payload: sealed.reference, body },
    payload: sealed.stored,
    restsOn: [
      { key: principalKey(admin.principal), n: admin.grants },
      ...old.restsOn,
      { key: signerKey(asked.successor.signer), n: successor?.entries ?? 0 },
    ],
    ...(old.revokedFrom === undefined ? {} : { before: old.revokedFrom }),
  };
}

function unknown(): Result<never> {
  return fail('signer/unknown', 'There is no such pipeline signer.', 'signer');
}
