import { brokeSameGlass } from '../core/custody/check-waivers.ts';
import type { CustodyResult } from '../core/custody/verify-custody.ts';
import { covers, isWaivable } from '../core/custody/waived-check.ts';
import { buildersAmong, personFault } from '../core/custody/waiver-people.ts';
import type { Entry } from '../core/entry/entry.ts';
import { principalKey } from '../core/entry/keys.ts';
import type { WaiverRequested } from '../core/entry/kinds/waiver-requested.ts';
import { TIME } from '../core/entry/names.ts';
import { type Fault, type FaultCode, fail, ok, type Result } from '../core/fault.ts';
import { formatWaiverDocument, WAIVER_MEDIA_TYPE } from '../core/trust/waiver-document.ts';
import type { Recorded, WaiverView } from './answers.ts';
import { appendEntry } from './append-entry.ts';
import { authoriseNow } from './authenticate.ts';
import type { Requirement } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { drawId } from './draw-id.ts';
import { settleQuestion } from './find-image.ts';
import { findRepeat } from './find-repeat.ts';
import { judgeNow } from './judge-now.ts';
import { ServiceError, type Submission } from './ports.ts';
import { readWaiverRecord, waiverView } from './read-waiver.ts';
import { sealPayload } from './seal-payload.ts';
import { submissionIdentity } from './submission-identity.ts';

/** Longest that a waiver may last when it is asked for; verifiers bear a day more, for clocks that differ. */
const WAIVER_DAYS_MAX = 90;

export type WaiverRequest = {
  readonly digest: string;
  readonly repository?: string;
  readonly contract: string;
  readonly check: string;
  readonly stage?: string;
  readonly rule?: string;
  readonly expires: string;
  readonly breakGlass: boolean;
  readonly reason: string;
};

/** Whoever may ask for a waiver; the glass is broken by release managers alone. */
const ASKING = ['release-manager', 'admin'] as const;

/**
 * Asks for a waiver of one check of a contract. It exempts nothing before another person approves it, unless it is asked
 * for by break-glass. The same request gives the same waiver again, and so does the same `key`.
 * Faults: `waiver/no-break-glass` in a log with control keys, `waiver/expires-out-of-range`, `waiver/no-such-check`, `waiver/person-unknown`, `waiver/builder-unknown`,
 * `waiver/by-builder`, `waiver/break-glass-again`, `http/idempotency-key-reused`, and those of {@link settleQuestion} and of authorisation.
 */
export async function requestWaiver(
  context: ServiceContext,
  caller: Caller,
  request: WaiverRequest,
  key?: string,
): Promise<Result<WaiverView & Recorded>> {
  const question = await settleQuestion(context, caller, request);
  if (!question.ok) return question;
  const { subject, repository } = question.value;
  if (request.breakGlass && context.control !== undefined) {
    const message = 'In a log with control keys nothing is exempted before they agreed to an approval.';
    return fail('waiver/no-break-glass', message, '/breakGlass');
  }
  const requirement: Requirement = { roles: request.breakGlass ? ['release-manager'] : ASKING, repository };
  const appended = await appendEntry(context, async (attempt) => {
    const allowed = await authoriseNow(context, caller, requirement, attempt);
    if (!allowed.ok) return allowed;
    const submission = submissionOf(context, allowed.value, { ...request, digest: subject, repository }, key);
    if ((await findRepeat(context, submission.identity)) !== undefined) return ok(submission);
    const range = rangeFault(request.expires, context.now());
    if (range !== undefined) return { ok: false, fault: range };
    const judged = await judgeNow(context, question.value);
    if (!judged.ok) return judged;
    const fault = faultOfRequest(request, allowed.value, judged.value.result);
    if (fault !== undefined) return { ok: false, fault };
    return ok(submission);
  });
  if (!appended.ok) return appended;
  const { entry, duplicate, receipt } = appended.value;
  requireSame(entry, request);
  const record = await readWaiverRecord(context.store, (entry.body as WaiverRequested).waiver);
  if (record === undefined) return fail('waiver/unknown', 'There is no such waiver.', 'waiver');
  return ok({ ...waiverView(record, context.now()), seq: entry.seq, duplicate, receipt });
}

/** What is found for a retry is never another waiver than was asked for, whatever the database says. */
function requireSame({ seq, body }: Entry, request: WaiverRequest): void {
  const { waiver: _issued, digest, expires, breakGlass, ...scope } = body as WaiverRequested;
  const same =
    digest === request.digest &&
    expires === request.expires &&
    breakGlass === request.breakGlass &&
    scope.check === request.check &&
    scope.contract === request.contract &&
    scope.stage === request.stage &&
    scope.rule === request.rule;
  if (same) return;
  const message = `Entry ${seq} is said to be this request, and asks for something else.`;
  throw new ServiceError({ code: 'database/projection-differs', message });
}

/** Why somebody may not speak for an exemption of the stage, by the same rules as every verifier's. */
export function speakerFault(
  caller: Caller,
  { timeline }: Pick<CustodyResult, 'timeline'>,
  stage: string | undefined,
): FaultCode | undefined {
  const built = timeline.flatMap(({ kind, stage: of, person }) =>
    kind === 'image.signed' || kind === 'attestation.recorded'
      ? [{ signature: kind === 'image.signed', person, ...(of === undefined ? {} : { stage: of }) }]
      : [],
  );
  return personFault(caller.person, buildersAmong(built, stage));
}

function rangeFault(expires: string, now: Date): Fault | undefined {
  const at = TIME.test(expires) ? Date.parse(expires) : Number.NaN;
  if (at > now.getTime() && at <= now.getTime() + WAIVER_DAYS_MAX * 86_400_000) return undefined;
  const message = `A waiver ends after now, and within ${WAIVER_DAYS_MAX} days.`;
  return { code: 'waiver/expires-out-of-range', message, at: '/expires' };
}

function faultOfRequest(request: WaiverRequest, caller: Caller, result: CustodyResult): Fault | undefined {
  if (!result.checks.some((check) => isWaivable(check) && covers(request, check))) {
    const { contract, check, stage } = request;
    const message = `Of this image no contract in force makes the check ${check} of ${contract}${stage === undefined ? '' : `, stage ${stage}`}.`;
    return { code: 'waiver/no-such-check', message };
  }
  const isAgain = request.breakGlass && brokeSameGlass(result.waivers, request, caller.person);
  const code = speakerFault(caller, result, request.stage) ?? (isAgain ? 'waiver/break-glass-again' : undefined);
  return code === undefined ? undefined : { code, message: SPEAKER_WORDS[code] ?? 'This person cannot ask for it.' };
}

/** Sentences for the faults of a request. */
export const SPEAKER_WORDS: Readonly<Partial<Record<FaultCode, string>>> = {
  'waiver/person-unknown': 'Your grant names no person: an administrator grants the role again with a person.',
  'waiver/builder-unknown':
    'The grant of whoever signed or attested this names no person, so that nobody can be told from the builder.',
  'waiver/by-builder': 'You built or attested what the waiver exempts; somebody else has to stand for it.',
  'waiver/break-glass-again': 'You broke the glass for this check before, and nobody approved that.',
};

function submissionOf(
  context: ServiceContext,
  caller: Caller,
  request: WaiverRequest & { readonly repository: string },
  key: string | undefined,
): Submission {
  const { repository, digest, contract, check, stage, rule, expires, breakGlass, reason } = request;
  const document = formatWaiverDocument({ reason });
  const sealed = sealPayload(document, WAIVER_MEDIA_TYPE, context.random);
  const asked = [repository, digest, contract, check, stage ?? '', rule ?? '', expires, String(breakGlass)];
  const body: WaiverRequested = {
    waiver: drawId('w', context.random),
    digest,
    check,
    contract,
    ...(stage === undefined ? {} : { stage }),
    ...(rule === undefined ? {} : { rule }),
    expires,
    breakGlass,
  };
  const whole = submissionIdentity('waiver', [caller.principal, ...asked, document]);
  const named = [caller.principal, key ?? ''];
  return {
    ...(key === undefined
      ? { identity: whole }
      : {
          identity: submissionIdentity('waiver-key', named),
          request: submissionIdentity('waiver-request', [...named, whole]),
        }),
    proposal: { kind: 'waiver.requested', principal: caller.principal, repository, payload: sealed.reference, body },
    payload: sealed.stored,
    restsOn: [{ key: principalKey(caller.principal), n: caller.grants }],
    // The id is that of the first request.
    repeats: ['payload'],
  };
}
