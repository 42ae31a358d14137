import type { Json } from '../core/encoding/json.ts';
import type { Page } from './answers.ts';
import type { Answer, PageQuestion } from './call.ts';
import { ClientError } from './client-error.ts';

/** Items asked for at once: the most that the API gives. */
const PAGE_LIMIT = 200;
/** Pages of one list, a million items: whoever has more asks for less. */
export const PAGES_MAX = 5_000;

/**
 * Every item of a paged list, page after page, or the first `max`. `onPage` hears how many there are so far. A part is never
 * given for the whole: a list that goes round is refused (`client/malformed-answer`), and one of over 5,000 pages, whatever is
 * on them (`client/answer-too-large`).
 */
export async function collectPages<T>(
  read: (page: PageQuestion) => Answer<Page<T>>,
  options: { readonly max?: number; readonly onPage?: (count: number) => void } = {},
): Promise<{ readonly items: readonly T[]; readonly json: readonly Json[] }> {
  const items: T[] = [];
  const json: Json[] = [];
  const asked = new Set<string>();
  let cursor: string | undefined;
  do {
    if (asked.size >= PAGES_MAX) {
      const message = `The list goes on after ${items.length} items on ${PAGES_MAX} pages: ask for a part of it.`;
      throw new ClientError({ code: 'client/answer-too-large', message });
    }
    const page = await read({ cursor, limit: PAGE_LIMIT });
    items.push(...page.value.items);
    const raw = page.json as { readonly items: readonly Json[] };
    json.push(...raw.items);
    options.onPage?.(items.length);
    cursor = page.value.next;
    if (cursor !== undefined && asked.has(cursor)) {
      const message = 'The pages of a list lead back to one that was there before.';
      throw new ClientError({ code: 'client/malformed-answer', message });
    }
    if (cursor !== undefined) asked.add(cursor);
  } while (cursor !== undefined && items.length < (options.max ?? Number.MAX_SAFE_INTEGER));
  return { items: items.slice(0, options.max), json: json.slice(0, options.max) };
}
