import type { Caller } from '../caller.ts';
import type { ServiceContext } from '../context.ts';
import type { InboxItem } from '../found-answers.ts';

/** What every part of the inbox is asked. */
export type InboxQuestion = {
  readonly context: ServiceContext;
  readonly caller: Caller;
  readonly now: Date;
  /** What ends before it ends soon; RFC 3339 in UTC with milliseconds. */
  readonly soon: string;
  /** Not older than this is new; likewise. */
  readonly recent: string;
  /** Most items of one kind: one more than are shown. */
  readonly limit: number;
};

/** What one part found. */
export type InboxPart = {
  readonly items: readonly InboxItem[];
  /** That nothing that could concern the caller was left unseen, but for what comes after the `limit`. */
  readonly isWhole: boolean;
};

/** Of a kind that does not concern the caller. */
export const NOTHING: InboxPart = { items: [], isWhole: true };
