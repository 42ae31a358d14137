import type { Json } from '../core/encoding/json.ts';
import type { Entry } from '../core/entry/entry.ts';
import { fail, invariant, ok, type Result } from '../core/fault.ts';
import type { ServiceContext } from './context.ts';
import { makeReceipt } from './make-receipt.ts';
import { ServiceError, type Submission } from './ports.ts';

/** How often a submission is authorised again because what it rests on has moved. */
const ATTEMPTS_MAX = 8;

export type AppendedEntry = {
  readonly entry: Entry;
  readonly duplicate: boolean;
  readonly receipt: Json;
};

/**
 * Prepares a submission, sequences it, and gives its entry and receipt; for a repeated one those of the first.
 * `prepare` authorises: it runs again whenever a list that it read from has moved before the lock was held.
 * Faults: those of `prepare`, and `service/contended` when the lists never stood still.
 */
export async function appendEntry(
  context: ServiceContext,
  prepare: () => Promise<Result<Submission>>,
): Promise<Result<AppendedEntry>> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const submission = await prepare();
    if (!submission.ok) return submission;
    const { appended, head, checkpoint } = await context.sequencer.sequence(submission.value);
    if (appended.outcome === 'full') return { ok: false, fault: appended.fault };
    if (appended.outcome === 'refused') throw new ServiceError(appended.fault);
    if (appended.outcome === 'stale') continue;
    const duplicate = appended.outcome === 'found';
    const made = await makeReceipt(context, appended.seq, duplicate ? undefined : { head, checkpoint });
    invariant(made !== undefined, 'an entry that was appended has a receipt');
    return ok({ ...made, duplicate });
  }
  return fail('service/contended', 'What this request rests on kept changing; try it again.');
}
