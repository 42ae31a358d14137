import { dualKeyOf } from '../core/dual-control/takes-two.ts';
import { equalBytes } from '../core/encoding/bytes.ts';
import type { Json } from '../core/encoding/json.ts';
import { principalKey, TRUST_KEY } from '../core/entry/keys.ts';
import type { ChangeProposed, DualKind } from '../core/entry/kinds/change-proposed.ts';
import { entryKind } from '../core/entry/kinds.ts';
import { MEDIA_TYPE } from '../core/entry/names.ts';
import { fail, invariant, ok, type Result } from '../core/fault.ts';
import { CHANGE_MEDIA_TYPE, formatChange, parseChange } from '../core/trust/change-document.ts';
import type { Page, PageRequest, ProposedChange, Recorded } from './answers.ts';
import { appendEntry } from './append-entry.ts';
import { authorise } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { page, readSeqCursor } from './cursor.ts';
import { requireAdmin } from './manage-principals.ts';
import { personBefore } from './person-before.ts';
import { type ListedEntry, readWholeList, readWholeLists } from './read-list.ts';
import { isDualControlOn } from './require-two.ts';
import { sealPayload } from './seal-payload.ts';
import { submissionIdentity } from './submission-identity.ts';

/** The exact change that is proposed: what its entry will say, and the payload of it. */
export type ChangeRequest = {
  readonly kind: DualKind;
  readonly body: Json;
  readonly mediaType?: string;
  readonly document?: Uint8Array;
};

/**
 * Proposes a change of trust as the first of two people: another administrator makes it by the route of the change, with
 * exactly these contents, before anything else moves the list. Whether it would be accepted is judged then. Proposing it
 * again changes nothing.
 * Faults: `dual-control/off`, `dual-control/malformed-change`, `dual-control/person-unknown`.
 */
export async function proposeChange(
  context: ServiceContext,
  caller: Caller,
  request: ChangeRequest,
): Promise<Result<ProposedChange & Recorded>> {
  const read = readChange(request);
  if (!read.ok) return read;
  const { key, bytes } = read.value;
  const body: ChangeProposed = { kind: request.kind, key };
  const appended = await appendEntry(context, async () => {
    const admin = await requireAdmin(context, caller);
    if (!admin.ok) return admin;
    const { principal, person, grants } = admin.value;
    if (person === undefined)
      return fail('dual-control/person-unknown', 'Your grant names no person: an administrator grants it with one.');
    const lists = await readWholeLists(context.store, [key, TRUST_KEY]);
    const [list = [], trust = []] = [lists.get(key), lists.get(TRUST_KEY)];
    if (request.kind !== 'settings.changed' && !isDualControlOn(trust))
      return fail('dual-control/off', 'Dual control is off: whoever may make the change makes it.');
    const last = list.at(-1);
    const isThere = last?.entry.kind === 'change.proposed' && last.entry.principal === principal;
    if (isThere && last.payload !== undefined && equalBytes(last.payload.bytes, bytes))
      return ok({ standing: last.entry.seq });
    const sealed = sealPayload(bytes, CHANGE_MEDIA_TYPE, context.random);
    const own = principalKey(principal);
    const rests = [
      { key: own, n: grants },
      { key, n: list.length },
      { key: TRUST_KEY, n: trust.length },
    ];
    return ok({
      identity: submissionIdentity('change-proposed', [principal, key, bytes, String(list.length)]),
      proposal: { kind: 'change.proposed', principal, payload: sealed.reference, body: { ...body } },
      payload: sealed.stored,
      restsOn: rests,
      repeats: ['body', 'payload'],
    });
  });
  if (!appended.ok) return appended;
  const { entry, duplicate, receipt } = appended.value;
  const list = await readWholeList(context.store, key);
  const listed = list.find((one) => one.entry.seq === entry.seq);
  invariant(listed !== undefined, 'what was proposed stands in its list');
  const people = await readPeople(context, [listed]);
  return ok({ ...changeView(listed, people), seq: entry.seq, duplicate, receipt });
}

/** Changes that wait for their second person, by when their list was first proposed for. */
export async function listChanges(
  context: ServiceContext,
  caller: Caller,
  request: PageRequest,
): Promise<Result<Page<ProposedChange>>> {
  const allowed = authorise(caller, { roles: ['admin', 'auditor'] });
  if (!allowed.ok) return allowed;
  const after = readSeqCursor(request.cursor);
  if (!after.ok) return after;
  const names = await context.projections.names('change', after.value, request.limit + 1);
  const shown = page(
    names,
    request.limit,
    ({ name }) => name,
    ({ seq }) => String(seq),
  );
  const lists = await readWholeLists(context.store, shown.items);
  const waiting = shown.items.flatMap((key) => {
    const last = lists.get(key)?.at(-1);
    return last?.entry.kind === 'change.proposed' ? [last] : [];
  });
  const people = await readPeople(context, waiting);
  return ok({ ...shown, items: waiting.map((one) => changeView(one, people)) });
}

/** The list and the exact bytes of a change whose entry would read. */
function readChange({ kind, body, mediaType, document }: ChangeRequest): Result<{
  readonly key: string;
  readonly bytes: Uint8Array;
}> {
  const definition = entryKind(kind);
  const read = definition?.body(body, '/body');
  if (definition === undefined || read === undefined) return malformed('No entry of this kind is written.', '/kind');
  if (!read.ok) return malformed(read.fault.message, read.fault.at);
  const has = definition.required.includes('payload');
  if (has !== (document !== undefined) || has !== (mediaType !== undefined))
    return malformed('The document and its media type are there exactly where an entry of this kind has a payload.');
  if (mediaType !== undefined && !MEDIA_TYPE.test(mediaType)) return malformed('This is no media type.', '/mediaType');
  const key = dualKeyOf({ kind, body: read.value }, definition.filedUnder({ body }));
  invariant(key !== undefined, 'a kind that takes two people names the list of what it changes');
  const payload = document === undefined || mediaType === undefined ? undefined : { mediaType, bytes: document };
  const bytes = formatChange({ kind, body, ...(payload === undefined ? {} : { payload }) });
  const parsed = parseChange(bytes);
  return parsed.ok ? ok({ key, bytes }) : malformed(parsed.fault.cause?.message ?? parsed.fault.message);
}

function malformed(message: string, at?: string): Result<never> {
  return fail('dual-control/malformed-change', message, at);
}

/** The person of each proposer, by the grants that stand before the proposal. */
async function readPeople(
  { store }: ServiceContext,
  proposals: readonly ListedEntry[],
): Promise<ReadonlyMap<number, string>> {
  const keys = [...new Set(proposals.map(({ entry }) => principalKey(entry.principal)))];
  const lists = await readWholeLists(store, keys);
  return new Map(
    proposals.flatMap(({ entry }) => {
      const person = personBefore(lists.get(principalKey(entry.principal)) ?? [], entry.seq);
      return person === undefined ? [] : [[entry.seq, person] as const];
    }),
  );
}

function changeView({ entry, payload }: ListedEntry, people: ReadonlyMap<number, string>): ProposedChange {
  const change = payload === undefined ? undefined : parseChange(payload.bytes);
  invariant(change?.ok === true, 'the change that was proposed reads back');
  const { kind, body, mediaType, document } = change.value;
  const person = people.get(entry.seq);
  return {
    key: (entry.body as ChangeProposed).key,
    kind,
    body,
    ...(mediaType === undefined ? {} : { mediaType }),
    ...(document === undefined ? {} : { document: Buffer.from(document).toString('base64') }),
    proposal: entry.seq,
    proposedAt: entry.time,
    principal: entry.principal,
    ...(person === undefined ? {} : { person }),
  };
}
