import type { Kysely } from 'kysely';
import { EXIT } from '../../cli/exit-codes.ts';
import { stop } from '../../cli/stop.ts';
import { type ControlSet, readControlSet, sameControlSet } from '../../core/control/control-keys.ts';
import { controlSetAfter } from '../../core/control/verify-control.ts';
import { TRUST_KEY } from '../../core/entry/keys.ts';
import type { LogOpened } from '../../core/entry/kinds/log-opened.ts';
import { INTEGER_MAX } from '../../core/limits.ts';
import { runWithin } from '../../postgres/ledger-transaction.ts';
import { readListEntries } from '../../postgres/read-ledger.ts';
import type { Tables } from '../../postgres/tables.ts';

/** The control keys of a log that ended: those that it was opened with, and those in force at its end. */
export type EndedControl = { readonly first: ControlSet; readonly inForce: ControlSet };

const ENTRIES_MAX = 10_000;

/** Undefined for a log without control keys, or one whose first entry is not there any more. */
export async function readEndedControl(database: Kysely<Tables>): Promise<EndedControl | undefined> {
  const list = (await readListEntries(runWithin(database), [TRUST_KEY], INTEGER_MAX, ENTRIES_MAX)).get(TRUST_KEY) ?? [];
  const opened = list[0]?.entry;
  const first = opened?.kind === 'log.opened' ? readControlSet(opened.body as LogOpened) : undefined;
  if (first?.ok !== true || first.value === undefined) return undefined;
  const entries = list.map(({ entry }) => entry);
  return { first: first.value, inForce: controlSetAfter(first.value, entries) };
}

/**
 * Stops with `resume/control-keys-outdated` where the configured control keys are those that the log was opened with, and
 * were changed since: before anything ends, since whoever configures them may not know of the change.
 */
export function refuseOutdatedControl(configured: ControlSet | undefined, ended: EndedControl | undefined): void {
  if (configured === undefined || ended === undefined || !sameControlSet(configured, ended.first)) return;
  if (sameControlSet(configured, ended.inForce)) return;
  const message =
    'WAYBILL_CONTROL_KEYS names the keys that the log was opened with, and they were changed since: name those in force, or others.';
  throw stop(EXIT.decision, 'resume/control-keys-outdated', message);
}

/**
 * The control keys that a successor is opened with: those that are configured, or those in force at the end of the log
 * before it. `isWhole` says that what is left of that log was audited and holds; where it is not, and none are configured,
 * it stops with `resume/control-keys-unknown`.
 */
export function controlOfSuccessor(
  configured: ControlSet | undefined,
  ended: EndedControl | undefined,
  isWhole: boolean,
): ControlSet | undefined {
  if (configured !== undefined || ended === undefined) return configured;
  if (isWhole) return ended.inForce;
  const message =
    'The log had control keys, and what is left of it cannot be relied on for them: set WAYBILL_CONTROL_KEYS.';
  throw stop(EXIT.decision, 'resume/control-keys-unknown', message);
}
