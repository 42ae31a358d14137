import { runKey } from '../core/entry/keys.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import type { ServiceContext } from './context.ts';
import type { RestsOn } from './rests-on.ts';
import type { OpenedRun } from './run-directory.ts';

/** How far the clocks of the service and of its database may be apart. */
const CLOCK_OFF_MS_MAX = 5_000;

/** What a submission rests on that is filed under an open run. */
export type RunInUse = { readonly opened: OpenedRun; readonly restsOn: RestsOn; readonly before: string };

/**
 * The run that a submission names, where it may be filed under it. Attempt 0 takes the run for open: the append holds it to
 * that, and finds what was recorded before the end where it is sent again after it. Later attempts look.
 * Faults: `run/unknown`, `run/other-repository`, `run/other-commit` for a commit in `subjects` that is not the run's,
 * `run/ended`.
 */
export async function useRun(
  context: ServiceContext,
  named: { readonly run: string; readonly repository: string; readonly subjects?: readonly string[] },
  attempt: number,
): Promise<Result<RunInUse>> {
  const { run, repository, subjects = [] } = named;
  const opened = await context.runs.find(run);
  if (opened === undefined) return unknownRun(run);
  if (opened.repository !== repository)
    return fail('run/other-repository', `The run ${run} is not one of ${repository}.`, 'run');
  const commits = subjects.filter((subject) => subject.startsWith('gitCommit:'));
  const other = commits.find((subject) => subject !== `gitCommit:${opened.commit}`);
  if (other !== undefined) return fail('run/other-commit', `The run ${run} is not one of ${other}.`, 'run');
  const ended = attempt === 0 ? undefined : await endOf(context, opened, attempt);
  if (ended !== undefined) return fail('run/ended', `The run ${run} ${ended}.`, 'run');
  return ok({ opened, restsOn: { key: runKey(run), isOpenRun: true }, before: opened.expiresAt });
}

/**
 * Why nothing can be filed under the run any more. The append goes by the database's clock: where it came back more than
 * once, that clock may be ahead of this one by as much as it may be off.
 */
async function endOf(
  context: ServiceContext,
  { run, expiresAt }: OpenedRun,
  attempt: number,
): Promise<string | undefined> {
  const end = await context.runs.findEnd(run);
  if (end?.state === 'expired') return `expired at ${end.endedAt}`;
  if (end !== undefined) return `was closed as ${end.state} at ${end.endedAt}`;
  const ahead = attempt > 1 ? CLOCK_OFF_MS_MAX : 0;
  return context.now().getTime() + ahead < Date.parse(expiresAt) ? undefined : `expired at ${expiresAt}`;
}

export function unknownRun(run: string): Result<never> {
  return fail('run/unknown', `There is no run ${run}.`, 'run');
}
