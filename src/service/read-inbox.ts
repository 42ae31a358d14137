import { ok, type Result } from '../core/fault.ts';
import { authorise, EVERY_ROLE } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { INBOX_KINDS, type InboxAnswer, type InboxItem, type InboxKind } from './found-answers.ts';
import { changesToConfirm } from './inbox/changes-to-confirm.ts';
import { imagesThatFail } from './inbox/images-that-fail.ts';
import type { InboxPart, InboxQuestion } from './inbox/inbox-question.ts';
import { runsThatEnd } from './inbox/runs-that-end.ts';
import { signersThatAge } from './inbox/signers-that-age.ts';
import { brokenGlass, waiversThatEnd, waiversToApprove } from './inbox/waivers-that-wait.ts';

/** Who finds what waits, kind by kind; each knows whom it concerns. */
const PARTS: Readonly<Record<InboxKind, (asked: InboxQuestion) => Promise<InboxPart>>> = {
  'break-glass': brokenGlass,
  'approve-waiver': waiversToApprove,
  'confirm-change': changesToConfirm,
  'image-fails': imagesThatFail,
  'waiver-expires': waiversThatEnd,
  'run-expires': runsThatEnd,
  'signer-ages': signersThatAge,
};

const DAY_MS = 86_400_000;

/**
 * What awaits the caller, by their role and within their scope: what is due first comes first, what nothing ends comes
 * last, the newest first. Of each kind `limit` at most, and `more` names those of which there is or may be more. It is
 * looked up, enters no verdict, and is judged anew by whatever is then done.
 * Faults: those of authorisation.
 */
export async function readInbox(
  context: ServiceContext,
  caller: Caller,
  { days, limit }: { readonly days: number; readonly limit: number },
): Promise<Result<InboxAnswer>> {
  const allowed = authorise(caller, { roles: EVERY_ROLE });
  if (!allowed.ok) return allowed;
  const now = context.now();
  const asked: InboxQuestion = {
    context,
    caller,
    now,
    soon: new Date(now.getTime() + days * DAY_MS).toISOString(),
    recent: new Date(now.getTime() - days * DAY_MS).toISOString(),
    limit: limit + 1,
  };
  const found = await Promise.all(
    INBOX_KINDS.map(async (kind) => {
      const { items, isWhole } = await PARTS[kind](asked);
      return { kind, items: [...items].sort(byDue), isWhole };
    }),
  );
  return ok({
    items: found.flatMap(({ items }) => items.slice(0, limit)).sort(byDue),
    more: found.flatMap(({ kind, items, isWhole }) => (items.length > limit || !isWhole ? [kind] : [])),
    evaluatedAt: now.toISOString(),
  });
}

/** What ends first is due first; what nothing ends comes after that, the newest first. */
function byDue(a: InboxItem, b: InboxItem): number {
  if (a.until !== undefined && b.until !== undefined) return compare(a.until, b.until);
  if (a.until !== undefined || b.until !== undefined) return a.until === undefined ? 1 : -1;
  return compare(b.since, a.since);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
