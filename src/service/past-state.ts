import type { AsOf } from '../core/custody/as-of.ts';
import type { EvidenceParts, Question } from '../core/custody/evidence.ts';
import { formatTime, parseTime } from '../core/entry/time.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import type { Caller } from './caller.ts';
import type { SignedHead } from './checkpoint-signer.ts';
import type { ServiceContext } from './context.ts';
import { firstNotBefore } from './find-by-time.ts';
import { settleQuestion } from './find-image.ts';
import { ServiceError, type StoredHead } from './ports.ts';
import { signPublished } from './published-checkpoints.ts';
import type { PastQuestion, PastState, VerdictQuestion } from './service.ts';
import { readConsistencyPath } from './tree-proofs.ts';

/** The same as `settleQuestion`, of now or of a past state. Faults: those of it, and `asof/not-published`. */
export async function settlePastQuestion(
  context: ServiceContext,
  caller: Caller,
  image: PastQuestion,
): Promise<Result<Question>> {
  const question = await settleQuestion(context, caller, image);
  if (!question.ok || image.asOf === undefined) return question;
  const asOf = await settleState(context, image.asOf);
  return asOf.ok ? ok({ ...question.value, asOf: asOf.value }) : asOf;
}

/** The same, about the environment that is named too: what was released there before is then part of the answer. */
export async function settleComparedQuestion(
  context: ServiceContext,
  caller: Caller,
  { environment, ...image }: VerdictQuestion,
): Promise<Result<Question>> {
  const question = await settlePastQuestion(context, caller, image);
  return question.ok && environment !== undefined ? ok({ ...question.value, environment }) : question;
}

/** Which state is meant: the one of a batch that ended at that size, or the newest that is not after a time. */
async function settleState(context: ServiceContext, state: PastState): Promise<Result<AsOf>> {
  const now = context.now().toISOString();
  if ('time' in state && state.time > now)
    return fail('asof/not-published', `What will be known at ${state.time} is not settled; it is ${now}.`, 'asOf');
  const newest = (await context.sequencer.checkpoint())?.head.frontier.size ?? 0;
  const head =
    'size' in state ? await headOfSize(context, state.size, newest) : await headAt(context, state.time, newest);
  if (head !== undefined) return ok({ size: head.frontier.size, view: state.view });
  const message =
    'size' in state
      ? `No checkpoint of ${state.size} entries was published; the log has ${newest}.`
      : `The log published no checkpoint up to ${state.time}.`;
  return fail('asof/not-published', message, 'asOf');
}

async function headOfSize({ store }: ServiceContext, size: number, newest: number): Promise<StoredHead | undefined> {
  const [head] = size <= newest ? await store.heads(size + 1, 1) : [];
  return head?.frontier.size === size ? head : undefined;
}

/** All entries of a batch have one time, so that whatever ends before the first later entry is not after the time. */
async function headAt({ store }: ServiceContext, time: string, newest: number): Promise<StoredHead | undefined> {
  const milliseconds = parseTime(time);
  if (milliseconds === undefined) return undefined;
  const size = await firstNotBefore(store, formatTime(milliseconds + 1), 0, newest);
  const [head] = await store.heads(size + 1, 1);
  return head;
}

/** What shows a past state under a newer one: its checkpoint, and the path between them. */
export async function provePastState(
  context: ServiceContext,
  { asOf }: Question,
  { head }: SignedHead,
): Promise<Pick<EvidenceParts, 'earlier' | 'consistency'>> {
  if (asOf === undefined) return {};
  const [stored] = await context.store.heads(asOf.size + 1, 1);
  const [signed] = stored?.frontier.size === asOf.size ? await signPublished(context, [stored]) : [];
  if (signed === undefined)
    throw new ServiceError({ code: 'head/not-ours', message: `The head of ${asOf.size} entries is missing.` });
  const consistency = await readConsistencyPath(context.store, asOf.size, head.frontier.size);
  return { earlier: signed.checkpoint, consistency };
}
