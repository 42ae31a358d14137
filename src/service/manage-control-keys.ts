import { type ControlSetFields, controlSetFields, readControlSet } from '../core/control/control-keys.ts';
import { controlSetAfter } from '../core/control/verify-control.ts';
import { formatCanonicalJson } from '../core/encoding/canonical-json.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { principalKey, TRUST_KEY } from '../core/entry/keys.ts';
import type { ControlKeysChanged } from '../core/entry/kinds/control-keys-changed.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import { agreeControl } from './agree-control.ts';
import type { ControlKeysView, Recorded } from './answers.ts';
import { appendEntry } from './append-entry.ts';
import { authorise, EVERY_ROLE } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { requireAdmin } from './manage-principals.ts';
import type { Submission } from './ports.ts';
import { type ListedEntry, readWholeList } from './read-list.ts';
import { submissionIdentity } from './submission-identity.ts';

export type ChangeControlKeysRequest = ControlSetFields & { readonly control: string };

/**
 * Puts another set of control keys into force, where the set before it agrees. Faults: `control/no-keys` for a log that was
 * opened without, `control/malformed-keys`, and those of {@link agreeControl}.
 */
export async function changeControlKeys(
  context: ServiceContext,
  caller: Caller,
  { control, ...fields }: ChangeControlKeysRequest,
): Promise<Result<ControlKeysView & Recorded>> {
  if (context.control === undefined)
    return fail('control/no-keys', 'The log was opened without control keys: open a successor that has some.');
  const set = readControlSet(fields);
  if (!set.ok) return set;
  if (set.value === undefined) return fail('control/malformed-keys', 'A set has one key at the least.', 'controlKeys');
  const body: ControlKeysChanged = controlSetFields(set.value);
  const document = encodeUtf8(formatCanonicalJson({ ...body }));
  const appended = await appendEntry(context, async (attempt) => {
    const admin = await requireAdmin(context, caller);
    if (!admin.ok) return admin;
    const list = await readWholeList(context.store, TRUST_KEY);
    const changed = list.findLastIndex(({ entry }) => entry.kind === 'control-keys.changed');
    const isRepeated = formatCanonicalJson(list[changed]?.entry.body ?? null) === formatCanonicalJson({ ...body });
    const submission: Submission = {
      identity: submissionIdentity('control-keys', [document, String(isRepeated ? changed : list.length)]),
      proposal: { kind: 'control-keys.changed', principal: caller.principal, body: { ...body } },
      restsOn: [{ key: principalKey(caller.principal), n: admin.value.grants }],
    };
    return agreeControl(context, submission, { control, isRepeated: isRepeated && attempt === 0 });
  });
  if (!appended.ok) return appended;
  const { entry, duplicate, receipt } = appended.value;
  const view = controlKeysView(context, await readWholeList(context.store, TRUST_KEY));
  return ok({ ...view, seq: entry.seq, duplicate, receipt });
}

/** The control keys in force, and those that the log was opened with; none for a log without. */
export async function readControlKeys(context: ServiceContext, caller: Caller): Promise<Result<ControlKeysView>> {
  const allowed = authorise(caller, { roles: EVERY_ROLE });
  if (!allowed.ok) return allowed;
  return ok(controlKeysView(context, await readWholeList(context.store, TRUST_KEY)));
}

function controlKeysView({ control }: ServiceContext, list: readonly ListedEntry[]): ControlKeysView {
  const inForce =
    control === undefined
      ? undefined
      : controlSetAfter(
          control,
          list.map(({ entry }) => entry),
        );
  return { ...controlSetFields(inForce), opened: controlSetFields(control) };
}
