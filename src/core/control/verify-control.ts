import type { PublicKey } from '../crypto/public-key.ts';
import { equalBytes } from '../encoding/bytes.ts';
import type { Entry } from '../entry/entry.ts';
import type { ControlKeysChanged } from '../entry/kinds/control-keys-changed.ts';
import { fail, invariant, ok, type Result } from '../fault.ts';
import { controlSigners, parseControl } from './control-envelope.ts';
import { type ControlSet, readControlSet } from './control-keys.ts';
import { type ControlStatement, controlStatement, formatControlStatement } from './control-statement.ts';

/**
 * The control keys that agreed to the entry: at least the threshold of the set, each counted once, over a statement about
 * this very entry in its place. `payload` are the exact bytes that the entry commits to, undefined where they are not shown.
 *
 * Faults, the first that applies: `control/missing`, `control/malformed`, `control/wrong-log`, `control/wrong-kind`,
 * `control/wrong-key`, `control/wrong-place`, `payload/absent`, `control/wrong-payload`, `control/wrong-body`,
 * `control/threshold-not-met`. Source: docs/spec/control.md §4.
 */
export function verifyControl(
  entry: Entry,
  payload: Uint8Array | undefined,
  set: ControlSet,
): Result<readonly PublicKey[]> {
  const isShown = entry.payload === undefined || payload !== undefined;
  return verifyExpectedControl(entry.control, controlStatement(entry, payload), set, isShown);
}

/**
 * The set that a `control-keys.changed` puts into force, where the set before it agreed. Faults: those of
 * {@link verifyControl}, `control/malformed-keys`.
 */
export function changeControlSet(entry: Entry, set: ControlSet): Result<ControlSet> {
  const verified = verifyControl(entry, undefined, set);
  if (!verified.ok) return verified;
  const next = readControlSet(entry.body as ControlKeysChanged);
  if (!next.ok) return next;
  invariant(next.value !== undefined, 'a body of the kind names keys');
  return ok(next.value);
}

/**
 * The set in force after the entries of the list `trust`, in a log that was opened with `first`. A change without the
 * agreement of the set before it is none.
 */
export function controlSetAfter(first: ControlSet, list: readonly Entry[]): ControlSet {
  let set = first;
  for (const entry of list) {
    const changed = entry.kind === 'control-keys.changed' ? changeControlSet(entry, set) : undefined;
    if (changed?.ok === true) set = changed.value;
  }
  return set;
}

/**
 * The same for what is to become an entry: the envelope must hold exactly the statement that is expected.
 * `isShown` is false where a payload that belongs to the statement is not known.
 */
export function verifyExpectedControl(
  control: string | undefined,
  expected: ControlStatement,
  set: ControlSet,
  isShown = true,
): Result<readonly PublicKey[]> {
  if (control === undefined)
    return fail('control/missing', 'The change takes the agreement of control keys, and carries none.', 'control');
  const envelope = parseControl(control);
  if (!envelope.ok) return envelope;
  const { statement, payload } = envelope.value;
  const placed = checkPlace(statement, expected);
  if (!placed.ok) return placed;
  if (!isShown) return fail('payload/absent', 'The document that the envelope is about is not shown.');
  if (statement.payloadSha256 !== expected.payloadSha256)
    return fail('control/wrong-payload', 'The envelope was made for another document.', 'control');
  if (!equalBytes(payload, formatControlStatement(expected)))
    return fail('control/wrong-body', 'The envelope was made for an entry that says something else.', 'control');
  const signers = controlSigners(envelope.value, set);
  if (signers.length >= set.threshold) return ok(signers);
  const message = `${signers.length} of the control keys in force signed; it takes ${set.threshold}.`;
  return fail('control/threshold-not-met', message, 'control');
}

/** An envelope is for one place of one list of one log, and for no other. */
function checkPlace(statement: ControlStatement, expected: ControlStatement): Result<void> {
  const { log, kind, key, n, prev } = statement;
  if (log !== expected.log) return fail('control/wrong-log', `The envelope was made for the log ${log}.`, 'control');
  if (kind !== expected.kind)
    return fail('control/wrong-kind', `The envelope was made for an entry of kind ${kind}.`, 'control');
  if (key !== expected.key) return fail('control/wrong-key', `The envelope was made for the list ${key}.`, 'control');
  if (n === expected.n && prev === expected.prev) return ok(undefined);
  const message =
    n === expected.n
      ? `The envelope was made for entry ${n} of ${key}, after another entry than the one that stands before it.`
      : `The envelope was made for entry ${n} of ${key}, and the next one is entry ${expected.n}.`;
  return fail('control/wrong-place', message, 'control');
}
