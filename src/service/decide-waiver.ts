import type { Waiver } from '../core/custody/check-waivers.ts';
import { imageKey, principalKey, waiverKey } from '../core/entry/keys.ts';
import { WAIVER_ID } from '../core/entry/names.ts';
import { type FaultCode, fail, ok, type Result } from '../core/fault.ts';
import { scopeHasRepository } from '../core/trust/scope.ts';
import { agreeControl } from './agree-control.ts';
import type { Page, PageRequest, Recorded, WaiverState, WaiverView } from './answers.ts';
import { type AppendedEntry, appendEntry, type StandingEntry } from './append-entry.ts';
import { authoriseNow } from './authenticate.ts';
import { authorise, EVERY_ROLE } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { page, readSeqCursor } from './cursor.ts';
import { findRepeat } from './find-repeat.ts';
import { judgeNow } from './judge-now.ts';
import type { Submission } from './ports.ts';
import { readWholeLists } from './read-list.ts';
import { approveBefore, readWaiverRecord, type WaiverRecord, waiverRecord, waiverView } from './read-waiver.ts';
import { SPEAKER_WORDS, speakerFault } from './request-waiver.ts';
import type { ListLength } from './rests-on.ts';
import { submissionIdentity } from './submission-identity.ts';

const DECIDING = ['release-manager', 'admin'] as const;

/** Beside a decision: the agreement of control keys, and the caller's own name for the request. */
export type DecisionOptions = { readonly control?: string | undefined; readonly key?: string | undefined };

/**
 * Approves a waiver: from then on it is in force. By a person who neither asked for it nor built what it exempts; who
 * does it twice gets the first receipt. An approval that does not count, such as that of somebody who built the image
 * since, is in nobody's way.
 * Faults: `waiver/unknown`, `waiver/revoked`, `waiver/expired`, `waiver/break-glass-lapsed`, `waiver/already-approved`,
 * `waiver/same-person`, `waiver/by-builder`, `waiver/person-unknown`, `waiver/builder-unknown`, other reasons of the check
 * `waiver/in-force`, `http/idempotency-key-reused`, and those of authorisation. In a log with control keys `control` is
 * their agreement: those of {@link agreeControl}.
 */
export async function approveWaiver(
  context: ServiceContext,
  caller: Caller,
  waiver: string,
  { control, key }: DecisionOptions = {},
): Promise<Result<WaiverView & Recorded>> {
  const appended = await appendEntry(context, async (attempt) => {
    const decision = await openDecision(context, caller, { waiver, attempt, kind: 'waiver.approved', key });
    if (!decision.ok) return decision;
    const { record, submission, isKnown } = decision.value;
    if (isKnown) return ok({ ...submission, isKnown });
    const judged = await judgeApproval(context, decision.value);
    if (!judged.ok) return judged;
    if ('standing' in judged.value) return ok(judged.value);
    const lapses = approveBefore(record);
    const before = lapses !== undefined && lapses < record.body.expires ? lapses : record.body.expires;
    const restsOn = [...submission.restsOn, judged.value];
    return agreeControl(context, { ...submission, restsOn, before }, { control });
  });
  return appended.ok ? recordedView(context, waiver, appended.value) : appended;
}

type Asked = {
  readonly waiver: string;
  readonly attempt: number;
  readonly kind: 'waiver.approved' | 'waiver.revoked';
  readonly key: string | undefined;
};

/** A decision of somebody who may make it, and what would become of it; `isKnown` where its key was used before. */
type Decision = {
  readonly caller: Caller;
  readonly record: WaiverRecord;
  readonly submission: Submission;
  readonly isKnown: boolean;
};

async function openDecision(
  context: ServiceContext,
  by: Caller,
  { waiver, attempt, kind, key }: Asked,
): Promise<Result<Decision>> {
  const record = await readForCaller(context, by, waiver);
  if (!record.ok) return record;
  const { repository, body, entries, approvals } = record.value;
  const caller = await authoriseNow(context, by, { roles: DECIDING, repository }, attempt);
  if (!caller.ok) return caller;
  const { principal } = by;
  // An approval after one of one's own that does not count is another one.
  const own = approvals.filter((entry) => entry.principal === principal).length;
  const whole = kind === 'waiver.revoked' ? [waiver] : [waiver, principal, String(own)];
  const named = [principal, key ?? ''];
  const submission: Submission = {
    ...(key === undefined
      ? { identity: submissionIdentity(kind, whole) }
      : {
          identity: submissionIdentity(`${kind}-key`, named),
          request: submissionIdentity(`${kind}-request`, [...named, waiver]),
        }),
    proposal: { kind, principal, repository, body: { waiver, digest: body.digest } },
    restsOn: [
      { key: principalKey(principal), n: caller.value.grants },
      { key: waiverKey(waiver), n: entries },
    ],
  };
  // Of a key that was used before nothing comes but the first receipt, or the fault of another request.
  const isKnown = key !== undefined && (await findRepeat(context, submission.identity)) !== undefined;
  return ok({ caller: caller.value, record: record.value, submission, isKnown });
}

/** The list of the image, as long as it was judged, where the caller may approve; or their approval that counts already. */
async function judgeApproval(
  context: ServiceContext,
  { caller, record }: Decision,
): Promise<Result<StandingEntry | ListLength>> {
  const { waiver, repository, body } = record;
  const judged = await judgeNow(context, { subject: body.digest, repository });
  if (!judged.ok) return judged;
  const { result, restsOn } = judged.value;
  const judgedWaiver = result.waivers.find((one) => one.waiver === waiver);
  const approved = judgedWaiver?.approved;
  if (approved?.principal === caller.principal) return ok({ standing: approved.seq });
  if (approved !== undefined) return fail('waiver/already-approved', `${approved.principal} approved it already.`);
  const code = faultOfApproval(caller, judgedWaiver, speakerFault(caller, result, body.stage));
  if (code !== undefined) return fail(code, SPEAKER_WORDS[code] ?? WORDS[code] ?? 'The waiver cannot be approved.');
  const key = imageKey(body.digest);
  return ok({ key, n: restsOn.find((list) => list.key === key)?.n ?? 0 });
}

function faultOfApproval(
  approver: Caller,
  waiver: Waiver | undefined,
  speaker: FaultCode | undefined,
): FaultCode | undefined {
  if (waiver === undefined) return 'waiver/unknown';
  if (waiver.awaitsApproval !== true) return waiver.fault;
  if (speaker !== undefined) return speaker;
  return waiver.requested.person === approver.person ? 'waiver/same-person' : undefined;
}

const WORDS: Readonly<Partial<Record<FaultCode, string>>> = {
  'waiver/unknown': 'There is no such waiver.',
  'waiver/same-person': 'You asked for it: another person has to approve it.',
  'waiver/revoked': 'The waiver was revoked.',
  'waiver/expired': 'The time of the waiver is over.',
  'waiver/break-glass-lapsed': 'Its 24 hours are over: ask for a new waiver.',
};

/** Revokes a waiver: from then on it exempts nothing. Doing it again, by whomever, changes nothing. */
export async function revokeWaiver(
  context: ServiceContext,
  caller: Caller,
  waiver: string,
  { key }: Pick<DecisionOptions, 'key'> = {},
): Promise<Result<WaiverView & Recorded>> {
  const appended = await appendEntry(context, async (attempt) => {
    const decision = await openDecision(context, caller, { waiver, attempt, kind: 'waiver.revoked', key });
    if (!decision.ok) return decision;
    const { record, submission, isKnown } = decision.value;
    if (isKnown) return ok({ ...submission, isKnown });
    return ok(record.revoked === undefined ? submission : { standing: record.revoked.seq });
  });
  return appended.ok ? recordedView(context, waiver, appended.value) : appended;
}

export type WaiverFilter = {
  readonly repository?: string;
  readonly digest?: string;
  readonly state?: WaiverState;
  readonly expiresBefore?: string;
};

/** Waivers that the caller may read, the newest request first. */
export async function listWaivers(
  context: ServiceContext,
  caller: Caller,
  filter: WaiverFilter,
  request: PageRequest,
): Promise<Result<Page<WaiverView>>> {
  const { repository } = filter;
  const allowed = authorise(caller, { roles: EVERY_ROLE, ...(repository === undefined ? {} : { repository }) });
  if (!allowed.ok) return allowed;
  const before = readSeqCursor(request.cursor);
  if (!before.ok) return before;
  const now = context.now();
  const rows = await context.projections.waivers({
    ...filter,
    now: now.toISOString(),
    globs: caller.repositories,
    ...(before.value === undefined ? {} : { beforeSeq: before.value }),
    limit: request.limit + 1,
  });
  const lists = await readWholeLists(
    context.store,
    rows.map((row) => waiverKey(row.waiver)),
  );
  return ok(
    page(
      rows,
      request.limit,
      (row) => waiverView(waiverRecord(lists.get(waiverKey(row.waiver)) ?? []), now),
      ({ seq }) => String(seq),
    ),
  );
}

export async function readWaiver(context: ServiceContext, caller: Caller, waiver: string): Promise<Result<WaiverView>> {
  const allowed = authorise(caller, { roles: EVERY_ROLE });
  if (!allowed.ok) return allowed;
  const record = await readForCaller(context, caller, waiver);
  return record.ok ? ok(waiverView(record.value, context.now())) : record;
}

/** What lies outside of the caller's scope is not told of. */
async function readForCaller(context: ServiceContext, caller: Caller, waiver: string): Promise<Result<WaiverRecord>> {
  const record = WAIVER_ID.test(waiver) ? await readWaiverRecord(context.store, waiver) : undefined;
  if (record !== undefined && scopeHasRepository(caller, record.repository)) return ok(record);
  return fail('waiver/unknown', 'There is no such waiver where you may read.', 'waiver');
}

async function recordedView(
  context: ServiceContext,
  waiver: string,
  appended: AppendedEntry,
): Promise<Result<WaiverView & Recorded>> {
  const record = await readWaiverRecord(context.store, waiver);
  if (record === undefined) return fail('waiver/unknown', 'There is no such waiver.', 'waiver');
  const { entry, duplicate, receipt } = appended;
  return ok({ ...waiverView(record, context.now()), seq: entry.seq, duplicate, receipt });
}
