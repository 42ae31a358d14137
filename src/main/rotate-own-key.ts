import type { AgreedChange } from '../cli/control-file.ts';
import type { Config } from '../config/config.ts';
import type { ControlRequest } from '../core/control/control-request.ts';
import { DSSE_MEDIA_TYPE } from '../core/dsse/envelope.ts';
import { verifyEnvelope } from '../core/dsse/verify-envelope.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { signerKey } from '../core/entry/keys.ts';
import type { SignerRotated } from '../core/entry/kinds/signer-rotated.ts';
import { SERVICE_PRINCIPAL } from '../core/trust/grant-document.ts';
import { parseRotation } from '../core/trust/rotation-document.ts';
import { mayFollow } from '../core/trust/signer-document.ts';
import { drawNextKey, promoteNextKey, type RotatedKeyName } from '../keys/next-key.ts';
import { openServiceKeys } from '../keys/service-keys.ts';
import { signRotation } from '../keys/sign-rotation.ts';
import { agreeControl, requestControl } from '../service/agree-control.ts';
import { appendEntry } from '../service/append-entry.ts';
import type { ServiceContext } from '../service/context.ts';
import { ServiceError, type SigningKey, type Submission } from '../service/ports.ts';
import { isRevoked, readSignerStates, type SignerState } from '../service/read-signer.ts';
import { sealPayload } from '../service/seal-payload.ts';
import { submissionIdentity } from '../service/submission-identity.ts';
import { withKeyHolder } from './with-key-holder.ts';

/** What a rotation of one of the service's own keys came to. */
export type RotatedKey = {
  readonly name: RotatedKeyName;
  readonly old: string;
  readonly signer: string;
  /** From when on the old key does not count. */
  readonly until: string;
  /** Where the old key lies now. */
  readonly kept: string;
};

export type RotateKeyOptions = {
  readonly overlapSeconds: number;
  /** Of the keys; undefined in development. */
  readonly passphrase: string | undefined;
  readonly log: (line: string) => void;
  /** What the control keys agreed to, in a log that has some ({@link requestOwnRotation}). The overlap is that of it. */
  readonly agreed?: AgreedChange<SignerRotated>;
  /** Hears of each step once it is durable; for tests that end the process there. */
  readonly afterStep?: (step: 'drawn' | 'recorded' | 'promoted') => void;
};

/**
 * Lets a new key take the place of one of the service's own, beside services that run or without: the key is drawn and
 * durable, the log names it by a rotation that both keys sign, and only then is its file put in the old one's place. A run
 * that was cut short anywhere is simply run again. Faults, as ServiceError: those of `openReplica` and `agreeControl`;
 * `signer/revoked` for a key that was, which vouches for none; `signer/rotation-differs`, `signer/rotation-not-signed` and
 * `signer/wider-than-predecessor` for what was agreed to.
 */
export async function rotateOwnKey(
  config: Config,
  name: RotatedKeyName,
  { overlapSeconds, passphrase, log, agreed, afterStep = () => undefined }: RotateKeyOptions,
): Promise<RotatedKey> {
  const { keysFolder } = config;
  const keys = openServiceKeys(keysFolder, passphrase, { mustExist: true });
  const old = keys[name];
  const next = await drawNextKey(keysFolder, name, old, passphrase);
  afterStep('drawn');
  const until = await withKeyHolder({ config, keys, log }, (context) =>
    recordRotation(context, { old, next, overlapSeconds }, agreed),
  );
  afterStep('recorded');
  const kept = await promoteNextKey(keysFolder, name, old);
  afterStep('promoted');
  return { name, old: old.signer, signer: next.signer, until, kept };
}

/**
 * Draws the next key, and says what control keys are asked to sign, so that it may follow; or until when the old key counts,
 * where the ledger has the rotation already. Faults, as ServiceError: those of {@link rotateOwnKey}, `control/not-needed`.
 */
export async function requestOwnRotation(
  config: Config,
  name: RotatedKeyName,
  { overlapSeconds, passphrase, log }: Pick<RotateKeyOptions, 'overlapSeconds' | 'passphrase' | 'log'>,
): Promise<ControlRequest | { readonly until: string }> {
  const keys = openServiceKeys(config.keysFolder, passphrase, { mustExist: true });
  const old = keys[name];
  const next = await drawNextKey(config.keysFolder, name, old, passphrase);
  return withKeyHolder({ config, keys, log }, async (context) => {
    const until = await rotatedUntil(context, old, next);
    if (until !== undefined) return { until };
    const request = await requestControl(context, await rotationOf(context, { old, next, overlapSeconds }));
    if (!request.ok) throw new ServiceError(request.fault);
    return request.value;
  });
}

type Rotating = { readonly old: SigningKey; readonly next: SigningKey; readonly overlapSeconds: number };

/** The entry by which one key of the service follows another; where the ledger has it already, nothing is written. */
async function recordRotation(
  context: ServiceContext,
  rotating: Rotating,
  agreed: AgreedChange<SignerRotated> | undefined,
): Promise<string> {
  const known = await rotatedUntil(context, rotating.old, rotating.next);
  if (known !== undefined) return known;
  const appended = await appendEntry(context, async () =>
    agreeControl(context, await rotationOf(context, rotating, agreed), { control: agreed?.control }),
  );
  if (!appended.ok) throw new ServiceError(appended.fault);
  return (appended.value.entry.body as SignerRotated).until;
}

async function rotatedUntil({ store }: ServiceContext, old: SigningKey, next: SigningKey): Promise<string | undefined> {
  const rotation = (await readSignerStates(store, [old.signer])).get(old.signer)?.rotation;
  if (rotation === undefined) return undefined;
  if (rotation.successor === next.signer) return rotation.until;
  const message = `Another replica lets ${rotation.successor} follow the key: take its file, and remove the .next.key here.`;
  throw new ServiceError({ code: 'signer/rotated-twice', message });
}

async function rotationOf(
  context: ServiceContext,
  rotating: Rotating,
  agreed?: AgreedChange<SignerRotated>,
): Promise<Submission> {
  const { old, next } = rotating;
  const states = await readSignerStates(context.store, [old.signer, next.signer]);
  const state = states.get(old.signer);
  if (state !== undefined && isRevoked(state, context.now().toISOString())) {
    const message = `The key ${old.signer} was revoked, and vouches for none: waybill keys replace.`;
    throw new ServiceError({ code: 'signer/revoked', message });
  }
  const { document, until } =
    agreed === undefined
      ? handOver(context, rotating, state)
      : { document: agreedDocument(context, rotating, state, agreed), until: agreed.body.until };
  const sealed = sealPayload(document, DSSE_MEDIA_TYPE, context.random);
  const body: SignerRotated = { signer: old.signer, successor: next.signer, until };
  return {
    // Whoever runs the service may have two of these under way: the first one is the rotation.
    identity: submissionIdentity('own-key-rotated', [old.signer, next.signer]),
    proposal: { kind: 'signer.rotated', principal: SERVICE_PRINCIPAL, payload: sealed.reference, body },
    payload: sealed.stored,
    restsOn: [...(state?.restsOn ?? []), { key: signerKey(next.signer), n: states.get(next.signer)?.entries ?? 0 }],
    repeats: [],
  };
}

/** What both keys sign now, and until when both count. */
function handOver(
  { store, now }: ServiceContext,
  { old, next, overlapSeconds }: Rotating,
  state: SignerState | undefined,
): { readonly document: Uint8Array; readonly until: string } {
  const until = new Date(now().getTime() + overlapSeconds * 1000).toISOString();
  const scope = { repositories: state?.document.repositories ?? ['*'], stages: state?.document.stages ?? ['*'] };
  const title = state?.document.title;
  const terms = { log: store.origin, until, ...scope, ...(title === undefined ? {} : { title }) };
  return { document: encodeUtf8(signRotation(old, next, terms)), until };
}

/** What the control keys agreed to, where it is a rotation from the one key to the other that both signed. */
function agreedDocument(
  { store }: ServiceContext,
  { old, next }: Rotating,
  state: SignerState | undefined,
  { body, document }: AgreedChange<SignerRotated>,
): Uint8Array {
  const read = parseRotation(document);
  if (!read.ok) throw new ServiceError(read.fault);
  const { rotation, envelope } = read.value;
  const { signer, successor, until } = rotation;
  const isThis = signer === old.signer && successor.signer === next.signer && until === body.until;
  if (rotation.log !== store.origin || !isThis)
    throw new ServiceError({
      code: 'signer/rotation-differs',
      message: 'What was agreed to is the rotation of other keys than those that lie here: prepare it once more.',
    });
  const signed = verifyEnvelope(envelope, [old.publicKey, next.publicKey]);
  if (!signed.ok || signed.value.length !== 2)
    throw new ServiceError({ code: 'signer/rotation-not-signed', message: 'Not both keys signed what was agreed to.' });
  if (state !== undefined && !mayFollow(successor, state.document))
    throw new ServiceError({ code: 'signer/wider-than-predecessor', message: 'The successor would reach farther.' });
  return document;
}
