import { type Checkpoint, openCheckpoint } from '../checkpoint/checkpoint.ts';
import { formatVkey, type NoteKey, parseVkey } from '../checkpoint/signed-note.ts';
import { equalBytes } from '../encoding/bytes.ts';
import type { Entry } from '../entry/entry.ts';
import { parseTime } from '../entry/time.ts';
import type { Fault } from '../fault.ts';
import { vouchedKeys } from '../trust/log-keys.ts';
import type { CheckList } from './check.ts';
import type { Evidence } from './evidence.ts';
import type { ProvedEntry } from './material.ts';
import type { TrustedLogKey, TrustFile } from './trust-file.ts';

/** How far the newest entry may lie ahead of the reader's clock: what clocks that nobody watches differ by. */
const AHEAD_SECONDS_MAX = 300;

/** A checkpoint that keys which count signed, as vkeys, and whether one of the reader's monitors cosigned it. */
export type SignedState = {
  readonly checkpoint: Checkpoint;
  readonly signedBy: readonly string[];
  readonly replayed: boolean;
};

/** What carries a checkpoint: evidence, or a completeness proof, with the entries that it shows. */
export type Carrier = Pick<Evidence, 'checkpoint' | 'logKey'> & {
  readonly entries: readonly { readonly entry: Entry }[];
};

/** A checkpoint that opened, or why it did not count; one that opened with a key that does not count for its size has both. */
export type Opened =
  | (SignedState & { readonly fault?: undefined })
  | { readonly checkpoint?: Checkpoint; readonly fault: Fault };

/**
 * With a trust file only its keys count, and those that they vouch for. Without one the key that the evidence names is used,
 * and pins nothing. A monitor cosigns what it has replayed, so that its line says more than that it saw the checkpoint.
 */
export function trustedCheckpoint(carrier: Carrier, trust: TrustFile | undefined): Opened {
  const monitors = trust?.monitorKeys?.map(({ key }) => key) ?? [];
  const vouched = trust === undefined ? [] : keysVouchedFor(trust, carrier);
  const keys = trust === undefined ? claimedKeys(carrier.logKey) : trust.logKeys.map(({ key }) => key);
  const opened = openCheckpoint(carrier.checkpoint, [...keys, ...vouched, ...monitors]);
  if (!opened.ok) return { fault: opened.fault };
  const { checkpoint, verified, cosigned } = opened.value;
  const trusted = [...(trust?.logKeys ?? []), ...vouched.map((key) => ({ key }))];
  const counts = trust === undefined || trusted.some((one) => countsFor(one, verified, checkpoint.size));
  const signedBy = verified.map(({ name, type, publicKey }) => formatVkey(name, type, publicKey));
  if (counts) return { checkpoint, signedBy, replayed: cosigned.length > 0 };
  const message = 'The key that signed does not count for a ledger of this size.';
  return { checkpoint, fault: { code: 'checkpoint/log-key-differs', message } };
}

/** The checkpoint that everything shown is held to, where it is signed by a key that counts. */
export function checkCheckpoint(
  evidence: Carrier,
  trust: TrustFile | undefined,
  checks: CheckList,
): SignedState | undefined {
  const opened = trustedCheckpoint(evidence, trust);
  const about = opened.checkpoint === undefined ? {} : { detail: String(opened.checkpoint.size) };
  if (opened.fault !== undefined) {
    checks.fail('checkpoint/signature', opened.fault.code, about);
    return undefined;
  }
  checks.pass('checkpoint/signature', about);
  return opened;
}

/** Keys are compared by value: one key may stand in a trust file twice, with two ranges. */
function countsFor(
  trusted: Pick<TrustedLogKey, 'key' | 'fromSize' | 'toSize'>,
  verified: readonly NoteKey[],
  size: number,
): boolean {
  const { key, fromSize = 0, toSize = Number.MAX_SAFE_INTEGER } = trusted;
  const signed = verified.some(({ name, publicKey }) => name === key.name && equalBytes(publicKey, key.publicKey));
  return signed && fromSize <= size && size <= toSize;
}

/**
 * The keys that those of the trust file vouch for by rotations which are shown. Whoever says up to which size a key counts
 * knows of its rotation, and names themselves what follows: such a key vouches for none, and is vouched for by none.
 */
function keysVouchedFor({ logKeys, control }: TrustFile, { entries }: Carrier): readonly NoteKey[] {
  const open = logKeys.filter(({ toSize }) => toSize === undefined).map(({ key }) => key);
  return vouchedKeys(
    open,
    entries.map(({ entry }) => entry),
    { named: logKeys.map(({ key }) => key), control },
  );
}

function claimedKeys(vkey: string): readonly NoteKey[] {
  const key = parseVkey(vkey);
  return key.ok ? [key.value] : [];
}

/** Holds the newest checkpoint, and an earlier one that it continues, to every pin of their sizes. */
export function checkPins(
  checkpoint: Checkpoint | undefined,
  earlier: Checkpoint | undefined,
  trust: TrustFile | undefined,
  checks: CheckList,
): void {
  if (checkpoint === undefined) return;
  for (const pin of trust?.pins ?? []) {
    const about = { detail: String(pin.size) };
    const known = [checkpoint, earlier].find((shown) => shown?.size === pin.size);
    if (pin.size > checkpoint.size) checks.fail('checkpoint/pins', 'checkpoint/too-old', about);
    else if (known === undefined) checks.notRun('checkpoint/pins', 'checkpoint/pin-not-comparable', about);
    else if (equalBytes(pin.root, known.root)) checks.pass('checkpoint/pins', about);
    else checks.fail('checkpoint/pins', 'checkpoint/forked', about);
  }
}

/** The age of a state of the ledger is that of its last entry, and counts from the time that the reader names. */
export function checkAge(
  time: string | undefined,
  trust: TrustFile | undefined,
  evaluatedAt: string,
  checks: CheckList,
): void {
  const [now, then] = [parseTime(evaluatedAt), parseTime(time ?? '')];
  if (now === undefined) {
    checks.fail('checkpoint/age', 'custody/bad-evaluation-time');
    return;
  }
  if (then === undefined) {
    checks.notRun('checkpoint/age', 'entry/missing');
    return;
  }
  const ageSeconds = (now - then) / 1000;
  const max = trust?.checkpointAgeMaxSeconds;
  const about = { detail: time ?? '' };
  if (ageSeconds < -AHEAD_SECONDS_MAX) checks.fail('checkpoint/age', 'checkpoint/from-the-future', about);
  else if (max !== undefined && ageSeconds > max) checks.fail('checkpoint/age', 'checkpoint/too-old', about);
  else checks.pass('checkpoint/age', about);
}

/** Whether this is the log that the reader knows, as entry 0 states it; `named` are the keys that the log ever named. */
export function checkOrigin(
  first: ProvedEntry | undefined,
  { logKey, named }: { readonly logKey: string; readonly named: ReadonlySet<string> },
  checkpoint: Checkpoint | undefined,
  trust: TrustFile | undefined,
  checks: CheckList,
): void {
  if (checkpoint === undefined) {
    checks.notRun('origin', 'custody/blocked');
    return;
  }
  if (first?.entry.kind !== 'log.opened') {
    checks.fail('origin', 'entry/not-first');
    return;
  }
  const about = { detail: checkpoint.origin };
  if (!named.has(logKey)) checks.fail('origin', 'checkpoint/log-key-not-in-log', about);
  else if (trust !== undefined && trust.origin !== checkpoint.origin) checks.fail('origin', 'origin/wrong-log', about);
  else if (trust === undefined) checks.notRun('origin', 'origin/not-confirmed', about);
  else checks.pass('origin', about);
}
