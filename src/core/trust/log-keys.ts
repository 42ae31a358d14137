import { verifyEd25519 } from '#ed25519';
import { NOTE_ED25519, type NoteKey, parseVkey } from '../checkpoint/note-key.ts';
import { type ControlSet, readControlSet, type SetInForce } from '../control/control-keys.ts';
import { changeControlSet, verifyControl } from '../control/verify-control.ts';
import { parseBase64 } from '../encoding/base64.ts';
import { equalBytes } from '../encoding/bytes.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import type { Entry } from '../entry/entry.ts';
import { TRUST_KEY } from '../entry/keys.ts';
import type { LogKeyRotated } from '../entry/kinds/log-key-rotated.ts';
import type { LogOpened } from '../entry/kinds/log-opened.ts';
import { type Fault, fail, invariant, ok, type Result } from '../fault.ts';

/** No origin has a space, so that this line begins no checkpoint of a log. */
const TITLE = 'waybill log key rotation v1';

/** What an entry of a rotation says of itself, beside its body: of which log it is, and its place in the list `trust`. */
export type RotationPlace = { readonly log: string; readonly n: number; readonly prev: string | undefined };

/**
 * What every key of a rotation signs, the text of a note: which keys of which log are followed by which, at which place of
 * its list `trust`. Source: docs/spec/log-keys.md section 2.
 */
export function logKeyRotationText(
  { log, n, prev }: RotationPlace,
  { previousLogKeys, logKeys }: Pick<LogKeyRotated, 'previousLogKeys' | 'logKeys'>,
): string {
  const lines = [TITLE, log, `${n} ${prev ?? '-'}`];
  lines.push(...previousLogKeys.map((key) => `from ${key}`), ...logKeys.map((key) => `to ${key}`));
  return `${lines.join('\n')}\n`;
}

/** The keys that sign a rotation, in the order of its signatures. */
export function rotationSigners({
  previousLogKeys,
  logKeys,
}: Pick<LogKeyRotated, 'previousLogKeys' | 'logKeys'>): readonly string[] {
  return [...previousLogKeys, ...logKeys.filter((key) => !previousLogKeys.includes(key))];
}

/** The keys of a rotation that holds by itself. */
export type RotatedKeys = { readonly previous: readonly NoteKey[]; readonly next: readonly NoteKey[] };

/**
 * Whether every key that a rotation names signed it, for its own place. What it says of the keys in force before is for
 * {@link followRotation}. Faults: `rotation/malformed`, `rotation/not-signed`.
 */
export function verifyRotation(entry: Entry): Result<RotatedKeys> {
  const body = entry.body as LogKeyRotated;
  const signers: NoteKey[] = [];
  for (const vkey of rotationSigners(body)) {
    const key = parseVkey(vkey);
    if (!key.ok || key.value.type !== NOTE_ED25519 || key.value.name !== entry.log)
      return fail('rotation/malformed', 'A key of a log signs notes, and bears the name of the log.');
    if (signers.some(({ keyId }) => equalBytes(keyId, key.value.keyId)))
      return fail('rotation/malformed', 'Keys of a log do not share their id.');
    signers.push(key.value);
  }
  const link = entry.keys.find(({ key }) => key === TRUST_KEY);
  invariant(link !== undefined, 'a rotation is filed under trust');
  const message = encodeUtf8(logKeyRotationText({ log: entry.log, n: link.n, prev: link.prev }, body));
  const good = signers.every(({ publicKey }, index) => {
    const signature = parseBase64(body.signatures[index] ?? '');
    return signature.ok && verifyEd25519(signature.value, message, publicKey);
  });
  if (!good) return fail('rotation/not-signed', 'Not every key that the rotation names signed it.');
  const previous = signers.slice(0, body.previousLogKeys.length);
  const next = body.logKeys.flatMap((vkey) => signers[rotationSigners(body).indexOf(vkey)] ?? []);
  return ok({ previous, next });
}

/**
 * The keys of a log: those in force, oldest first, up to which size of a checkpoint those count that are not, and the control
 * keys whose agreement the next rotation takes.
 */
export type LogKeys = {
  readonly inForce: readonly string[];
  readonly retired: ReadonlyMap<string, number>;
  readonly control: SetInForce;
};

/** The keys that a log was opened with. Its control keys are those that a reader brought, where they brought some. */
export function openedLogKeys(opened: LogOpened, brought?: ControlSet): LogKeys {
  return { inForce: opened.logKeys, retired: new Map(), control: brought ?? openedControl(opened) };
}

function openedControl(opened: LogOpened): SetInForce {
  const named = readControlSet(opened);
  return named.ok ? (named.value ?? 'none') : undefined;
}

/**
 * The keys of the log after one more entry of its list `trust`, by the kinds that change them: `log-key.rotated`, and
 * `control-keys.changed`, which has no effect where the set before it did not agree. Faults: those of
 * {@link followRotation}.
 */
export function followTrust(before: LogKeys, entry: Entry): Result<LogKeys> {
  if (entry.kind === 'log-key.rotated') return followRotation(before, entry);
  return ok({ ...before, control: controlAfter(before.control, entry) });
}

function controlAfter(before: SetInForce, entry: Entry): SetInForce {
  if (entry.kind !== 'control-keys.changed' || before === undefined || before === 'none') return before;
  const changed = changeControlSet(entry, before);
  return changed.ok ? changed.value : before;
}

/** Why a rotation lacks the agreement of the control keys in force, undefined where it has it or takes none. */
function unagreed(entry: Entry, control: SetInForce): Fault | undefined {
  if (control === 'none') return undefined;
  if (control === undefined) return { code: 'custody/blocked', message: 'The control keys of the log are not known.' };
  const agreed = verifyControl(entry, undefined, control);
  return agreed.ok ? undefined : agreed.fault;
}

/**
 * The keys of the log after one more `log-key.rotated`. A key that was retired does not come back, and in a log with control
 * keys nothing changes without their agreement. Faults: those of {@link verifyRotation}, `rotation/not-in-force`, those of
 * {@link verifyControl}, and `custody/blocked` where the control keys are not known.
 */
export function followRotation(before: LogKeys, entry: Entry): Result<LogKeys> {
  const verified = verifyRotation(entry);
  if (!verified.ok) return verified;
  const { previousLogKeys, logKeys } = entry.body as LogKeyRotated;
  const same =
    previousLogKeys.length === before.inForce.length &&
    previousLogKeys.every((key, index) => key === before.inForce[index]);
  if (!same) return fail('rotation/not-in-force', 'The rotation is not of the keys that were in force.');
  if (logKeys.some((key) => before.retired.has(key)))
    return fail('rotation/not-in-force', 'A key that was retired does not come back.');
  const lacks = unagreed(entry, before.control);
  if (lacks !== undefined) return { ok: false, fault: lacks };
  const left = previousLogKeys.filter((key) => !logKeys.includes(key));
  return ok({
    ...before,
    inForce: logKeys,
    retired: new Map([...before.retired, ...left.map((key) => [key, entry.seq] as const)]),
  });
}

/** How a key stands to a checkpoint of `size` leaves. One that came later counts for earlier sizes: what it signs, it vouches for. */
export function standingOfKey(keys: LogKeys, vkey: string, size: number): 'counts' | 'retired' | 'unknown' {
  if (keys.inForce.includes(vkey)) return 'counts';
  const until = keys.retired.get(vkey);
  if (until === undefined) return 'unknown';
  return size <= until ? 'counts' : 'retired';
}

/** What a reader says of a log besides the keys that vouch. */
export type Brought = {
  /** All log keys that they named, also those of which they said up to which size; those that vouch, unless told. */
  readonly named?: readonly NoteKey[];
  /** The control keys that the log was opened with. */
  readonly control?: ControlSet | undefined;
};

/**
 * The keys that those of a reader vouch for, in the order met: a rotation that names one of them, or one that was vouched
 * for, as in force before, that each of its keys signed, and to which the control keys agreed where there are any. Those are
 * the reader's own; of a reader who brought none, those of entry 0 where it is shown. Nothing else is taken from the ledger:
 * whoever holds a key can name its successor. `entries` in the ledger's order. What a reader says of a key stands, and
 * nobody vouches for it, or through it, instead.
 */
export function vouchedKeys(
  known: readonly NoteKey[],
  entries: readonly Entry[],
  { named = known, control: brought }: Brought = {},
): readonly NoteKey[] {
  const vouched: NoteKey[] = [];
  let control: SetInForce = brought ?? 'none';
  const isAmong = (keys: readonly NoteKey[], key: NoteKey) =>
    keys.some(
      ({ name, type, publicKey }) => name === key.name && type === key.type && equalBytes(publicKey, key.publicKey),
    );
  for (const entry of entries) {
    if (entry.kind === 'log.opened' && entry.seq === 0 && brought === undefined)
      control = openedControl(entry.body as LogOpened);
    control = controlAfter(control, entry);
    if (entry.kind !== 'log-key.rotated') continue;
    const rotated = verifyRotation(entry);
    if (!rotated.ok || !rotated.value.previous.some((key) => isAmong(known, key) || isAmong(vouched, key))) continue;
    if (unagreed(entry, control) !== undefined) continue;
    vouched.push(...rotated.value.next.filter((key) => !isAmong(named, key) && !isAmong(vouched, key)));
  }
  return vouched;
}
