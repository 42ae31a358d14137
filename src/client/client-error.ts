/** Codes of what goes wrong on the way to the service, before or instead of an answer of its own. */
export const CLIENT_FAULT_CODES = [
  /** No connection, a broken one, or an answer that says the service cannot work now, after every retry. */
  'client/unreachable',
  /** No complete answer within the time limit, after every retry. */
  'client/timeout',
  /** An answer that is not of the form that the API promises. */
  'client/malformed-answer',
  /** An answer longer than the API ever sends, or a list of more pages than are read. */
  'client/answer-too-large',
  /** The address is none that a request can go to. */
  'client/bad-url',
] as const;
type ClientFaultCode = (typeof CLIENT_FAULT_CODES)[number];

/** A problem as the service states it (RFC 9457), or as this client found it. */
export type Problem = {
  /** A stable code: one of the service's, which may be newer than this client, or one of {@link CLIENT_FAULT_CODES}. */
  readonly code: ClientFaultCode | (string & {});
  readonly message: string;
  /** HTTP status of the answer; absent where there was none. */
  readonly status?: number;
  readonly at?: string;
  /** What can be done about it, in the words of the service. */
  readonly remedy?: string;
  readonly requestId?: string;
};

/** Thrown by the client where the service refused, did not answer, or answered something else. Never holds the token. */
export class ClientError extends Error {
  override name = 'ClientError';
  readonly problem: Problem;

  constructor(problem: Problem, cause?: unknown) {
    super(problem.message, cause === undefined ? undefined : { cause });
    this.problem = problem;
  }

  /** True where the service itself judged the request and refused it: asking again changes nothing. */
  get refused(): boolean {
    const { status } = this.problem;
    return status !== undefined && status >= 400 && status < 500 && status !== 429;
  }
}
