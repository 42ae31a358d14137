import { principalKey } from '../core/entry/keys.ts';
import type { RunClosed, RunOutcome } from '../core/entry/kinds/run-closed.ts';
import { ok, type Result } from '../core/fault.ts';
import type { Recorded, RunView } from './answers.ts';
import { appendEntry } from './append-entry.ts';
import { authoriseNow } from './authenticate.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import type { Submission } from './ports.ts';
import { viewRun } from './read-runs.ts';
import { submissionIdentity } from './submission-identity.ts';
import { unknownRun, useRun } from './use-run.ts';

/**
 * Closes a run: nothing is filed under it any more. Doing it again with the same outcome finds the first one; one that has
 * ended otherwise stays as it is. Faults: `run/unknown`, `run/ended`, `auth/*`.
 */
export async function closeRun(
  context: ServiceContext,
  caller: Caller,
  run: string,
  outcome: RunOutcome,
): Promise<Result<RunView & Recorded>> {
  const opened = await context.runs.find(run);
  if (opened === undefined) return unknownRun(run);
  const { repository, commit } = opened;
  const body: RunClosed = { commit, outcome };
  const appended = await appendEntry(context, async (attempt) => {
    const allowed = await authoriseNow(context, caller, { roles: ['pipeline', 'admin'], repository }, attempt);
    if (!allowed.ok) return allowed;
    const used = await useRun(context, { run, repository }, attempt);
    if (!used.ok) return used;
    const { principal, grants } = allowed.value;
    return ok<Submission>({
      identity: submissionIdentity('run-closed', [run, outcome]),
      proposal: { kind: 'run.closed', principal, repository, run, body },
      restsOn: [{ key: principalKey(principal), n: grants }, used.value.restsOn],
      before: used.value.before,
    });
  });
  if (!appended.ok) return appended;
  const { entry, duplicate, receipt } = appended.value;
  return ok({ ...(await viewRun(context, opened)), seq: entry.seq, duplicate, receipt });
}
