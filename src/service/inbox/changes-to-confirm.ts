import type { ProposedChange } from '../answers.ts';
import type { InboxItem } from '../found-answers.ts';
import { listChanges } from '../propose-change.ts';
import type { InboxQuestion } from './inbox-question.ts';

/** Lists that anything was ever proposed for are looked at page by page: few of them wait. */
const PAGES_MAX = 20;
const PAGE_LIMIT = 200;

/** Changes of trust that somebody else proposed, for an administrator who can be the second person. */
export async function changesToConfirm({ context, caller, limit }: InboxQuestion): Promise<readonly InboxItem[]> {
  if (caller.role !== 'admin' || caller.person === undefined) return [];
  const found: ProposedChange[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < PAGES_MAX && found.length < limit; pages += 1) {
    const page = await listChanges(context, caller, {
      limit: PAGE_LIMIT,
      ...(cursor === undefined ? {} : { cursor }),
    });
    if (!page.ok) return [];
    found.push(
      ...page.value.items.filter(
        ({ principal, person }) => person !== undefined && person !== caller.person && principal !== caller.principal,
      ),
    );
    cursor = page.value.next;
    if (cursor === undefined) break;
  }
  return found.slice(0, limit).map(({ key, kind, proposal, proposedAt, principal }) => ({
    kind: 'confirm-change',
    todo: `Read what ${principal} proposes (${kind} of ${key}), and make the change as the second person.`,
    since: proposedAt,
    change: key,
    seq: proposal,
  }));
}
