import { principalKey, TRUST_KEY } from '../core/entry/keys.ts';
import type { SettingsChanged } from '../core/entry/kinds/settings-changed.ts';
import { ok, type Result } from '../core/fault.ts';
import { agreeControl } from './agree-control.ts';
import type { Recorded, SettingsView } from './answers.ts';
import { appendEntry } from './append-entry.ts';
import { authorise, EVERY_ROLE } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { requireAdmin } from './manage-principals.ts';
import { readWholeList } from './read-list.ts';
import { isDualControlOn } from './require-two.ts';
import { submissionIdentity } from './submission-identity.ts';

export type SettingsRequest = SettingsChanged & { readonly control?: string };

/**
 * Changes what holds in this log, as the second of two people. What holds already is found.
 * Faults: those of {@link agreeControl}.
 */
export async function changeSettings(
  context: ServiceContext,
  caller: Caller,
  { dualControl, control }: SettingsRequest,
): Promise<Result<SettingsView & Recorded>> {
  const body: SettingsChanged = { dualControl };
  const appended = await appendEntry(context, async () => {
    const admin = await requireAdmin(context, caller);
    if (!admin.ok) return admin;
    const list = await readWholeList(context.store, TRUST_KEY);
    const newest = list.findLast(({ entry }) => entry.kind === 'settings.changed')?.entry;
    if (newest !== undefined && (newest.body as SettingsChanged).dualControl === dualControl)
      return ok({ standing: newest.seq });
    return agreeControl(
      context,
      {
        identity: submissionIdentity('settings', [String(dualControl), String(list.length)]),
        proposal: { kind: 'settings.changed', principal: caller.principal, body: { ...body } },
        restsOn: [{ key: principalKey(caller.principal), n: admin.value.grants }],
      },
      { control },
    );
  });
  if (!appended.ok) return appended;
  const { entry, duplicate, receipt } = appended.value;
  return ok({ dualControl, seq: entry.seq, duplicate, receipt });
}

/** What holds in this log now. */
export async function readSettings(context: ServiceContext, caller: Caller): Promise<Result<SettingsView>> {
  const allowed = authorise(caller, { roles: EVERY_ROLE });
  if (!allowed.ok) return allowed;
  return ok({ dualControl: isDualControlOn(await readWholeList(context.store, TRUST_KEY)) });
}
