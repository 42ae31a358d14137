import type { ProposedChange } from '../answers.ts';
import { listChanges } from '../propose-change.ts';
import { type InboxPart, type InboxQuestion, NOTHING } from './inbox-question.ts';

/** Lists that anything was ever proposed for are looked at page by page: few of them wait. */
const PAGES_MAX = 20;
const PAGE_LIMIT = 200;

/** Changes of trust that somebody else proposed, for an administrator who can be the second person. */
export async function changesToConfirm({ context, caller, limit }: InboxQuestion): Promise<InboxPart> {
  if (caller.role !== 'admin' || caller.person === undefined) return NOTHING;
  const found: ProposedChange[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < PAGES_MAX && found.length < limit; pages += 1) {
    const page = await listChanges(context, caller, {
      limit: PAGE_LIMIT,
      ...(cursor === undefined ? {} : { cursor }),
    });
    if (!page.ok) return NOTHING;
    found.push(
      ...page.value.items.filter(
        ({ principal, person }) => person !== undefined && person !== caller.person && principal !== caller.principal,
      ),
    );
    cursor = page.value.next;
    if (cursor === undefined) break;
  }
  const items = found.slice(0, limit).map(({ key, kind, proposal, proposedAt, principal }) => ({
    kind: 'confirm-change' as const,
    todo: `Read what ${principal} proposes (${kind} of ${key}), and make the change as the second person.`,
    since: proposedAt,
    change: key,
    seq: proposal,
  }));
  return { items, isWhole: cursor === undefined };
}
