import { takesControl } from '../core/control/takes-control.ts';
import type { Json } from '../core/encoding/json.ts';
import type { Entry } from '../core/entry/entry.ts';
import { fail, invariant, ok, type Result } from '../core/fault.ts';
import { receiptJson } from '../core/receipt/receipt.ts';
import type { ServiceContext } from './context.ts';
import { lacksSecond } from './lacks-second.ts';
import { makeReceipt } from './make-receipt.ts';
import { ServiceError, type Submission } from './ports.ts';

/** How often a submission is authorised again because what it rests on has moved. */
const ATTEMPTS_MAX = 8;

export type AppendedEntry = {
  readonly entry: Entry;
  readonly duplicate: boolean;
  readonly receipt: Json;
};

/** What is asked for is there already, whoever asked for it and by whatever identity: nothing is to be appended. */
export type StandingEntry = { readonly standing: number };

/**
 * Prepares a submission, sequences it, and gives its entry and receipt; for a repeated one, and for what stands already,
 * those of the first.
 * `prepare` authorises: it runs again, as attempt 1 and so on, whenever a list that it read from has moved before the
 * lock was held. Attempt 0 may rest on what was read before, since the append holds the lists to what `restsOn` says;
 * the later ones read again.
 * Faults: those of `prepare`, `control/missing`, those of `lacksSecond`, and `service/contended` when the lists never stood still.
 */
export async function appendEntry(
  context: ServiceContext,
  prepare: (attempt: number) => Promise<Result<Submission | StandingEntry>>,
): Promise<Result<AppendedEntry>> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const prepared = await prepare(attempt);
    if (!prepared.ok) return prepared;
    const submission = prepared.value;
    if ('standing' in submission) return findEntry(context, submission.standing);
    const fault = unagreed(context, submission) ?? (await lacksSecond(context.store, submission));
    if (fault !== undefined) return fault;
    const appended = await sequence(context, submission);
    if (appended !== undefined) return appended;
  }
  return fail('service/contended', 'What this request rests on kept changing; try it again.');
}

/**
 * Whoever prepares a change of trust has the control keys agree to it (`agreeControl`). Nothing that lacks it gets further
 * than this, since one such entry would spoil the log for all its readers.
 */
function unagreed({ control }: ServiceContext, { proposal, payload, isKnown }: Submission): Result<never> | undefined {
  if (control === undefined || proposal.control !== undefined || isKnown === true) return undefined;
  if (takesControl(proposal, payload?.bytes, false) !== true) return undefined;
  return fail('control/missing', 'The change takes the agreement of control keys, and carries none.', 'control');
}

/** Undefined where what the submission rests on has moved. */
async function sequence(context: ServiceContext, submission: Submission): Promise<Result<AppendedEntry> | undefined> {
  const { appended, proved, checkpoint, logKey } = await context.sequencer.sequence(submission);
  switch (appended.outcome) {
    case 'declined':
      return { ok: false, fault: appended.fault };
    case 'refused':
      throw new ServiceError(appended.fault);
    case 'stale':
      return undefined;
    case 'found':
      return findEntry(context, appended.seq);
    case 'appended': {
      invariant(proved !== undefined, 'a batch proves what it appended');
      const { entry, path } = proved;
      const salt = submission.payload?.salt;
      const receipt = { entry, index: appended.seq, path, checkpoint, logKey };
      return ok({ entry, receipt: receiptJson(salt === undefined ? receipt : { ...receipt, salt }), duplicate: false });
    }
  }
}

/** It may have come with an earlier batch, whose receipt it gets. */
async function findEntry(context: ServiceContext, seq: number): Promise<Result<AppendedEntry>> {
  const made = await makeReceipt(context, seq);
  invariant(made !== undefined, 'an entry that was appended has a receipt');
  return ok({ ...made, duplicate: true });
}
