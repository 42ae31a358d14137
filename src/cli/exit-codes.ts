import type { AlarmCode } from '../core/monitor/alarm.ts';

/** What the program says by its exit code; scripts may rely on every number. Documented in docs/guides/pipeline.md. */
export const EXIT = {
  /** Done; for `verify` and `gate`: the verdict is pass, or waived. */
  ok: 0,
  /** A failure that this program did not foresee: a defect. */
  unexpected: 1,
  /** The command line is wrong: an unknown command or option, a missing argument, no service address. */
  usage: 2,
  /** The service judged the request and refused it; its fault code is printed. */
  refused: 3,
  /** No usable answer: no connection, a time limit, or a service that cannot work now. Worth a retry later. */
  unreachable: 4,
  /** A local file cannot be used: unreadable, malformed, a key that others may read, a file that exists already. */
  input: 5,
  /** The verdict is fail. */
  fail: 10,
  /** The verdict is unjudged: no contract covers the repository. Of a period: it had not ended, or documents are not shown. */
  unjudged: 11,
  /** Evidence, receipt or report do not hold, or no log key says whose log it is. No verdict of theirs counts. */
  integrity: 12,
  /** The log contradicts what this machine saw of it before: it was rolled back, forked or exchanged. Raise the alarm. */
  history: 13,
  /** `resume`: nothing is lost, and somebody has to decide how to go on. */
  decision: 14,
  /** `verify` of a file: the verdict is pass or waived, of a past state of the log that nobody asked about with `--as-of`. */
  past: 15,
  /** `replay`: a recorded verdict does not follow from what the ledger holds. */
  differs: 16,
  /** `contract test`: a case came out otherwise than it expects. */
  cases: 17,
  /** `contract diff`: something that is asked for got looser, or it cannot be told whether it did. */
  loosened: 18,
  /** `contract plan` and the dry runs of `contract publish` and `contract withdraw`: an image would pass no more. */
  breaks: 19,
} as const;

/** What `monitor` says by its exit code: the gravest alarm that stands. Documented in docs/guides/monitor.md. */
export const ALARM_EXIT = {
  'monitor/unreachable': 20,
  'monitor/refused': 21,
  'monitor/stale': 22,
  'monitor/clock-ahead': 23,
  'monitor/malformed-answer': 24,
  'monitor/truncated': 25,
  'monitor/other-key': 26,
  'monitor/rolled-back': 27,
  'monitor/rewritten': 28,
  'monitor/map-false': 29,
  'monitor/not-replayable': 30,
  'monitor/clock-back': 31,
  'monitor/forked': 32,
  'monitor/halted': 33,
  'monitor/withheld': 34,
} as const satisfies Readonly<Record<AlarmCode, number>>;

/** What `run exec` says: the exit code of the command that it ran. */
export type CommandExit = number & { readonly of: 'a command' };

export type ExitCode = (typeof EXIT)[keyof typeof EXIT] | (typeof ALARM_EXIT)[AlarmCode] | CommandExit;
