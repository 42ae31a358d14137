import { decode, openObject, optional, string } from '../core/encoding/decode.ts';
import { parseJson } from '../core/encoding/json.ts';
import { ClientError, type Problem } from './client-error.ts';
import { openLimit, type TimeLimit } from './time-limit.ts';

/** How often a request is sent at most, and how long each attempt may take until its answer is complete. */
export type Patience = { readonly attempts: number; readonly timeoutMs: number; readonly backoffMs: number };

/** One request below the service's address. It may be sent again unless it says `once`: writes are recognised by what they submit. */
export type ApiRequest = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  readonly body?: Uint8Array;
  readonly contentType?: string;
  readonly accept?: string;
  /** Longest answer that is read, in bytes. */
  readonly answerBytesMax?: number;
  /** Statuses from 400 up that are an answer and not a problem. */
  readonly accepted?: readonly number[];
  /** Would do its work twice: after a broken connection nobody knows whether it was done, so it is not sent again. */
  readonly once?: boolean;
  /** The caller's own name for the request: a repetition under it is the same submission. */
  readonly idempotencyKey?: string;
  readonly onProgress?: (received: number, total: number | undefined) => void;
};

export type ApiAnswer = {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
};

export type Transport = (request: ApiRequest) => Promise<ApiAnswer>;

export type TransportOptions = {
  /** Address of the service, such as `http://127.0.0.1:8420`; a path in it is kept in front of every request's. */
  readonly url: string;
  readonly token?: string;
  readonly userAgent: string;
  readonly patience?: Partial<Patience>;
  readonly fetch?: typeof fetch;
};

const PATIENCE: Patience = { attempts: 4, timeoutMs: 60_000, backoffMs: 250 };
/** Longest pause that a Retry-After is followed for. */
const PAUSE_MS_MAX = 10_000;
/** Statuses that say "not now": the request did not reach the service, or it was too busy for it. */
const TRANSIENT = [429, 502, 503, 504];
/** Statuses that send elsewhere: the address is not the service's own, or something stands before it. */
const REDIRECTS = [301, 302, 303, 307, 308];
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

const problemReader = openObject({
  code: optional(string({ max: 200 })),
  title: optional(string({ max: 1000 })),
  detail: optional(string({ max: 10_000 })),
  remedy: optional(string({ max: 1000 })),
  at: optional(string({ max: 1000 })),
  requestId: optional(string({ max: 200 })),
});

/**
 * Sends requests over `fetch`: with the token and nothing else of the caller's, to the one address and never along a
 * redirect, again after a pause where the answer was "not now" or none, each attempt with its own time limit.
 * Throws {@link ClientError}.
 */
export function openTransport(options: TransportOptions): Transport {
  const base = parseBase(options.url);
  const patience = { ...PATIENCE, ...options.patience };
  return async (request) => {
    for (let attempt = 1; ; attempt++) {
      const outcome = await attemptOnce(base, options, patience.timeoutMs, request);
      if ('answer' in outcome) return outcome.answer;
      if (!outcome.again || request.once === true || attempt >= patience.attempts) throw outcome.error;
      await pause(outcome.afterMs ?? patience.backoffMs * 2 ** (attempt - 1) * (0.5 + Math.random()));
    }
  };
}

/** The headers of an answer, and the rest of it as it comes. */
export type StreamedAnswer = { readonly headers: Headers; readonly parts: AsyncIterable<Uint8Array> };

/** One request, and its answer as it comes. */
export type Streaming = (request: ApiRequest) => Promise<StreamedAnswer>;

/**
 * Sends a request once, and gives the answer as it comes: whoever reads it goes on by asking again for what is missing. The
 * time limit is that of each part. Throws {@link ClientError}, and so do the parts.
 */
export function openStreaming(options: TransportOptions): Streaming {
  const base = parseBase(options.url);
  const { timeoutMs } = { ...PATIENCE, ...options.patience };
  return async (request) => {
    const limit = openLimit(timeoutMs);
    try {
      const response = await (options.fetch ?? fetch)(addressOf(base, request), {
        method: request.method,
        headers: headersOf(options, request),
        redirect: 'manual',
        signal: limit.signal,
      });
      await demandAnswer(base, response);
      return { headers: response.headers, parts: partsOf(base, response, limit, timeoutMs) };
    } catch (error) {
      limit.end();
      throw error instanceof ClientError ? error : connectionError(base, error, timeoutMs);
    }
  };
}

async function demandAnswer(base: URL, response: Response): Promise<void> {
  const { status } = response;
  if (REDIRECTS.includes(status)) throw await redirected(base, response);
  if (status >= 400) throw new ClientError(problemOf(status, await readBounded(response, ANSWER_BYTES_MAX, undefined)));
}

async function* partsOf(
  base: URL,
  response: Response,
  limit: TimeLimit,
  timeoutMs: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const part of response.body ?? []) {
      // Time that the reader takes is not the service's.
      limit.pause();
      yield part;
      limit.begin();
    }
  } catch (error) {
    throw connectionError(base, error, timeoutMs);
  } finally {
    limit.end();
  }
}

type Outcome =
  | { readonly answer: ApiAnswer }
  | { readonly error: ClientError; readonly again: boolean; readonly afterMs?: number };

function parseBase(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.password !== '') {
    throw new ClientError({
      code: 'client/bad-url',
      message: 'The address is not an http or https URL without a user.',
    });
  }
  return url;
}

async function attemptOnce(
  base: URL,
  options: TransportOptions,
  timeoutMs: number,
  request: ApiRequest,
): Promise<Outcome> {
  const url = addressOf(base, request);
  try {
    const response = await (options.fetch ?? fetch)(url, {
      method: request.method,
      headers: headersOf(options, request),
      // A redirect would carry the submission, and within one origin the token, to where nobody configured it to go.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      ...(request.body === undefined ? {} : { body: request.body.slice() }),
    });
    const { status } = response;
    if (REDIRECTS.includes(status)) return { error: await redirected(base, response), again: false };
    const body = await readBounded(response, request.answerBytesMax ?? ANSWER_BYTES_MAX, request.onProgress);
    const { headers } = response;
    const contentType = headers.get('content-type') ?? '';
    if (status < 400 || request.accepted?.includes(status)) return { answer: { status, contentType, headers, body } };
    const again = TRANSIENT.includes(status);
    const afterMs = retryAfterMs(response.headers.get('retry-after'));
    return {
      error: new ClientError(problemOf(status, body)),
      again,
      ...(afterMs === undefined ? {} : { afterMs }),
    };
  } catch (error) {
    if (error instanceof ClientError) return { error, again: false };
    return { error: connectionError(base, error, timeoutMs), again: true };
  }
}

async function redirected(base: URL, response: Response): Promise<ClientError> {
  const { status } = response;
  await response.body?.cancel();
  const message = `${base.origin} answers with a redirect (${status}), which is not followed.`;
  return new ClientError({ code: 'client/malformed-answer', message, status });
}

function addressOf(base: URL, request: ApiRequest): URL {
  const url = new URL(`${base.pathname.replace(/\/+$/, '')}${request.path}`, base);
  for (const [name, value] of Object.entries(request.query ?? {})) {
    const values = typeof value === 'string' || typeof value === 'number' ? [String(value)] : (value ?? []);
    for (const each of values) url.searchParams.append(name, each);
  }
  return url;
}

function headersOf({ token, userAgent }: TransportOptions, request: ApiRequest): Record<string, string> {
  return {
    accept: request.accept ?? 'application/json, application/problem+json',
    'user-agent': userAgent,
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(request.contentType === undefined ? {} : { 'content-type': request.contentType }),
    ...(request.idempotencyKey === undefined ? {} : { 'idempotency-key': request.idempotencyKey }),
  };
}

async function readBounded(
  response: Response,
  bytesMax: number,
  onProgress: ApiRequest['onProgress'],
): Promise<Uint8Array> {
  const declared = Number(response.headers.get('content-length') ?? Number.NaN);
  const total = Number.isFinite(declared) ? declared : undefined;
  const parts: Uint8Array[] = [];
  let received = 0;
  for await (const part of response.body ?? []) {
    received += part.length;
    if (received > bytesMax) {
      const message = `The answer is longer than ${bytesMax} bytes.`;
      throw new ClientError({ code: 'client/answer-too-large', message, status: response.status });
    }
    parts.push(part);
    onProgress?.(received, total);
  }
  const body = new Uint8Array(received);
  let offset = 0;
  for (const part of parts) {
    body.set(part, offset);
    offset += part.length;
  }
  return body;
}

/** A problem+json as it stands; for any other body, what the status alone says. */
function problemOf(status: number, body: Uint8Array): Problem {
  const json = parseJson(body);
  const read = json.ok ? decode(problemReader, json.value) : json;
  const { code, title, detail, remedy, at, requestId } = read.ok ? read.value : {};
  return {
    code: code ?? (status >= 500 || status === 429 ? 'client/unreachable' : 'client/malformed-answer'),
    message: detail ?? title ?? `The service answered with status ${status} and no explanation.`,
    status,
    ...(at === undefined ? {} : { at }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

function connectionError(base: URL, error: unknown, timeoutMs: number): ClientError {
  if (error instanceof Error && error.name === 'TimeoutError') {
    const message = `${base.origin} did not answer within ${timeoutMs / 1000} s.`;
    return new ClientError({ code: 'client/timeout', message }, error);
  }
  const message = `No answer from ${base.origin}: ${reasonOf(error)}.`;
  return new ClientError({ code: 'client/unreachable', message }, error);
}

/** `fetch` says no more than "fetch failed"; what failed stands in its causes. */
function reasonOf(error: unknown): string {
  let innermost = error;
  while (innermost instanceof Error && innermost.cause instanceof Error) innermost = innermost.cause;
  if (innermost instanceof AggregateError && innermost.errors[0] instanceof Error) innermost = innermost.errors[0];
  if (!(innermost instanceof Error)) return String(innermost);
  const code = 'code' in innermost && typeof innermost.code === 'string' ? innermost.code : undefined;
  return innermost.message !== '' ? innermost.message : (code ?? innermost.name);
}

function retryAfterMs(text: string | null): number | undefined {
  if (text === null || !/^[0-9]{1,6}$/.test(text)) return undefined;
  return Math.min(Number(text) * 1000, PAUSE_MS_MAX);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
