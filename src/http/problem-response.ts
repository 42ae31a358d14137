import type { Response } from 'express';
import { PROBLEM_MEDIA_TYPE, PROBLEM_TYPE_BASE, type Problem } from '../api/problem.ts';
import type { Fault, FaultCode } from '../core/fault.ts';
import { ServiceError } from '../service/ports.ts';
import { notesOf } from './edge.ts';
import { FAULTS, type FaultRow } from './faults/faults.ts';

/** Retry-After where a fault that passes by itself names no time. */
const RETRY_AFTER_SECONDS = 1;

/** Status, meaning and remedy of a code. A code that the table lacks cannot be compiled, and is answered as 500. */
export function faultRow(code: FaultCode): FaultRow {
  return Object.hasOwn(FAULTS, code) ? FAULTS[code] : FAULTS['http/internal'];
}

/** The body that a fault becomes. What happened inside is told by 4xx, and by the service's own 503; never else. */
export function problemOf(fault: Fault, requestId: string): Problem {
  const [status, meaning, remedy] = faultRow(fault.code);
  const told = status < 500 || (status === 503 && fault.code.startsWith('service/'));
  const at = told ? placeOf(fault) : undefined;
  return {
    type: `${PROBLEM_TYPE_BASE}${fault.code}`,
    title: meaning,
    status,
    code: fault.code,
    detail: told ? messagesOf(fault) : 'The service could not do this. Its log says more under the request id.',
    remedy,
    ...(at === undefined ? {} : { at }),
    requestId,
  };
}

/** Answers with a problem. Without effect where the connection is gone or an answer has begun. */
export function sendFault(
  response: Response,
  fault: Fault,
  options: { readonly retryAfterSeconds?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): void {
  const notes = notesOf(response);
  notes.fault = fault;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const problem = problemOf(fault, notes.requestId);
  const body = Buffer.from(JSON.stringify(problem));
  response.statusCode = problem.status;
  response.setHeader('Content-Type', PROBLEM_MEDIA_TYPE);
  response.setHeader('Content-Length', body.length);
  response.setHeader('Cache-Control', 'no-store');
  if (problem.status === 401) response.setHeader('WWW-Authenticate', challengeOf(fault.code));
  if (problem.status === 503 || problem.status === 429) {
    response.setHeader('Retry-After', options.retryAfterSeconds ?? RETRY_AFTER_SECONDS);
  }
  // The rest of a body that nobody wants is not read, so the connection cannot carry another request.
  if (fault.code === 'http/body-too-large' || fault.code === 'http/body-aborted')
    response.setHeader('Connection', 'close');
  for (const [name, value] of Object.entries(options.headers ?? {})) response.setHeader(name, value);
  response.end(body);
}

/** Answers what was thrown: the fault of a {@link ServiceError}, or 500 with nothing told. */
export function sendError(response: Response, error: unknown): void {
  notesOf(response).error = error;
  if (error instanceof ServiceError) {
    const { retryAfterSeconds } = error;
    sendFault(response, error.fault, retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
    return;
  }
  sendFault(response, { code: 'http/internal', message: 'Something failed that no code describes.' });
}

/** Source: RFC 6750 section 3. Without a token nothing is said about errors. */
function challengeOf(code: FaultCode): string {
  return code === 'auth/token-missing' ? 'Bearer realm="waybill"' : 'Bearer realm="waybill", error="invalid_token"';
}

function messagesOf(fault: Fault): string {
  const messages: string[] = [];
  for (let at: Fault | undefined = fault; at !== undefined && messages.length < 4; at = at.cause)
    messages.push(at.message);
  return messages.join(' ');
}

function placeOf(fault: Fault): string | undefined {
  return fault.at ?? (fault.cause === undefined ? undefined : placeOf(fault.cause));
}
