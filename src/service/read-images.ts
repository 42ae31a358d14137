import type { Verdict } from '../core/entry/kinds/verdict-recorded.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import type { ImageSummary, Page, PageRequest } from './answers.ts';
import { authorise, EVERY_ROLE } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { page, readSeqCursor } from './cursor.ts';
import { settleQuestion } from './find-image.ts';
import type { ImageRow } from './ports.ts';
import type { ImageQuestion } from './service.ts';

/** Signed images that the caller may read, newest signature first. `verdict=none` asks for those without one. */
export async function listImages(
  context: ServiceContext,
  caller: Caller,
  filter: { readonly repository?: string; readonly verdict?: string },
  request: PageRequest,
): Promise<Result<Page<ImageSummary>>> {
  const { repository } = filter;
  const allowed = authorise(caller, { roles: EVERY_ROLE, ...(repository === undefined ? {} : { repository }) });
  if (!allowed.ok) return allowed;
  const before = readSeqCursor(request.cursor);
  if (!before.ok) return before;
  const rows = await context.projections.images({
    ...filter,
    globs: caller.repositories,
    ...(before.value === undefined ? {} : { beforeSeq: before.value }),
    limit: request.limit + 1,
  });
  return ok(page(rows, request.limit, imageSummary, (row) => String(row.seq)));
}

/** One image; a digest that is only known as a child or by attestations, and was never signed itself, is `image/unknown`. */
export async function readImage(
  context: ServiceContext,
  caller: Caller,
  question: ImageQuestion,
): Promise<Result<ImageSummary>> {
  const settled = await settleQuestion(context, caller, question);
  if (!settled.ok) return settled;
  const { subject, repository } = settled.value;
  const [row] = await context.projections.images({ digest: subject, repository, globs: caller.repositories, limit: 1 });
  return row === undefined
    ? fail('image/unknown', `${subject} was not signed in ${repository}.`, 'digest')
    : ok(imageSummary(row));
}

function imageSummary(row: ImageRow): ImageSummary {
  const { verdict, ...image } = row;
  return { ...image, ...(verdict === undefined ? {} : { verdict: verdict as Verdict }) };
}
