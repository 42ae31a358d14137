import type { Config } from '../config/config.ts';
import type { ControlRequest } from '../core/control/control-request.ts';
import { formatBase64 } from '../core/encoding/base64.ts';
import { formatHex } from '../core/encoding/hex.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { entryHash, formatEntry } from '../core/entry/entry.ts';
import { TRUST_KEY } from '../core/entry/keys.ts';
import type { LogKeyRotated } from '../core/entry/kinds/log-key-rotated.ts';
import { invariant, ok } from '../core/fault.ts';
import { SERVICE_PRINCIPAL } from '../core/trust/grant-document.ts';
import { logKeyRotationText, rotationSigners } from '../core/trust/log-keys.ts';
import { KeyFileError } from '../keys/key-file.ts';
import { drawNextLogKey, promoteNextLogKey } from '../keys/log-key-files.ts';
import { openServiceKeys } from '../keys/service-keys.ts';
import { agreeControl, requestControl } from '../service/agree-control.ts';
import { appendEntry, type StandingEntry } from '../service/append-entry.ts';
import type { ServiceContext } from '../service/context.ts';
import { followLogKeys } from '../service/log-signers.ts';
import { ServiceError, type ServiceKeys, type Submission } from '../service/ports.ts';
import { readWholeList } from '../service/read-list.ts';
import { submissionIdentity } from '../service/submission-identity.ts';
import { withKeyHolder } from './with-key-holder.ts';

/** The steps by which another key takes the place of a log's own, in their order. */
export const LOG_KEY_STEPS = ['prepare', 'announce', 'retire'] as const;
export type LogKeyStep = (typeof LOG_KEY_STEPS)[number];

/** What a step came to. */
export type LogKeyStepDone = {
  readonly step: LogKeyStep;
  /** The verifier keys in force after it, oldest first; absent before the log is asked. */
  readonly inForce?: readonly string[];
  /** The entry that says so. */
  readonly seq?: number;
  /** Where the old key lies now. */
  readonly kept?: string;
};

export type RotateLogKeyOptions = {
  /** Of the keys; undefined in development. */
  readonly passphrase: string | undefined;
  readonly log: (line: string) => void;
  /** The envelope of the control keys that agreed to the step, in a log that has some ({@link requestLogKeyStep}). */
  readonly control?: string;
  /** Hears of each part of a step once it is durable; for tests that end the process there. */
  readonly afterPart?: (part: 'drawn' | 'recorded' | 'promoted') => void;
};

/**
 * One step of a rotation of the log's key, beside services that run or without: `prepare` draws the next key, `announce` has
 * the log name it beside the current one, `retire` has the log name it alone and puts its file in the old one's place. A
 * step that was cut short anywhere, or is done, is simply run again.
 *
 * Faults, as ServiceError: those of `openReplica` and `agreeControl`; `rotation/not-in-force` where the log is not where the
 * step begins. KeyFileError where no next key lies ready.
 */
export async function rotateLogKey(
  config: Config,
  step: LogKeyStep,
  { passphrase, log, control, afterPart = () => undefined }: RotateLogKeyOptions,
): Promise<LogKeyStepDone> {
  const { keysFolder } = config;
  if (step === 'prepare') {
    openServiceKeys(keysFolder, passphrase, { mustExist: true });
    await drawNextLogKey(keysFolder, passphrase);
    afterPart('drawn');
    return { step };
  }
  const keys = openBothKeys(keysFolder, passphrase);
  const recorded = await withKeyHolder({ config, keys, log }, (context) => recordStep(context, step, control));
  afterPart('recorded');
  if (step === 'announce') return { step, ...recorded };
  const kept = await promoteNextLogKey(keysFolder, passphrase);
  afterPart('promoted');
  return { step, ...recorded, kept };
}

/**
 * What control keys are asked to sign for a step, at the place where it would stand now; or the entry that made it already.
 * Faults, as ServiceError: those of {@link rotateLogKey}, `control/not-needed` in a log without control keys.
 */
export async function requestLogKeyStep(
  config: Config,
  step: RecordedStep,
  { passphrase, log }: Pick<RotateLogKeyOptions, 'passphrase' | 'log'>,
): Promise<ControlRequest | StandingEntry> {
  const keys = openBothKeys(config.keysFolder, passphrase);
  return withKeyHolder({ config, keys, log }, async (context) => {
    const submission = await submissionOf(context, step);
    if ('standing' in submission) return submission;
    const request = await requestControl(context, submission);
    if (!request.ok) throw new ServiceError(request.fault);
    return request.value;
  });
}

/** The steps that an entry records. */
export type RecordedStep = Exclude<LogKeyStep, 'prepare'>;

function openBothKeys(keysFolder: string, passphrase: string | undefined): ServiceKeys {
  const keys = openServiceKeys(keysFolder, passphrase, { mustExist: true });
  if (keys.logSigners('log').length < 2)
    throw new KeyFileError(`${keysFolder} holds no log.next.key: begin with --step prepare`);
  return keys;
}

type Recorded = { readonly inForce: readonly string[]; readonly seq: number };

/** The entry of a step; where the log has it already, nothing is written. */
async function recordStep(context: ServiceContext, step: RecordedStep, control: string | undefined): Promise<Recorded> {
  const appended = await appendEntry(context, async () => {
    const submission = await submissionOf(context, step);
    return 'standing' in submission ? ok(submission) : agreeControl(context, submission, { control });
  });
  if (!appended.ok) throw new ServiceError(appended.fault);
  const { seq, body } = appended.value.entry;
  return { inForce: (body as LogKeyRotated).logKeys, seq };
}

async function submissionOf({ store, keys }: ServiceContext, step: RecordedStep): Promise<Submission | StandingEntry> {
  const [current, next] = keys.logSigners(store.origin);
  invariant(current !== undefined && next !== undefined, 'both keys are at hand');
  const list = (await readWholeList(store, TRUST_KEY)).map(({ entry }) => entry);
  const { inForce } = followLogKeys(list.map((entry) => ({ entry })));
  const both = [current.vkey, next.vkey];
  const [from, to] = step === 'announce' ? [[current.vkey], both] : [both, [next.vkey]];
  const newest = list.findLast(({ kind }) => kind === 'log-key.rotated');
  if (newest !== undefined && isSame(inForce, to)) return { standing: newest.seq };
  if (!isSame(inForce, from)) {
    const message = `The keys in force are ${inForce.join(', ')}: that is not where this step begins.`;
    throw new ServiceError({ code: 'rotation/not-in-force', message });
  }
  const last = list.at(-1);
  invariant(last !== undefined, 'a log begins with its opening');
  const named = { previousLogKeys: from, logKeys: to };
  const prev = formatHex(entryHash(formatEntry(last)));
  const text = encodeUtf8(logKeyRotationText({ log: store.origin, n: list.length + 1, prev }, named));
  const signatures = rotationSigners(named).map((vkey) =>
    formatBase64((vkey === current.vkey ? current : next).sign(text)),
  );
  const body: LogKeyRotated = { ...named, signatures };
  return {
    identity: submissionIdentity('log-key-rotated', [...from, 'to', ...to]),
    proposal: { kind: 'log-key.rotated', principal: SERVICE_PRINCIPAL, body },
    // Its place in the list is signed.
    restsOn: [{ key: TRUST_KEY, n: list.length }],
    // Whoever prepared the same step at once has other signatures where the list moved between.
    repeats: [],
  };
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((key, index) => key === b[index]);
}
