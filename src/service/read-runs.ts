import type { Entry } from '../core/entry/entry.ts';
import { ok, type Result } from '../core/fault.ts';
import type { RunState } from '../core/run/run-state.ts';
import { scopeHasRepository } from '../core/trust/scope.ts';
import type { Page, PageRequest, RunView } from './answers.ts';
import { authorise, EVERY_ROLE } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { page, readSeqCursor } from './cursor.ts';
import { projectionDiffers } from './require-mapped.ts';
import { endOfEntry, type OpenedRun, openedOfEntry, type RunEnd } from './run-directory.ts';
import type { RunRow } from './run-rows.ts';
import { unknownRun } from './use-run.ts';

/** Runs that the caller may read, newest first. */
export async function listRuns(
  context: ServiceContext,
  caller: Caller,
  filter: { readonly repository?: string; readonly commit?: string; readonly state?: RunState },
  request: PageRequest,
): Promise<Result<Page<RunView>>> {
  const { repository } = filter;
  const allowed = authorise(caller, { roles: EVERY_ROLE, ...(repository === undefined ? {} : { repository }) });
  if (!allowed.ok) return allowed;
  const before = readSeqCursor(request.cursor);
  if (!before.ok) return before;
  const rows = await context.projections.runs({
    ...filter,
    globs: caller.repositories,
    ...(before.value === undefined ? {} : { beforeSeq: before.value }),
    limit: request.limit + 1,
  });
  const seqs = rows.flatMap(({ seq, endSeq }) => (endSeq === undefined ? [seq] : [seq, endSeq]));
  const entries = new Map((await context.store.entries(seqs)).map(({ entry }) => [entry.seq, entry]));
  return ok(
    page(
      rows,
      request.limit,
      (row) => rowView(row, entries),
      ({ seq }) => String(seq),
    ),
  );
}

/** One run. One that the caller may not read is `run/unknown`: they are not told of it. */
export async function readRun(context: ServiceContext, caller: Caller, run: string): Promise<Result<RunView>> {
  const allowed = authorise(caller, { roles: EVERY_ROLE });
  if (!allowed.ok) return allowed;
  const opened = await context.runs.find(run);
  if (opened === undefined || !scopeHasRepository(caller, opened.repository)) return unknownRun(run);
  return ok(await viewRun(context, opened));
}

/** A run as it is now. */
export async function viewRun(context: ServiceContext, opened: OpenedRun): Promise<RunView> {
  const { run, repository, commit, seq } = opened;
  const [end, attempt] = await Promise.all([
    context.runs.findEnd(run),
    context.projections.attempt(repository, commit, seq),
  ]);
  return runView(opened, end, attempt);
}

function rowView(row: RunRow, entries: ReadonlyMap<number, Entry>): RunView {
  const [first, last] = [entries.get(row.seq), entries.get(row.endSeq ?? -1)];
  if (first?.kind !== 'run.opened' || first.run !== row.run)
    throw projectionDiffers(`The run ${row.run} is listed at entry ${row.seq}, which does not open it`);
  return runView(openedOfEntry(first), last === undefined ? undefined : endOfEntry(last), row.attempt);
}

function runView({ seq, ...opened }: OpenedRun, end: RunEnd | undefined, attempt: number): RunView {
  return { ...opened, openedSeq: seq, attempt, ...(end ?? { state: 'open' as const }) };
}
