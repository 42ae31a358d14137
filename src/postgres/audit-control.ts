import { type ControlSetFields, controlSetFields, readControlSet } from '../core/control/control-keys.ts';
import { type ControlCourse, followControl, type Shown } from '../core/custody/control-course.ts';
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

  constructor(from?: ControlAuditState) {
    const set = from === undefined ? ok(undefined) : readControlSet(from);
    this.#course = { set: (set.ok ? set.value : undefined) ?? 'none', trusted: new Set(from?.trusted) };
  }

  get state(): ControlAuditState {
    const { set, trusted } = this.#course;
    return { ...controlSetFields(set === 'none' ? undefined : set), trusted: [...trusted] };
  }

  /** Takes the next entry of the ledger; whether it has effect. */
  take(shown: Shown, find: (finding: ReplayFinding) => void): boolean {
    const { seq, kind, body } = shown.entry;
    if (seq === 0 && kind === 'log.opened') {
      const set = readControlSet(body as LogOpened);
      if (set.ok) this.#course.set = set.value ?? 'none';
      else find({ code: set.fault.code, seq, message: set.fault.message });
      return true;
    }
    const step = followControl(shown, this.#course);
    // A payload that is not there is found for itself.
    if (step.outcome === 'fail') {
      const message = `The entry, ${kind}, stands to the log's control keys as none of an honest service does, and nobody lets it count.`;
      find({ code: step.reason, seq, message });
    }
    return step.outcome === 'free' || step.outcome === 'pass' || step.reason === 'control/not-needed';
  }
}
