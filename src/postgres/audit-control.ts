import { type ControlSetFields, controlSetFields, readControlSet } from '../core/control/control-keys.ts';
import { type ControlCourse, followControl } from '../core/custody/control-course.ts';
import type { Entry } from '../core/entry/entry.ts';
import type { LogOpened } from '../core/entry/kinds/log-opened.ts';
import type { ReplayFinding } from '../core/entry/replay.ts';
import { ok } from '../core/fault.ts';

/** Where an audit of agreements stands: the set in force, if any, and who holds a grant of trust. */
export type ControlAuditState = ControlSetFields & { readonly trusted: readonly string[] };

/**
 * Holds every entry that takes the agreement of control keys to it, by the same rules as every reader of evidence
 * (docs/spec/control.md): a change that lacks it has no effect, and no honest service writes one.
 */
export class ControlAudit {
  readonly #course: ControlCourse;
  #page: readonly Entry[] = [];
  #next = 0;

  constructor(from?: ControlAuditState) {
    const set = from === undefined ? ok(undefined) : readControlSet(from);
    this.#course = { set: (set.ok ? set.value : undefined) ?? 'none', trusted: new Set(from?.trusted) };
  }

  get state(): ControlAuditState {
    const { set, trusted } = this.#course;
    return { ...controlSetFields(set === 'none' ? undefined : set), trusted: [...trusted] };
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
      this.#follow(next, next.seq === entry?.seq ? payload : undefined, find);
    }
  }

  #follow(entry: Entry, payload: Uint8Array | undefined, find: (finding: ReplayFinding) => void): void {
    const { seq, kind } = entry;
    if (seq === 0 && kind === 'log.opened') {
      const set = readControlSet(entry.body as LogOpened);
      if (set.ok) this.#course.set = set.value ?? 'none';
      else find({ code: set.fault.code, seq, message: set.fault.message });
      return;
    }
    const step = followControl({ entry, payload }, this.#course);
    // A payload that is not there is found for itself.
    if (step.outcome !== 'fail') return;
    const message = `The entry, ${kind}, stands to the log's control keys as none of an honest service does, and nobody lets it count.`;
    find({ code: step.reason, seq, message });
  }
}
