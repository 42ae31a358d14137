import { principalKey } from '../core/entry/keys.ts';
import type { RunOpened } from '../core/entry/kinds/run-opened.ts';
import { fail, invariant, ok, type Result } from '../core/fault.ts';
import type { Recorded, RunView } from './answers.ts';
import { appendEntry } from './append-entry.ts';
import { authoriseNow } from './authenticate.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { drawId } from './draw-id.ts';
import { type Pins, readPins } from './pin-contracts.ts';
import type { Submission } from './ports.ts';
import { viewRun } from './read-runs.ts';
import { submissionIdentity } from './submission-identity.ts';

/** How long a run lasts that says nothing of it, where the service allows that long. */
const LIFETIME_SECONDS_DEFAULT = 6 * 60 * 60;

export type OpenRunRequest = {
  readonly repository: string;
  /** 40 or 64 hex digits. */
  readonly commit: string;
  readonly lifetimeSeconds?: number;
};

/**
 * Opens a run of a commit: from now on the ledger tells how it ends. It pins the contracts that apply now. With a key of
 * the caller's own (`idempotencyKey`) a repeated request finds the run that the first one opened; without one every request
 * opens another run, which is another attempt.
 * Faults: `auth/*`, `run/lifetime-out-of-range`, `run/pins-too-much`, `run/full` when the commit takes no more attempts,
 * `http/idempotency-key-reused`.
 */
export async function openRun(
  context: ServiceContext,
  caller: Caller,
  request: OpenRunRequest,
  idempotencyKey?: string,
): Promise<Result<RunView & Recorded>> {
  const { repository, lifetimeSeconds = Math.min(LIFETIME_SECONDS_DEFAULT, context.runSecondsMax) } = request;
  if (lifetimeSeconds < 1 || lifetimeSeconds > context.runSecondsMax) {
    const message = `A run lasts between 1 and ${context.runSecondsMax} seconds here.`;
    return fail('run/lifetime-out-of-range', message, 'lifetimeSeconds');
  }
  const run = drawId('r', context.random);
  const appended = await appendEntry(context, async (attempt) => {
    const allowed = await authoriseNow(context, caller, { roles: ['pipeline', 'admin'], repository }, attempt);
    if (!allowed.ok) return allowed;
    const pins = await readPins(context.store, repository);
    if (!pins.ok) return pins;
    const expires = new Date(context.now().getTime() + lifetimeSeconds * 1000).toISOString();
    return ok(submission(allowed.value, { ...request, run, expires }, pins.value, idempotencyKey));
  });
  if (!appended.ok) return appended;
  const { entry, duplicate, receipt } = appended.value;
  const opened = await context.runs.find(entry.run ?? '');
  invariant(opened !== undefined, 'a run that was appended is there');
  return ok({ ...(await viewRun(context, opened)), seq: entry.seq, duplicate, receipt });
}

function submission(
  caller: Caller,
  asked: OpenRunRequest & { readonly run: string; readonly expires: string },
  { contracts, stages, restsOn }: Pins,
  idempotencyKey: string | undefined,
): Submission {
  const { run, repository, commit, expires, lifetimeSeconds } = asked;
  const body: RunOpened = { commit, contracts, stages, expires };
  const lifetime = lifetimeSeconds === undefined ? '' : String(lifetimeSeconds);
  const key = [caller.principal, idempotencyKey ?? ''];
  return {
    ...(idempotencyKey === undefined
      ? { identity: submissionIdentity('run', [run]) }
      : {
          identity: submissionIdentity('run-key', key),
          request: submissionIdentity('run-request', [...key, repository, commit, lifetime]),
        }),
    proposal: { kind: 'run.opened', principal: caller.principal, repository, run, body },
    restsOn: [{ key: principalKey(caller.principal), n: caller.grants }, ...restsOn],
    before: expires,
    // Run, time and pins are those of the first request.
    repeats: [],
  };
}
