import type { Shown } from '../core/custody/control-course.ts';
import { type Before, type DualCourse, followDual, judgeDual } from '../core/custody/dual-course.ts';
import type { Standing } from '../core/custody/trust-state.ts';
import { isAct } from '../core/dual-control/takes-two.ts';
import { principalKey } from '../core/entry/keys.ts';
import type { ReplayFinding } from '../core/entry/replay.ts';

/** Where an audit of dual control stands. */
export type DualAuditState = {
  readonly isOn: boolean;
  /** Who holds a grant of trust, by the entries that have effect. */
  readonly trusted: readonly string[];
  /** What each principal was, by the newest entry of their list, and by the one before each proposal that is open. */
  readonly standings: ReadonlyMap<string, readonly Standing[]>;
  /** What stands last in its list and is a proposal, by the key of the list. */
  readonly proposals: ReadonlyMap<string, Shown>;
};

const PRINCIPAL = principalKey('');

/**
 * Holds every entry that takes two people to it, by the same rules as every reader of evidence
 * (docs/spec/dual-control.md): one that lacks them has no effect, and no honest service writes one.
 */
export class DualControlAudit {
  readonly #standings: Map<string, Standing[]>;
  readonly #course: DualCourse;
  /** An entry is used up by whatever follows it in its list, so that no more than the open ones are kept. */
  readonly #proposals: Map<string, Shown>;

  constructor(from?: DualAuditState) {
    this.#standings = new Map([...(from?.standings ?? [])].map(([principal, list]) => [principal, [...list]]));
    this.#course = { standings: this.#standings, trusted: new Set(from?.trusted), isOn: from?.isOn ?? false };
    this.#proposals = new Map(from?.proposals);
  }

  get state(): DualAuditState {
    const { isOn, trusted } = this.#course;
    return { isOn, trusted: [...trusted], standings: this.#neededStandings(), proposals: new Map(this.#proposals) };
  }

  /** Takes the next entry of the ledger; `hasEffect` where nothing lacks the agreement of control keys that it takes. */
  take(shown: Shown, hasEffect: boolean, find: (finding: ReplayFinding) => void): void {
    const { entry } = shown;
    if (hasEffect) this.#follow(shown, find);
    const isProposal = entry.kind === 'change.proposed';
    if (!isProposal && this.#proposals.size === 0) return;
    for (const { key } of entry.keys) {
      if (isProposal) this.#proposals.set(key, shown);
      else this.#proposals.delete(key);
    }
  }

  #follow(shown: Shown, find: (finding: ReplayFinding) => void): void {
    const { seq, kind } = shown.entry;
    const before: Before = (_entry, key) => {
      const proposal = this.#proposals.get(key);
      // Every principal has a list, if an empty one.
      for (const one of [shown, proposal]) if (one !== undefined) this.#listOf(one.entry.principal);
      return proposal;
    };
    const step = judgeDual(shown, this.#course, before);
    // A payload that is not there is found for itself.
    if (step.outcome === 'fail') {
      const message = `The entry, ${kind}, takes two people, and there are no two behind it: nobody lets it count.`;
      find({ code: step.reason, seq, message });
    }
    if (step.outcome === 'fail' || step.outcome === 'not-run' || !isAct(shown.entry)) return;
    for (const { key } of shown.entry.keys) if (key.startsWith(PRINCIPAL)) this.#listOf(key.slice(PRINCIPAL.length));
    followDual(shown, this.#course, true);
  }

  #listOf(principal: string): Standing[] {
    const list = this.#standings.get(principal) ?? [];
    this.#standings.set(principal, list);
    return list;
  }

  /** What a proposal that is open rests on, and what anything later does. */
  #neededStandings(): ReadonlyMap<string, readonly Standing[]> {
    const places = [...this.#proposals.values()].map(({ entry }) => entry);
    return new Map(
      [...this.#standings].map(([principal, list]) => {
        const proposed = places.filter((entry) => entry.principal === principal);
        const then = proposed.map(({ seq }) => list.findLast((standing) => standing.seq < seq));
        const needed = new Set([...then, list.at(-1)]);
        return [principal, list.filter((standing) => needed.has(standing))];
      }),
    );
  }
}
