import { type TrustFile, trustFileSha256 } from '../core/custody/trust-file.ts';
import { type CustodyResult, EVALUATOR } from '../core/custody/verify-custody.ts';
import { imageKey } from '../core/entry/keys.ts';
import { ok, type Result } from '../core/fault.ts';
import { scopeHasRepository } from '../core/trust/scope.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { chooseRepository, type SettledQuestion, settleQuestion } from './find-image.ts';
import { judgeEvidence, ownTrust } from './judge-evidence.ts';
import { createKeptAnswers, type KeptLimits } from './kept-answers.ts';
import { haveNotGrown } from './lists-stand.ts';
import { type ListState, type LoadedEvidence, withEvidence } from './load-evidence.ts';
import { openReadiness } from './readiness.ts';
import type { ImageQuestion } from './service.ts';

/** What a gate needs of a verdict: the checks are those that did not pass, the waivers those that exempt. */
export type GateAnswer = Pick<CustodyResult, 'verdict' | 'checkpoint' | 'validUntil' | 'checks' | 'waivers'>;

/** What is asked: an image, and perhaps the environment that it shall run in. */
export type GateQuestion = ImageQuestion & { readonly environment?: string };

export type AskGate = (caller: Caller, image: GateQuestion) => Promise<Result<GateAnswer>>;

/** A settled question with the environment. */
type Asked = SettledQuestion & { readonly environment?: string };

/** A verdict, what it rests on, and from when on and until when it is kept, in milliseconds since 1970. */
type Kept = {
  readonly answer: GateAnswer;
  readonly restsOn: readonly ListState[];
  readonly fromMs: number;
  readonly untilMs: number;
};

/** Repositories that a digest is in, and where the list of the digest ended before they were read. */
type Known = { readonly repositories: readonly string[]; readonly restsOn: readonly ListState[] };

/** Room for every image of a large cluster; most answers have 2 to 4 KB, a yes with its lists. */
const LIMITS: KeptLimits = { answersMax: 20_000, bytesMax: 64 * 1024 * 1024 };
/** A verdict that rests on more lists is reached anew each time: to look after them would cost as much. */
const LISTS_MAX = 512;
/** Documents and entries that somebody edits in the database are noticed by reading them: this often at least. */
const KEPT_MS_MAX = 10 * 60 * 1000;

/**
 * Answers gate questions from verdicts that were reached before, each at its checkpoint, for as long as they stand. One
 * stands while none of the lists that its evidence holds has grown, which is asked anew for every answer, and before its
 * `validUntil`. The next question after anything was appended that could change the verdict, by whichever replica, is
 * therefore judged anew; so is every question while the replica is not ready. A no is kept like a yes; that an image is unknown is not kept.
 *
 * Lists that are found shorter than before are `database/projection-differs`, as everywhere. Other faults: those of
 * {@link settleQuestion} and {@link withEvidence}.
 */
export function openGate(
  context: ServiceContext,
  trust: TrustFile = ownTrust(context),
  limits = LIMITS,
  readiness = openReadiness(context),
): AskGate {
  const verdicts = createKeptAnswers<Kept>(limits);
  const known = createKeptAnswers<Known>(limits);
  const rules = `${EVALUATOR} ${trustFileSha256(trust)}`;
  const nameOf = ({ subject, repository, environment = '' }: Asked) =>
    `${rules} ${repository} ${subject} ${environment}`;
  const underWay = new Map<string, Promise<Result<GateAnswer>>>();

  const judge = (question: Asked) =>
    withEvidence(context, questionOf(question), (loaded) => keep(question, loaded), question.environment);
  const keep = async (question: Asked, { bytes, restsOn }: LoadedEvidence): Promise<Result<GateAnswer>> => {
    const judged = await judgeEvidence(context, bytes, trust, question.environment);
    if (!judged.ok) return judged;
    const answer = gateAnswer(judged.value);
    const fromMs = Date.parse(judged.value.evaluatedAt);
    const untilMs = fromMs + keptMs(question);
    // A clock that is behind catches up: that no ends by itself, at a time that no verdict names.
    const ends = answer.checks.some(({ reason }) => reason === 'checkpoint/from-the-future');
    if (restsOn.length <= LISTS_MAX && !ends) verdicts.keep(nameOf(question), { answer, restsOn, fromMs, untilMs });
    return ok(answer);
  };
  const begin = (question: Asked): Promise<Result<GateAnswer>> => {
    const name = nameOf(question);
    const judging = judge(question).finally(() => underWay.delete(name));
    underWay.set(name, judging);
    return judging;
  };
  const findStanding = async (name: string): Promise<GateAnswer | undefined> => {
    const kept = verdicts.find(name);
    if (kept === undefined) return undefined;
    const [standing, { ready }] = await Promise.all([haveNotGrown(context.store, kept.restsOn), readiness()]);
    // Over a ledger that was set back, say, nothing is answered from memory: to judge anew says what is wrong.
    if (!standing || !ready) return undefined;
    // Last: the clock goes on while the database is asked.
    return isCurrent(kept, context.now()) ? kept.answer : undefined;
  };
  const settle = async (caller: Caller, image: GateQuestion): Promise<Result<SettledQuestion>> => {
    const { digest, repository } = image;
    if (repository !== undefined) {
      const settled = { subject: digest, repository };
      // What a repository once had it always has: whoever may read there need not be told again.
      const judged =
        scopeHasRepository(caller, repository) && verdicts.find(nameOf({ ...settled, ...where(image) })) !== undefined;
      return judged ? ok(settled) : settleQuestion(context, caller, image);
    }
    const kept = known.find(digest);
    if (kept !== undefined && (await haveNotGrown(context.store, kept.restsOn)))
      return chooseRepository(caller, image, kept.repositories);
    return settleAnew(caller, image);
  };
  const settleAnew = async (caller: Caller, image: ImageQuestion): Promise<Result<SettledQuestion>> => {
    const { digest } = image;
    const key = imageKey(digest);
    // Before the repositories are read: what is appended in between is then seen to be missing.
    const end = (await context.store.listEnds([key])).get(key);
    const repositories = await context.projections.repositoriesOf(digest);
    if (end !== undefined && repositories.length > 0) known.keep(digest, { repositories, restsOn: [{ key, ...end }] });
    return chooseRepository(caller, image, repositories);
  };

  return async (caller, image) => {
    const settled = await settle(caller, image);
    if (!settled.ok) return settled;
    const question: Asked = { ...settled.value, ...where(image) };
    const name = nameOf(question);
    const begunBefore = underWay.get(name);
    const standing = await findStanding(name);
    if (standing !== undefined) return ok(standing);
    if (begunBefore !== undefined) {
      // It may have read before something that was appended before this question: then it does not stand.
      await begunBefore.catch(() => undefined);
      const reached = await findStanding(name);
      if (reached !== undefined) return ok(reached);
    }
    // Whatever is under way now began after this question came.
    return underWay.get(name) ?? begin(question);
  };
}

function where({ environment }: GateQuestion): { readonly environment?: string } {
  return environment === undefined ? {} : { environment };
}

function questionOf({ subject, repository }: Asked): SettledQuestion {
  return { subject, repository };
}

function gateAnswer({ verdict, checkpoint, validUntil, checks, waivers }: CustodyResult): GateAnswer {
  return {
    verdict,
    checks: checks.filter(({ outcome }) => outcome !== 'pass'),
    waivers: waivers.filter(({ exempts }) => exempts),
    ...(checkpoint === undefined ? {} : { checkpoint }),
    ...(validUntil === undefined ? {} : { validUntil }),
  };
}

function isCurrent({ answer, fromMs, untilMs }: Kept, now: Date): boolean {
  const nowMs = now.getTime();
  const valid = answer.validUntil === undefined || nowMs < Date.parse(answer.validUntil);
  return valid && fromMs <= nowMs && nowMs <= untilMs;
}

/** Between half of the most and all of it, by the digest: what was asked for at once is not judged anew at once. */
function keptMs({ subject }: SettledQuestion): number {
  const part = Number.parseInt(subject.slice('sha256:'.length, 'sha256:'.length + 4), 16) / 0xffff;
  return Math.round(KEPT_MS_MAX * (0.5 + part / 2));
}
