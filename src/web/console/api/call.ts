/** Why something was not done: the service's problem, or that it could not be reached (status 0). */
export type Problem = {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly remedy: string;
  readonly at?: string;
  readonly requestId?: string;
};

/** Thrown by {@link call} for whatever is no answer. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

export type Query = Readonly<Record<string, string | number | undefined>>;

export type Ask = {
  readonly query?: Query;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** False where no person asked, so that an open page alone does not keep the session alive. */
  readonly attended?: boolean;
  readonly signal?: AbortSignal;
};

/** What is told of a session that is over, to whoever shows the sign-in. */
export const signedOut = new EventTarget();

/** Tells that a stream ended because its session did. */
export function sessionIsOver(code: string): void {
  const detail = 'It ended, or its token or role did.';
  const problem: Problem = { status: 401, code, title: 'The session is over.', detail, remedy: 'Sign in again.' };
  signedOut.dispatchEvent(new CustomEvent('over', { detail: problem }));
}

const UNREACHABLE: Problem = {
  status: 0,
  code: 'console/unreachable',
  title: 'The service does not answer.',
  detail: 'The service does not answer.',
  remedy: 'Check the network; what was shown before may be out of date.',
};

/** The answer of the service as JSON. Throws {@link Refusal}, and nothing else but an abort of the caller's own. */
export async function call<T>(method: 'GET' | 'POST', path: string, ask: Ask = {}): Promise<T> {
  const response = await send(method, path, ask);
  return (await response.json()) as T;
}

/** The exact bytes of an answer. */
export async function callBytes(path: string, ask: Ask = {}): Promise<Uint8Array<ArrayBuffer>> {
  const response = await send('GET', path, ask);
  return new Uint8Array(await response.arrayBuffer());
}

/** The text of an answer. */
export async function callText(path: string, ask: Ask = {}): Promise<string> {
  return (await send('GET', path, ask)).text();
}

/** An address with its query; what is undefined is left out. */
export function addressOf(path: string, query: Query = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  return pairs.length === 0
    ? path
    : `${path}?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))}`;
}

async function send(method: 'GET' | 'POST', path: string, ask: Ask): Promise<Response> {
  const { query, body, headers = {}, attended = true, signal } = ask;
  const sent = method === 'GET' ? {} : { 'content-type': 'application/json' };
  let response: Response;
  try {
    response = await fetch(addressOf(path, query), {
      method,
      headers: { ...sent, ...headers, 'x-waybill-console': attended ? 'attended' : 'unattended' },
      ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
      ...(signal === undefined ? {} : { signal }),
      credentials: 'same-origin',
      redirect: 'error',
      cache: 'no-store',
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new Refusal(UNREACHABLE);
  }
  if (response.ok) return response;
  const problem = await problemOf(response);
  if (response.status === 401 || problem.code === 'auth/principal-revoked')
    signedOut.dispatchEvent(new CustomEvent('over', { detail: problem }));
  throw new Refusal(problem);
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    const read = (await response.json()) as Problem;
    if (typeof read.code === 'string') return read;
  } catch {
    // What is in front of the service may answer in words of its own.
  }
  const title = `The service answered with status ${response.status}.`;
  return { status: response.status, code: 'console/no-problem', title, detail: title, remedy: 'Try again later.' };
}

/** The problem of whatever was thrown. */
export function problemOfError(error: unknown): Problem {
  if (error instanceof Refusal) return error.problem;
  const detail = error instanceof Error ? error.message : String(error);
  const title = 'This page made a mistake.';
  return { status: 0, code: 'console/internal', title, detail, remedy: 'Load the page again, and tell your operator.' };
}
