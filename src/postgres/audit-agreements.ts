import type { Entry } from '../core/entry/entry.ts';
import type { ReplayFinding } from '../core/entry/replay.ts';
import { ControlAudit, type ControlAuditState } from './audit-control.ts';
import { type DualAuditState, DualControlAudit } from './audit-dual-control.ts';

/** Where an audit of who agreed to changes of trust stands: of control keys, and of two people. */
export type AgreementAuditState = { readonly control: ControlAuditState; readonly dual: DualAuditState };

/** Holds every entry to the agreement of the control keys and to the two people that it takes, in the ledger's order. */
export class AgreementAudit {
  readonly #control: ControlAudit;
  readonly #dual: DualControlAudit;
  #page: readonly Entry[] = [];
  #next = 0;

  constructor(from?: AgreementAuditState) {
    this.#control = new ControlAudit(from?.control);
    this.#dual = new DualControlAudit(from?.dual);
  }

  get state(): AgreementAuditState {
    return { control: this.#control.state, dual: this.#dual.state };
  }

  /** Begins a page of entries, all of which are to be taken. */
  open(page: readonly Entry[]): void {
    this.#page = page;
    this.#next = 0;
  }

  /** Takes the entries of the page before `entry`, and it with its payload; without an entry, what is left of the page. */
  take(find: (finding: ReplayFinding) => void, entry?: Entry, payload?: Uint8Array): void {
    for (; this.#next < this.#page.length; this.#next += 1) {
      const next = this.#page[this.#next];
      if (next === undefined || (entry !== undefined && next.seq > entry.seq)) return;
      const shown = { entry: next, payload: next.seq === entry?.seq ? payload : undefined };
      this.#dual.take(shown, this.#control.take(shown, find), find);
    }
  }
}
