import { AGREEING, CONTROL, changeKeys, controlledCustody, controlSet, signEntry } from './control-under-test.ts';
import { attest } from './custody-under-test.ts';
import { rotateLogKey } from './log-key-under-test.ts';

/** Whom another set of control keys consists of. */
const LATER = controlSet(['dora', 'eve'], 2);
/** Written by an administrator, so that the ledger under test adds the envelope that it is told to. */
const byAdmin = { entry: { principal: 'bootstrap-admin' } };

/** A log with control keys, whose key is announced and retired with the agreement of both steps. */
export function agreedRotation() {
  const ledger = controlledCustody();
  const announced = rotateLogKey(ledger, ['log'], ['log', 'next'], byAdmin);
  attest(ledger, { stage: 'lint' });
  const retired = rotateLogKey(ledger, ['log', 'next'], ['next'], byAdmin);
  attest(ledger, { stage: 'late' });
  return { ledger, announced, retired };
}

/**
 * Logs with control keys in which somebody who has every key of the service, and no control key, announces `next`; each
 * with the reason by which nothing comes of it, and the seq of the entry.
 */
export function unagreedRotations() {
  const alone = controlledCustody();
  const rotations = [{ ledger: alone, seq: rotateLogKey(alone, ['log'], ['log', 'next']), reason: 'control/missing' }];
  const few = controlledCustody();
  const byOne = few.with(
    (entry) => signEntry(entry, undefined, AGREEING.slice(1)),
    () => rotateLogKey(few, ['log'], ['log', 'next'], byAdmin),
  );
  rotations.push({ ledger: few, seq: byOne, reason: 'control/threshold-not-met' });
  // What was agreed to for one announcement, under another key, and in the next place.
  const again = controlledCustody();
  const first = rotateLogKey(again, ['log'], ['log', 'other'], byAdmin);
  rotateLogKey(again, ['log', 'other'], ['log'], byAdmin);
  const replayed = again.with(
    () => again.entry(first).control,
    () => rotateLogKey(again, ['log'], ['log', 'next'], byAdmin),
  );
  rotations.push({ ledger: again, seq: replayed, reason: 'control/wrong-place' });
  // In its very place, over other keys.
  const other = controlledCustody();
  const wanted = other.with(
    (entry) =>
      signEntry(
        { ...entry, body: { ...(entry.body as object), logKeys: [other.vkey, other.vkeyOf('third')] } },
        undefined,
      ),
    () => rotateLogKey(other, ['log'], ['log', 'next'], byAdmin),
  );
  rotations.push({ ledger: other, seq: wanted, reason: 'control/wrong-body' });
  // By keys whose place others have taken.
  const stale = controlledCustody();
  changeKeys(stale, LATER);
  const late = rotateLogKey(stale, ['log'], ['log', 'next'], byAdmin);
  rotations.push({ ledger: stale, seq: late, reason: 'control/threshold-not-met' });
  return rotations;
}

/** The control keys were changed, and those that followed agree. */
export function rotationByLaterKeys() {
  const ledger = controlledCustody(CONTROL);
  changeKeys(ledger, LATER);
  const seq = ledger.with(
    (entry) => signEntry(entry, undefined, ['dora', 'eve']),
    () => rotateLogKey(ledger, ['log'], ['log', 'next'], byAdmin),
  );
  return { ledger, seq };
}
