import { type Checkpoint, openCheckpoint } from '../checkpoint/checkpoint.ts';
import { type NoteKey, parseVkey } from '../checkpoint/signed-note.ts';
import { equalBytes } from '../encoding/bytes.ts';
import type { LogOpened } from '../entry/kinds/log-opened.ts';
import { parseTime } from '../entry/time.ts';
import type { CheckList } from './check.ts';
import type { Evidence } from './evidence.ts';
import type { ProvedEntry } from './material.ts';
import type { TrustedLogKey, TrustFile } from './trust-file.ts';

/** How far the newest entry may lie ahead of the reader's clock: what clocks that nobody watches differ by. */
const AHEAD_SECONDS_MAX = 300;

/** With a trust file only its keys count. Without one the key that the evidence names is used, and pins nothing. */
export function checkCheckpoint(
  evidence: Evidence,
  trust: TrustFile | undefined,
  checks: CheckList,
): Checkpoint | undefined {
  const keys = trust === undefined ? claimedKeys(evidence.logKey) : trust.logKeys.map(({ key }) => key);
  const opened = openCheckpoint(evidence.checkpoint, keys);
  if (!opened.ok) {
    checks.fail('checkpoint/signature', opened.fault.code);
    return undefined;
  }
  const { checkpoint, verified } = opened.value;
  const about = { detail: String(checkpoint.size) };
  if (trust !== undefined && !trust.logKeys.some((trusted) => countsFor(trusted, verified, checkpoint.size))) {
    checks.fail('checkpoint/signature', 'checkpoint/log-key-differs', about);
    return undefined;
  }
  checks.pass('checkpoint/signature', about);
  checkPins(checkpoint, trust, checks);
  return checkpoint;
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

function checkPins(checkpoint: Checkpoint, trust: TrustFile | undefined, checks: CheckList): void {
  for (const pin of trust?.pins ?? []) {
    const about = { detail: String(pin.size) };
    if (pin.size > checkpoint.size) checks.fail('checkpoint/pins', 'checkpoint/too-old', about);
    else if (pin.size < checkpoint.size) checks.notRun('checkpoint/pins', 'checkpoint/pin-not-comparable', about);
    else if (equalBytes(pin.root, checkpoint.root)) checks.pass('checkpoint/pins', about);
    else checks.fail('checkpoint/pins', 'checkpoint/forked', about);
  }
}

/** The age of a checkpoint is that of its last entry, and counts from the time that the reader names. */
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

/**
 * Whether this is the log that the reader knows, as entry 0 states it. A log that was opened with control keys is
 * refused: their signatures cannot be checked by this version, and to pass them by would be to judge without them.
 */
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
  const { logKeys, controlKeys, controlThreshold } = first.entry.body as LogOpened;
  const about = { detail: checkpoint.origin };
  if (!logKeys.includes(evidence.logKey)) checks.fail('origin', 'checkpoint/log-key-not-in-log', about);
  else if (controlKeys.length > 0 || controlThreshold > 0) checks.fail('origin', 'custody/not-supported', about);
  else if (trust !== undefined && trust.origin !== checkpoint.origin) checks.fail('origin', 'origin/wrong-log', about);
  else if (trust === undefined) checks.notRun('origin', 'origin/not-confirmed', about);
  else checks.pass('origin', about);
}
