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

/** Pages that are looked through: few changes wait, and a page may have fewer than it could. */
const PAGES_MAX = 20;

/** Every change that waits for its second person. Throws `Refusal`. */
export async function waitingChanges(signal?: AbortSignal, attended = true): Promise<readonly ProposedChange[]> {
  const found: ProposedChange[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const asked = { query: { limit: 200, cursor }, attended, ...(signal === undefined ? {} : { signal }) };
    const page = await call<Page<ProposedChange>>('GET', '/v1/changes', asked);
    found.push(...page.items);
    cursor = page.next;
    if (cursor === undefined) break;
  }
  return found;
}

/** Proposes a change as the first of two people; answers the seq of the proposal. Throws `Refusal`. */
export async function proposeChange(change: Change): Promise<number> {
  return (await call<{ readonly proposal: number }>('POST', '/v1/changes', { body: change })).proposal;
}
