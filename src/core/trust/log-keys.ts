import { verifyEd25519 } from '#ed25519';
import { NOTE_ED25519, type NoteKey, parseVkey } from '../checkpoint/note-key.ts';
import { parseBase64 } from '../encoding/base64.ts';
import { equalBytes } from '../encoding/bytes.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import type { Entry } from '../entry/entry.ts';
import { TRUST_KEY } from '../entry/keys.ts';
import type { LogKeyRotated } from '../entry/kinds/log-key-rotated.ts';
import type { LogOpened } from '../entry/kinds/log-opened.ts';
import { fail, invariant, ok, type Result } from '../fault.ts';

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

/** The keys of a log: those in force, oldest first, and up to which size of a checkpoint those count that are not. */
export type LogKeys = { readonly inForce: readonly string[]; readonly retired: ReadonlyMap<string, number> };

/** The keys that a log was opened with. */
export function openedLogKeys({ logKeys }: LogOpened): LogKeys {
  return { inForce: logKeys, retired: new Map() };
}

/**
 * The keys of the log after one more `log-key.rotated`. A key that was retired does not come back. Faults: those of
 * {@link verifyRotation}, `rotation/not-in-force`.
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
  const left = previousLogKeys.filter((key) => !logKeys.includes(key));
  return ok({
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

/**
 * The keys that those of a reader vouch for, in the order met: a rotation that names one of them, or one that was vouched
 * for, as in force before, and that each of its keys signed. Nothing is taken from the ledger: whoever holds a key can
 * name its successor. `entries` in the ledger's order. `named` are all keys that the reader named, also those for which
 * they said up to which size: what a reader says of a key stands, and nobody vouches for it, or through it, instead.
 */
export function vouchedKeys(
  known: readonly NoteKey[],
  entries: readonly Entry[],
  named: readonly NoteKey[] = known,
): readonly NoteKey[] {
  const vouched: NoteKey[] = [];
  const isAmong = (keys: readonly NoteKey[], key: NoteKey) =>
    keys.some(
      ({ name, type, publicKey }) => name === key.name && type === key.type && equalBytes(publicKey, key.publicKey),
    );
  for (const entry of entries) {
    if (entry.kind !== 'log-key.rotated') continue;
    const rotated = verifyRotation(entry);
    if (!rotated.ok || !rotated.value.previous.some((key) => isAmong(known, key) || isAmong(vouched, key))) continue;
    vouched.push(...rotated.value.next.filter((key) => !isAmong(named, key) && !isAmong(vouched, key)));
  }
  return vouched;
}
