import { trustFileSha256 } from '../core/custody/trust-file.ts';
import { type CustodyResult, EVALUATOR } from '../core/custody/verify-custody.ts';
import type { Entry } from '../core/entry/entry.ts';
import { principalKey, releaseKey } from '../core/entry/keys.ts';
import type { ImageReleased } from '../core/entry/kinds/image-released.ts';
import type { VerdictRecorded } from '../core/entry/kinds/verdict-recorded.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import type { Recorded, ReleaseView } from './answers.ts';
import { type AppendedEntry, appendEntry, type StandingEntry } from './append-entry.ts';
import { authoriseNow } from './authenticate.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { type SettledQuestion, settleQuestion } from './find-image.ts';
import { findRepeat } from './find-repeat.ts';
import { ownTrust } from './judge-evidence.ts';
import { type JudgedNow, judgeNow } from './judge-now.ts';
import { ServiceError, type Submission } from './ports.ts';
import { releaseView } from './read-releases.ts';
import { recordVerdict } from './record-verdict.ts';
import { submissionIdentity } from './submission-identity.ts';

const DECIDING = ['release-manager', 'admin'] as const;

/** How often a verdict of its own is recorded for a request, as long as others overtake it. */
const LOOKS_MAX = 8;

export type ReleaseRequest = {
  readonly digest: string;
  readonly repository?: string;
  readonly environment: string;
  /** Seq of the recorded verdict to rest on; without one a new verdict is recorded. */
  readonly verdict?: number;
};

/** The request, settled, and how it is told from others. */
type Asked = SettledQuestion & {
  readonly environment: string;
  readonly verdict?: number;
  readonly identity?: { readonly identity: Uint8Array; readonly request: Uint8Array };
};

/**
 * Releases an image to an environment, on a verdict that is pass or waived and stands as the lock is held: nothing that it
 * rests on has grown since, and its time is not over. What is released there already is found, not released again, by
 * whomever and under whatever key it was.
 * Faults: `release/verdict-not-passed`, `release/verdict-outdated`, `release/verdict-unknown`,
 * `service/contended`, `http/idempotency-key-reused`, and those of {@link settleQuestion} and of authorisation.
 */
export async function releaseImage(
  context: ServiceContext,
  caller: Caller,
  { digest, repository, environment, verdict }: ReleaseRequest,
  key?: string,
): Promise<Result<ReleaseView & Recorded>> {
  const question = await settleQuestion(context, caller, {
    digest,
    ...(repository === undefined ? {} : { repository }),
  });
  if (!question.ok) return question;
  const about = { ...question.value, environment, ...(verdict === undefined ? {} : { verdict }) };
  const asked: Asked = key === undefined ? about : { ...about, identity: keyedIdentity(caller, about, key) };
  const appended = await appendEntry(context, (attempt) => prepareStanding(context, caller, asked, attempt));
  return appended.ok ? recordedView(context, asked, appended.value) : appended;
}

/**
 * What is prepared on a verdict that stands. One that was recorded for this very request may be overtaken before it is looked at, by the
 * release of the same image to another place, say: then it is begun anew. A verdict that was named is not exchanged for another.
 */
async function prepareStanding(
  context: ServiceContext,
  caller: Caller,
  asked: Asked,
  attempt: number,
): Promise<Result<Submission | StandingEntry>> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const prepared = await prepare(context, caller, asked, attempt + look);
    const isOvertaken = !prepared.ok && prepared.fault.code === 'release/verdict-outdated';
    if (!isOvertaken || asked.verdict !== undefined) return prepared;
  }
  return fail('service/contended', 'What the image is judged by kept changing; try it again.');
}

async function prepare(
  context: ServiceContext,
  caller: Caller,
  asked: Asked,
  attempt: number,
): Promise<Result<Submission | StandingEntry>> {
  const { subject, repository, environment } = asked;
  const allowed = await authoriseNow(context, caller, { roles: DECIDING, repository }, attempt);
  if (!allowed.ok) return allowed;
  const list = releaseKey(repository, environment);
  const end = (await context.store.listEnds([list])).get(list);
  const [newest] = end === undefined ? [] : await context.store.entries([end.seq]);
  const repeated = asked.identity === undefined ? undefined : await findRepeat(context, asked.identity.identity);
  if (repeated === undefined && newest !== undefined && isReleaseOf(newest.entry, subject))
    return ok({ standing: newest.entry.seq });
  const submission = (verdict: number, rest: Pick<Submission, 'restsOn' | 'before' | 'isKnown'>): Submission => ({
    ...(asked.identity ?? {
      identity: submissionIdentity('release', [repository, environment, subject, String(end?.n ?? 0)]),
    }),
    proposal: {
      kind: 'image.released',
      principal: caller.principal,
      repository,
      body: { digest: subject, environment, verdict } satisfies ImageReleased,
    },
    // The verdict is that of the first request.
    repeats: [],
    ...rest,
  });
  const own = { key: principalKey(caller.principal), n: allowed.value.grants };
  // Nothing but the entry that the key stands for can come of it.
  if (repeated !== undefined)
    return ok(submission((repeated.body as ImageReleased).verdict, { restsOn: [own], isKnown: true }));
  const grounds = await readGrounds(context, allowed.value, asked);
  if (!grounds.ok) return grounds;
  const { verdict, judged } = grounds.value;
  const others = judged.restsOn.filter(({ key }) => key !== own.key && key !== list);
  const lists = [own, { key: list, n: end?.n ?? 0 }, ...others.map(({ key, n }) => ({ key, n }))];
  const { validUntil } = judged.result;
  return ok(submission(verdict, { restsOn: lists, ...(validUntil === undefined ? {} : { before: validUntil }) }));
}

/** A recorded verdict that lets the image through, and stands: what was judged then is all that there is now. */
async function readGrounds(
  context: ServiceContext,
  caller: Caller,
  asked: Asked,
): Promise<Result<{ readonly verdict: number; readonly judged: JudgedNow }>> {
  const seq = await verdictOf(context, caller, asked);
  if (!seq.ok) return seq;
  const [stored] = await context.store.entries([seq.value]);
  const recorded = stored?.entry.kind === 'verdict.recorded' ? (stored.entry.body as VerdictRecorded) : undefined;
  if (recorded?.digest !== asked.subject || stored?.entry.repository !== asked.repository)
    return fail('release/verdict-unknown', `Entry ${seq.value} is no verdict on this image here.`, '/verdict');
  const judged = await judgeNow(context, asked);
  if (!judged.ok) return judged;
  const isOpen = (verdict: string) => verdict === 'pass' || verdict === 'waived';
  if (!isOpen(recorded.verdict) || !isOpen(judged.value.result.verdict)) return notPassed(judged.value.result);
  const { environment = asked.environment } = recorded;
  const sameRules =
    recorded.evaluator === EVALUATOR &&
    recorded.trust === trustFileSha256(ownTrust(context)) &&
    recorded.view === undefined &&
    environment === asked.environment;
  const whole = judged.value.restsOn.every(({ seq: newest }) => newest === undefined || newest < recorded.cut);
  if (sameRules && whole) return ok({ verdict: seq.value, judged: judged.value });
  return fail(
    'release/verdict-outdated',
    `What the verdict at entry ${seq.value} rests on has grown since: record a new one.`,
    '/verdict',
  );
}

async function verdictOf(context: ServiceContext, caller: Caller, asked: Asked): Promise<Result<number>> {
  if (asked.verdict !== undefined) return ok(asked.verdict);
  const { subject, repository, environment } = asked;
  const judged = await judgeNow(context, asked);
  if (!judged.ok) return judged;
  const { verdict } = judged.value.result;
  if (verdict !== 'pass' && verdict !== 'waived') return notPassed(judged.value.result);
  // What was compared with the environment is a verdict for that one alone.
  const where = judged.value.compared ? { environment } : {};
  const recorded = await recordVerdict(context, caller, { digest: subject, repository, ...where });
  return recorded.ok ? ok(recorded.value.recorded.seq) : recorded;
}

function notPassed({ verdict, checks }: CustodyResult): Result<never> {
  const reasons = checks.flatMap(({ outcome, reason }) => (outcome === 'fail' && reason !== undefined ? [reason] : []));
  const why = reasons.length === 0 ? '' : `: ${[...new Set(reasons)].slice(0, 5).join(', ')}`;
  return fail('release/verdict-not-passed', `The verdict is ${verdict}${why}.`);
}

function keyedIdentity(caller: Caller, { subject, repository, environment, verdict }: Asked, key: string) {
  const named = [caller.principal, key];
  const asked = [repository, environment, subject, verdict === undefined ? '' : String(verdict)];
  return {
    identity: submissionIdentity('release-key', named),
    request: submissionIdentity('release-request', [...named, ...asked]),
  };
}

function isReleaseOf(entry: Entry, digest: string): boolean {
  return entry.kind === 'image.released' && (entry.body as ImageReleased).digest === digest;
}

async function recordedView(
  context: ServiceContext,
  { subject, repository, environment }: Asked,
  { entry, duplicate, receipt }: AppendedEntry,
): Promise<Result<ReleaseView & Recorded>> {
  const body = entry.body as ImageReleased;
  if (body.digest !== subject || body.environment !== environment || entry.repository !== repository) {
    const message = `Entry ${entry.seq} is said to be this release, and is another one.`;
    throw new ServiceError({ code: 'database/projection-differs', message });
  }
  return ok({ ...(await releaseView(context, entry)), seq: entry.seq, duplicate, receipt });
}
