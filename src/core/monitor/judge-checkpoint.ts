import { type Checkpoint, openCheckpoint } from '../checkpoint/checkpoint.ts';
import { formatVkey, type NoteKey } from '../checkpoint/signed-note.ts';
import { equalBytes } from '../encoding/bytes.ts';
import type { FaultCode } from '../fault.ts';
import { verifyConsistency } from '../merkle/consistency.ts';
import { type LogKeys, standingOfKey } from '../trust/log-keys.ts';
import { alarmOver, type Judged, pass, raise } from './alarm.ts';

/** Faults that say who signed, where the others say that no checkpoint came. */
const OF_SIGNATURES: ReadonlySet<FaultCode> = new Set([
  'note/no-known-signature',
  'note/bad-signature',
  'checkpoint/origin-not-signed',
]);

/**
 * The checkpoint in a note that one of the log's keys signed, where it is not older than the newest one seen, and not
 * another one of the same size. That a larger one continues it is for {@link judgeGrowth}.
 *
 * `monitor/other-key`, `monitor/malformed-answer`, `monitor/rolled-back`, `monitor/forked`.
 */
export function judgeCheckpoint(note: Uint8Array, keys: readonly NoteKey[], seen?: Checkpoint): Judged<Checkpoint> {
  const opened = openCheckpoint(note, keys);
  if (!opened.ok) {
    return OF_SIGNATURES.has(opened.fault.code)
      ? raise(alarmOver('monitor/other-key', 'The checkpoint does not bear the signature of the log.', opened.fault))
      : raise(alarmOver('monitor/malformed-answer', 'What was shown is no checkpoint.', opened.fault));
  }
  const { checkpoint } = opened.value;
  if (seen === undefined) return pass(checkpoint);
  if (checkpoint.origin !== seen.origin) {
    const message = `The checkpoint is that of ${checkpoint.origin}, and the log followed is ${seen.origin}.`;
    return raise({ code: 'monitor/other-key', message });
  }
  if (checkpoint.size < seen.size) {
    const message = `The log has ${checkpoint.size} entries now, and has signed ${seen.size}.`;
    return raise({ code: 'monitor/rolled-back', message });
  }
  if (checkpoint.size === seen.size && !equalBytes(checkpoint.root, seen.root)) {
    const message = `The log has signed two trees of ${seen.size} entries.`;
    return raise({ code: 'monitor/forked', message, cause: 'merkle/forked' });
  }
  return pass(checkpoint);
}

/**
 * Whether a key that the log has not retired signed the checkpoint, by the rotations that were replayed. A key that the log
 * never named is the reader's own choice. `monitor/other-key`, of `checkpoint/log-key-retired`.
 */
export function judgeLogKey(note: Uint8Array, keys: readonly NoteKey[], logKeys: LogKeys | undefined): Judged<void> {
  const opened = logKeys === undefined ? undefined : openCheckpoint(note, keys);
  if (logKeys === undefined || opened?.ok !== true) return pass(undefined);
  const { checkpoint, verified } = opened.value;
  const standings = verified.map(({ name, type, publicKey }) =>
    standingOfKey(logKeys, formatVkey(name, type, publicKey), checkpoint.size),
  );
  if (!standings.every((standing) => standing === 'retired')) return pass(undefined);
  const message = 'The checkpoint bears the signature of a key that the log had retired before, and no other.';
  return raise({ code: 'monitor/other-key', message, cause: 'checkpoint/log-key-retired' });
}

/**
 * Whether the path shows that a larger checkpoint continues the one seen. `monitor/forked` where it leads elsewhere;
 * `monitor/malformed-answer` where it is no path between the two, and shows nothing.
 */
export function judgeGrowth(seen: Checkpoint, shown: Checkpoint, path: readonly Uint8Array[]): Judged<void> {
  const proved = verifyConsistency({
    first: seen.size,
    second: shown.size,
    firstRoot: seen.root,
    secondRoot: shown.root,
    path,
  });
  if (proved.ok) return pass(undefined);
  const { code } = proved.fault;
  const about = `The ${shown.size} entries signed now are not shown to continue the ${seen.size} signed before.`;
  return raise(
    alarmOver(code === 'merkle/inconsistent' ? 'monitor/forked' : 'monitor/malformed-answer', about, proved.fault),
  );
}
