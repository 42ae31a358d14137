import { type ControlSet, readControlSet, sameControlSet } from '../core/control/control-keys.ts';
import { controlSetAfter } from '../core/control/verify-control.ts';
import { TRUST_KEY } from '../core/entry/keys.ts';
import type { LogOpened } from '../core/entry/kinds/log-opened.ts';
import { ok } from '../core/fault.ts';
import { type LedgerStore, ServiceError } from './ports.ts';
import { proveEntries } from './prove-entries.ts';
import { readWholeList } from './read-list.ts';

/**
 * The control keys that the log was opened with; undefined for a log without. Throws ServiceError: `control/malformed-keys`
 * for a log whose keys are none, and `control/keys-differ` where `configured` is neither that set nor the one in force.
 */
export async function openControl(
  store: LedgerStore,
  configured: ControlSet | undefined,
): Promise<ControlSet | undefined> {
  const opened = await store.entryRange(0, 1);
  // Whoever writes to the database must not make it say that there are none.
  await proveEntries(store, opened);
  const entry = opened[0]?.entry;
  const named = entry?.kind === 'log.opened' ? readControlSet(entry.body as LogOpened) : ok(undefined);
  if (!named.ok) throw new ServiceError(named.fault);
  const first = named.value;
  if (configured === undefined || sameControlSet(configured, first)) return first;
  const list = first === undefined ? [] : await readWholeList(store, TRUST_KEY);
  const inForce =
    first &&
    controlSetAfter(
      first,
      list.map(({ entry }) => entry),
    );
  if (first !== undefined && sameControlSet(configured, inForce)) return first;
  const message =
    first === undefined
      ? 'The log was opened without control keys: those that are configured are not its own.'
      : 'The control keys that are configured are neither those that the log was opened with nor those in force.';
  throw new ServiceError({ code: 'control/keys-differ', message });
}
