import { fail, ok, type Result } from '../core/fault.ts';

/** A cursor is the last item's place, in plain digits: it says nothing that the item did not. */
export function readSeqCursor(cursor: string | undefined): Result<number | undefined> {
  if (cursor === undefined) return ok(undefined);
  const seq = Number(cursor);
  if (/^(?:0|[1-9][0-9]{0,15})$/.test(cursor) && Number.isSafeInteger(seq)) return ok(seq);
  return fail('http/malformed-parameter', 'The cursor is none of an earlier page.', 'cursor');
}

/** Items of one page out of one more than its limit, with the cursor of the next page where there is one. */
export function page<Row, Item>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => Item,
  cursor: (row: Row) => string,
): { readonly items: readonly Item[]; readonly next?: string } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(item), ...(more ? { next: cursor(last) } : {}) };
}
