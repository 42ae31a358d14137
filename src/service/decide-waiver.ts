import { imageKey, principalKey, waiverKey } from '../core/entry/keys.ts';
import { WAIVER_ID } from '../core/entry/names.ts';
import { type FaultCode, fail, ok, type Result } from '../core/fault.ts';
import { scopeHasRepository } from '../core/trust/scope.ts';
import { agreeControl } from './agree-control.ts';
import type { Page, PageRequest, Recorded, WaiverState, WaiverView } from './answers.ts';
import { type AppendedEntry, appendEntry } from './append-entry.ts';
import { authoriseNow } from './authenticate.ts';
import { authorise, EVERY_ROLE } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { page, readSeqCursor } from './cursor.ts';
import { judgeNow } from './judge-now.ts';
import type { Submission } from './ports.ts';
import { readWholeLists } from './read-list.ts';
import { approveBefore, readWaiverRecord, type WaiverRecord, waiverRecord, waiverView } from './read-waiver.ts';
import { SPEAKER_WORDS, speakerFault } from './request-waiver.ts';
import { submissionIdentity } from './submission-identity.ts';

const DECIDING = ['release-manager', 'admin'] as const;

/**
 * Approves a waiver: from then on it is in force. By a person who neither asked for it nor built what it exempts; who
 * does it twice gets the first receipt.
 * Faults: `waiver/unknown`, `waiver/revoked`, `waiver/expired`, `waiver/break-glass-lapsed`, `waiver/already-approved`,
 * `waiver/same-person`, `waiver/by-builder`, `waiver/person-unknown`, `waiver/builder-unknown`, other reasons of the check
 * `waiver/in-force`, and those of authorisation. In a log with control keys `control` is their agreement: those of
 * {@link agreeControl}.
 */
export async function approveWaiver(
  context: ServiceContext,
  caller: Caller,
  waiver: string,
  control?: string,
): Promise<Result<WaiverView & Recorded>> {
  const appended = await appendEntry(context, async (attempt) => {
    const prepared = await prepareApproval(context, caller, waiver, attempt);
    if (!prepared.ok) return prepared;
    const { submission, isRepeated } = prepared.value;
    return agreeControl(context, submission, { control, isRepeated: isRepeated && attempt === 0 });
  });
  return appended.ok ? recordedView(context, waiver, appended.value) : appended;
}

async function prepareApproval(
  context: ServiceContext,
  caller: Caller,
  waiver: string,
  attempt: number,
): Promise<Result<{ readonly submission: Submission; readonly isRepeated: boolean }>> {
  const record = await readForCaller(context, caller, waiver);
  if (!record.ok) return record;
  const { repository, body, approved, entries } = record.value;
  const allowed = await authoriseNow(context, caller, { roles: DECIDING, repository }, attempt);
  if (!allowed.ok) return allowed;
  const submission = (restsOn: Submission['restsOn'], before?: string): Submission => ({
    identity: submissionIdentity('waiver-approved', [waiver, caller.principal]),
    proposal: {
      kind: 'waiver.approved',
      principal: caller.principal,
      repository,
      body: { waiver, digest: body.digest },
    },
    restsOn: [{ key: principalKey(caller.principal), n: allowed.value.grants }, ...restsOn],
    ...(before === undefined ? {} : { before }),
  });
  if (approved?.principal === caller.principal) return ok({ submission: submission([]), isRepeated: true });
  if (approved !== undefined) return fail('waiver/already-approved', `${approved.principal} approved it already.`);
  const judged = await judgeNow(context, { subject: body.digest, repository });
  if (!judged.ok) return judged;
  const { result, restsOn } = judged.value;
  const judgedWaiver = result.waivers.find((one) => one.waiver === waiver);
  const code = faultOfApproval(allowed.value, judgedWaiver, speakerFault(allowed.value, result, body.stage));
  if (code !== undefined) return fail(code, SPEAKER_WORDS[code] ?? WORDS[code] ?? 'The waiver cannot be approved.');
  const images = restsOn.find(({ key }) => key === imageKey(body.digest))?.n ?? 0;
  const lists = [
    { key: waiverKey(waiver), n: entries },
    { key: imageKey(body.digest), n: images },
  ];
  const lapses = approveBefore(record.value);
  const before = lapses !== undefined && lapses < body.expires ? lapses : body.expires;
  return ok({ submission: submission(lists, before), isRepeated: false });
}

type JudgedWaiver = { readonly fault?: FaultCode; readonly requested: { readonly person?: string } };

function faultOfApproval(
  approver: Caller,
  waiver: JudgedWaiver | undefined,
  speaker: FaultCode | undefined,
): FaultCode | undefined {
  if (waiver === undefined) return 'waiver/unknown';
  if (waiver.fault !== undefined && waiver.fault !== 'waiver/not-approved') return waiver.fault;
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
): Promise<Result<WaiverView & Recorded>> {
  const appended = await appendEntry(context, async (attempt) => {
    const record = await readForCaller(context, caller, waiver);
    if (!record.ok) return record;
    const { repository, body } = record.value;
    const allowed = await authoriseNow(context, caller, { roles: DECIDING, repository }, attempt);
    if (!allowed.ok) return allowed;
    return ok<Submission>({
      identity: submissionIdentity('waiver-revoked', [waiver]),
      proposal: {
        kind: 'waiver.revoked',
        principal: caller.principal,
        repository,
        body: { waiver, digest: body.digest },
      },
      restsOn: [{ key: principalKey(caller.principal), n: allowed.value.grants }],
    });
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
