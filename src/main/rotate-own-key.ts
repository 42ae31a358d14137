import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { DSSE_MEDIA_TYPE } from '../core/dsse/envelope.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { signerKey } from '../core/entry/keys.ts';
import type { SignerRotated } from '../core/entry/kinds/signer-rotated.ts';
import { ok } from '../core/fault.ts';
import { SERVICE_PRINCIPAL } from '../core/trust/grant-document.ts';
import { drawNextKey, promoteNextKey, type RotatedKeyName } from '../keys/next-key.ts';
import { ORIGIN_FILE } from '../keys/origin-file.ts';
import { openServiceKeys } from '../keys/service-keys.ts';
import { signRotation } from '../keys/sign-rotation.ts';
import { appendEntry } from '../service/append-entry.ts';
import type { ServiceContext } from '../service/context.ts';
import { ServiceError, type SigningKey, type Submission } from '../service/ports.ts';
import { readSignerStates } from '../service/read-signer.ts';
import { sealPayload } from '../service/seal-payload.ts';
import { submissionIdentity } from '../service/submission-identity.ts';
import { openReplica } from './open-replica.ts';
import { withDatabaseUrls } from './with-database.ts';

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
  /** Hears of each step once it is durable; for tests that end the process there. */
  readonly afterStep?: (step: 'drawn' | 'recorded' | 'promoted') => void;
};

/**
 * Lets a new key take the place of one of the service's own, beside services that run or without: the key is drawn and
 * durable, the log names it by a rotation that both keys sign, and only then is its file put in the old one's place. A run
 * that was cut short anywhere is simply run again. Faults, as ServiceError: those of `openReplica`, `control/missing` in a log
 * with control keys, whose agreement this cannot bring.
 */
export async function rotateOwnKey(
  config: Config,
  name: RotatedKeyName,
  { overlapSeconds, passphrase, log, afterStep = () => undefined }: RotateKeyOptions,
): Promise<RotatedKey> {
  const { keysFolder } = config;
  const keys = openServiceKeys(keysFolder, passphrase, { mustExist: true });
  const old = keys[name];
  const next = await drawNextKey(keysFolder, name, old, passphrase);
  afterStep('drawn');
  const until = await withDatabaseUrls(config, log, async ({ serviceUrl, setRole }) => {
    const replica = await openReplica({
      serviceUrl,
      ...(setRole === undefined ? {} : { setRole }),
      connections: 2,
      stateFolder: config.stateFolder,
      keys,
      originFile: join(keysFolder, ORIGIN_FILE),
      mayBeRetired: true,
    });
    try {
      return await recordRotation(replica.context, { old, next, overlapSeconds });
    } finally {
      await replica.close();
    }
  });
  afterStep('recorded');
  const kept = await promoteNextKey(keysFolder, name, old);
  afterStep('promoted');
  return { name, old: old.signer, signer: next.signer, until, kept };
}

/** The entry by which one key of the service follows another; where the ledger has it already, nothing is written. */
async function recordRotation(
  context: ServiceContext,
  {
    old,
    next,
    overlapSeconds,
  }: { readonly old: SigningKey; readonly next: SigningKey; readonly overlapSeconds: number },
): Promise<string> {
  const known = await rotatedUntil(context, old, next);
  if (known !== undefined) return known;
  if (context.control !== undefined) {
    const message = 'This log has control keys, and their agreement to a key of the service cannot be brought yet.';
    throw new ServiceError({ code: 'control/missing', message });
  }
  const until = new Date(context.now().getTime() + overlapSeconds * 1000).toISOString();
  const appended = await appendEntry(context, async () => ok(await rotationOf(context, old, next, until)));
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
  { store, random }: ServiceContext,
  old: SigningKey,
  next: SigningKey,
  until: string,
): Promise<Submission> {
  const states = await readSignerStates(store, [old.signer, next.signer]);
  const state = states.get(old.signer);
  const scope = { repositories: state?.document.repositories ?? ['*'], stages: state?.document.stages ?? ['*'] };
  const title = state?.document.title;
  const envelope = signRotation(old, next, {
    log: store.origin,
    until,
    ...scope,
    ...(title === undefined ? {} : { title }),
  });
  const sealed = sealPayload(encodeUtf8(envelope), DSSE_MEDIA_TYPE, random);
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
