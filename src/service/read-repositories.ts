import type { Entry } from '../core/entry/entry.ts';
import { REPOSITORY } from '../core/entry/names.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import type { Page, PageRequest } from './answers.ts';
import { authorise, EVERY_ROLE } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { page } from './cursor.ts';
import type { RepositoryView } from './found-answers.ts';
import { proveEntries } from './prove-entries.ts';
import { projectionDiffers } from './require-mapped.ts';
import type { RepositoryRow } from './search-rows.ts';

/**
 * Repositories that the caller may read, by name, with what each holds and what was last done in it. Looked up in
 * projections; the entries that times are taken from are proved.
 */
export async function listRepositories(
  context: ServiceContext,
  caller: Caller,
  request: PageRequest,
): Promise<Result<Page<RepositoryView>>> {
  const allowed = authorise(caller, { roles: EVERY_ROLE });
  if (!allowed.ok) return allowed;
  const after = readNameCursor(request.cursor);
  if (!after.ok) return after;
  const rows = await context.projections.repositories({
    globs: caller.repositories,
    ...(after.value === undefined ? {} : { after: after.value }),
    limit: request.limit + 1,
  });
  const seqs = rows.flatMap(({ activeSeq, judged }) => [activeSeq ?? [], judged?.seq ?? []].flat());
  const stored = await context.store.entries([...new Set(seqs)]);
  await proveEntries(context.store, stored);
  const entries = new Map(stored.map(({ entry }) => [entry.seq, entry]));
  return ok(
    page(
      rows,
      request.limit,
      (row) => repositoryView(row, entries),
      ({ repository }) => Buffer.from(repository).toString('base64url'),
    ),
  );
}

function repositoryView(row: RepositoryRow, entries: ReadonlyMap<number, Entry>): RepositoryView {
  const { repository, images, newest, judged, activeSeq } = row;
  const timeOf = (seq: number) => {
    const entry = entries.get(seq);
    if (entry?.repository !== repository)
      throw projectionDiffers(`Entry ${seq} is listed under ${repository}, and is not about it`);
    return entry.time;
  };
  return {
    repository,
    images,
    ...(activeSeq === undefined ? {} : { activeAt: timeOf(activeSeq) }),
    ...(newest === undefined ? {} : { newest: { digest: newest.digest, signedAt: newest.signedAt } }),
    ...(judged === undefined
      ? {}
      : {
          verdict: { ...judged, time: timeOf(judged.seq) },
        }),
  };
}

function readNameCursor(cursor: string | undefined): Result<string | undefined> {
  if (cursor === undefined) return ok(undefined);
  const name = Buffer.from(cursor, 'base64url').toString();
  const isOurs = REPOSITORY.test(name) && Buffer.from(name).toString('base64url') === cursor;
  return isOurs ? ok(name) : fail('http/malformed-parameter', 'The cursor is none of an earlier page.', 'cursor');
}
