/** A signed report, the log key of its reader, and what comes of it: the verdict in it, or why it is refused. */
export type ReportCase = {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly logKey: string;
  readonly expected: string;
  /** Whether it is about a past state of the log. */
  readonly past?: boolean;
  /** Evidence that it is held against. */
  readonly against?: Uint8Array;
  readonly environment?: string;
};
