import type { Config } from '../config/config.ts';
import type { ControlRequest } from '../core/control/control-request.ts';
import { signerKey } from '../core/entry/keys.ts';
import { drawNextKey, promoteNextKey, type RotatedKeyName } from '../keys/next-key.ts';
import { openServiceKeys } from '../keys/service-keys.ts';
import { agreeControl, requestControl } from '../service/agree-control.ts';
import { appendEntry, type StandingEntry } from '../service/append-entry.ts';
import type { ServiceContext } from '../service/context.ts';
import { ownRegistration } from '../service/open-log.ts';
import { ServiceError, type SigningKey, type Submission } from '../service/ports.ts';
import { readSignerState } from '../service/read-signer.ts';
import { withKeyHolder } from './with-key-holder.ts';

/** What a replacement of one of the service's own keys came to. */
export type ReplacedKey = {
  readonly name: RotatedKeyName;
  readonly old: string;
  readonly signer: string;
  /** Where the old key lies now. */
  readonly kept: string;
};

export type ReplaceKeyOptions = {
  /** Of the keys; undefined in development. */
  readonly passphrase: string | undefined;
  readonly log: (line: string) => void;
  /** The envelope of the control keys that agreed, in a log that has some ({@link requestOwnReplacement}). */
  readonly control?: string;
  /** Hears of each step once it is durable; for tests that end the process there. */
  readonly afterStep?: (step: 'drawn' | 'recorded' | 'promoted') => void;
};

/**
 * Puts a key in the place of one of the service's own that is in the wrong hands, and so cannot vouch for what follows it:
 * the new key is registered by the log itself, and says nothing of the old one, which an administrator revokes from when it
 * was lost. Beside services that run or without, also where the old key counts no more; a run that was cut short anywhere is
 * simply run again. Faults, as ServiceError: those of `openReplica` and `agreeControl`.
 */
export async function replaceOwnKey(
  config: Config,
  name: RotatedKeyName,
  { passphrase, log, control, afterStep = () => undefined }: ReplaceKeyOptions,
): Promise<ReplacedKey> {
  const { keysFolder } = config;
  const keys = openServiceKeys(keysFolder, passphrase, { mustExist: true });
  const old = keys[name];
  const next = await drawNextKey(keysFolder, name, old, passphrase);
  afterStep('drawn');
  await withKeyHolder({ config, keys, log }, async (context) => {
    const appended = await appendEntry(context, async () => {
      const submission = await registrationOf(context, name, next);
      if ('standing' in submission) return { ok: true, value: submission };
      return agreeControl(context, submission, { control });
    });
    if (!appended.ok) throw new ServiceError(appended.fault);
  });
  afterStep('recorded');
  const kept = await promoteNextKey(keysFolder, name, old);
  afterStep('promoted');
  return { name, old: old.signer, signer: next.signer, kept };
}

/**
 * Draws the new key, and says what control keys are asked to sign, so that it is registered; or the entry that did so
 * already. Faults, as ServiceError: those of {@link replaceOwnKey}, `control/not-needed`.
 */
export async function requestOwnReplacement(
  config: Config,
  name: RotatedKeyName,
  { passphrase, log }: Pick<ReplaceKeyOptions, 'passphrase' | 'log'>,
): Promise<ControlRequest | StandingEntry> {
  const keys = openServiceKeys(config.keysFolder, passphrase, { mustExist: true });
  const next = await drawNextKey(config.keysFolder, name, keys[name], passphrase);
  return withKeyHolder({ config, keys, log }, async (context) => {
    const submission = await registrationOf(context, name, next);
    if ('standing' in submission) return submission;
    const request = await requestControl(context, submission);
    if (!request.ok) throw new ServiceError(request.fault);
    return request.value;
  });
}

/** The entry that registers the key; where the log names it for this use already, that one. */
async function registrationOf(
  { store, random }: ServiceContext,
  name: RotatedKeyName,
  next: SigningKey,
): Promise<Submission | StandingEntry> {
  const state = await readSignerState(store, next.signer);
  if (state?.use === name) return { standing: state.registeredSeq };
  const registration = ownRegistration(store.origin, name, next, random);
  return { ...registration, restsOn: [{ key: signerKey(next.signer), n: state?.entries ?? 0 }], repeats: [] };
}
