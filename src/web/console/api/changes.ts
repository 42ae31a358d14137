import type { Change } from '../verify/read-change.ts';
import type { Page } from './answers.ts';
import { call } from './call.ts';

/** A change of trust that one person proposed, and that waits for another. */
export type ProposedChange = Change & {
  /** The list that it is for, such as `contract:shop`. */
  readonly key: string;
  /** Seq of the entry that proposes it. */
  readonly proposal: number;
  readonly proposedAt: string;
  readonly principal: string;
  readonly person?: string;
};

export type SettingsView = { readonly dualControl: boolean };

/** Pages of one look: few changes wait, and a page may have fewer than it could. */
const PAGES_OF_A_LOOK = 20;

/** Changes that wait, as far as was looked. */
export type WaitingChanges = {
  readonly changes: readonly ProposedChange[];
  /** Pages that were looked through. */
  readonly pages: number;
  /** Whether more may wait on pages that were not looked at. */
  readonly goesOn: boolean;
};

export type Looking = { readonly signal?: AbortSignal; readonly attended?: boolean; readonly looks?: number };

/** The changes that wait for their second person, on the pages of so many looks. Throws `Refusal`. */
export async function waitingChanges({ signal, attended = true, looks = 1 }: Looking): Promise<WaitingChanges> {
  const changes: ProposedChange[] = [];
  let [pages, cursor]: [number, string | undefined] = [0, undefined];
  do {
    const asked = { query: { limit: 200, cursor }, attended, ...(signal === undefined ? {} : { signal }) };
    const page: Page<ProposedChange> = await call('GET', '/v1/changes', asked);
    changes.push(...page.items);
    cursor = page.next;
    pages += 1;
  } while (cursor !== undefined && pages < looks * PAGES_OF_A_LOOK);
  return { changes, pages, goesOn: cursor !== undefined };
}

/** Proposes a change as the first of two people; answers the seq of the proposal. Throws `Refusal`. */
export async function proposeChange(change: Change): Promise<number> {
  return (await call<{ readonly proposal: number }>('POST', '/v1/changes', { body: change })).proposal;
}
