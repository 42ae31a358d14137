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
  /** The verdict is unjudged: no contract covers the repository. */
  unjudged: 11,
  /** Evidence, receipt or report do not hold, or no log key says whose log it is. No verdict of theirs counts. */
  integrity: 12,
  /** The log contradicts what this machine saw of it before: it was rolled back, forked or exchanged. Raise the alarm. */
  history: 13,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
