import { type Checkpoint, openCheckpoint } from '../checkpoint/checkpoint.ts';
import { type NoteKey, parseVkey } from '../checkpoint/signed-note.ts';
import { equalBytes } from '../encoding/bytes.ts';
import type { LogOpened } from '../entry/kinds/log-opened.ts';
import { parseTime } from '../entry/time.ts';
import type { Fault } from '../fault.ts';
import type { CheckList } from './check.ts';
import type { Evidence } from './evidence.ts';
import type { ProvedEntry } from './material.ts';
import type { TrustedLogKey, TrustFile } from './trust-file.ts';

/** How far the newest entry may lie ahead of the reader's clock: what clocks that nobody watches differ by. */
const AHEAD_SECONDS_MAX = 300;

/** A checkpoint that a key which counts signed, and whether one of the reader's monitors cosigned it. */
export type SignedState = { readonly checkpoint: Checkpoint; readonly replayed: boolean };

/** What carries a checkpoint: evidence, or a completeness proof. */
type Carrier = Pick<Evidence, 'checkpoint' | 'logKey'>;

/** A checkpoint that opened, or why it did not count; one that opened with a key that does not count for its size has both. */
export type Opened =
  | { readonly checkpoint: Checkpoint; readonly replayed: boolean; readonly fault?: undefined }
  | { readonly checkpoint?: Checkpoint; readonly fault: Fault };

/**
 * With a trust file only its keys count. Without one the key that the evidence names is used, and pins nothing. A monitor
 * cosigns what it has replayed, so that its line says more than that it saw the checkpoint.
 */
export function trustedCheckpoint(carrier: Carrier, trust: TrustFile | undefined): Opened {
  const monitors = trust?.monitorKeys?.map(({ key }) => key) ?? [];
  const keys = trust === undefined ? claimedKeys(carrier.logKey) : trust.logKeys.map(({ key }) => key);
  const opened = openCheckpoint(carrier.checkpoint, [...keys, ...monitors]);
  if (!opened.ok) return { fault: opened.fault };
  const { checkpoint, verified, cosigned } = opened.value;
  const counts = trust?.logKeys.some((trusted) => countsFor(trusted, verified, checkpoint.size)) ?? true;
  if (counts) return { checkpoint, replayed: cosigned.length > 0 };
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
function countsFor(trusted: TrustedLogKey, verified: readonly NoteKey[], size: number): boolean {
  const { key, fromSize = 0, toSize = Number.MAX_SAFE_INTEGER } = trusted;
  const signed = verified.some(({ name, publicKey }) => name === key.name && equalBytes(publicKey, key.publicKey));
  return signed && fromSize <= size && size <= toSize;
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

/** Whether this is the log that the reader knows, as entry 0 states it. */
export function checkOrigin(
  first: ProvedEntry | undefined,
  evidence: Evidence,
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
  const { logKeys } = first.entry.body as LogOpened;
  const about = { detail: checkpoint.origin };
  if (!logKeys.includes(evidence.logKey)) checks.fail('origin', 'checkpoint/log-key-not-in-log', about);
  else if (trust !== undefined && trust.origin !== checkpoint.origin) checks.fail('origin', 'origin/wrong-log', about);
  else if (trust === undefined) checks.notRun('origin', 'origin/not-confirmed', about);
  else checks.pass('origin', about);
}
