import { ok, type Result } from '../core/fault.ts';
import type { Page, PageRequest } from './answers.ts';
import type { ServiceContext } from './context.ts';
import { page, readSeqCursor } from './cursor.ts';
import { type ListedEntry, readWholeLists } from './read-list.ts';

/** A page of an area's names in the order in which they began, each read from its whole list. */
export async function listNames<Item>(
  context: ServiceContext,
  area: 'contract' | 'principal',
  request: PageRequest,
  view: (name: string, list: readonly ListedEntry[]) => Item,
): Promise<Result<Page<Item>>> {
  const after = readSeqCursor(request.cursor);
  if (!after.ok) return after;
  const names = await context.projections.names(area, after.value, request.limit + 1);
  const lists = await readWholeLists(
    context.store,
    names.map(({ name }) => `${area}:${name}`),
  );
  return ok(
    page(
      names,
      request.limit,
      ({ name }) => view(name, lists.get(`${area}:${name}`) ?? []),
      ({ seq }) => String(seq),
    ),
  );
}
