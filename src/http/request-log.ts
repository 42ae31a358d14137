import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { destination, type Logger, pino, stdTimeFunctions } from 'pino';
import type { Fault } from '../core/fault.ts';
import type { NoticeReport } from '../service/notice-worker.ts';
import { beginNotes, type RequestNotes } from './edge.ts';
import type { Metrics } from './metrics.ts';

/** Query parameters whose values may stand in a log: names from closed grammars, and numbers. */
const LOGGED_PARAMETERS: readonly string[] = [
  'repository',
  'stage',
  'verdict',
  'format',
  'limit',
  'from',
  'to',
  'after',
  'follow',
];
/** Asked every few seconds by machines that look after the service. */
const PROBES: readonly string[] = ['readHealth', 'readReadiness', 'readMetrics'];

/** A logger of JSON lines on standard error, so that standard output stays the program's own. */
export function createLogger(level: string): Logger {
  return pino({ level, base: null, timestamp: stdTimeFunctions.isoTime }, destination({ fd: 2, sync: false }));
}

/**
 * Gives every request an id, accepted from the caller where it is 8 to 64 plain characters, and logs and counts it once
 * when it is over. A log line holds no token, no body, no header and no text from outside.
 */
export function trackRequests(logger: Logger, metrics: Metrics) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const started = performance.now();
    const offered = request.headers['x-request-id'];
    const requestId = typeof offered === 'string' && /^[A-Za-z0-9._-]{8,64}$/.test(offered) ? offered : randomUUID();
    const notes = beginNotes(response, requestId);
    response.setHeader('X-Request-Id', requestId);
    response.once('close', () => {
      const milliseconds = performance.now() - started;
      metrics.observeRequest(notes.operation ?? 'none', response.statusCode, milliseconds / 1000);
      if (notes.fault !== undefined) metrics.countRefusal(notes.fault.code);
      writeLine(logger, request, response, notes, milliseconds);
    });
    next();
  };
}

/** Logs an attempt to deliver a notice: neither the address, whose path may be a secret, nor what was sent. */
export function logAttempt(logger: Logger, report: NoticeReport): void {
  const level = { delivered: 'debug', failed: 'info', dead: 'warn' } as const;
  logger[level[report.outcome]](report, `notice ${report.outcome}`);
}

function writeLine(logger: Logger, request: Request, response: Response, notes: RequestNotes, milliseconds: number) {
  const finished = response.writableFinished;
  const level = levelOf(response.statusCode, notes);
  logger[level](
    {
      requestId: notes.requestId,
      method: request.method,
      route: notes.operation,
      status: finished ? response.statusCode : undefined,
      milliseconds: Math.round(milliseconds * 100) / 100,
      principal: notes.principal,
      bytesReceived: notes.bytesReceived,
      query: pickLogged(notes.query),
      code: notes.fault?.code,
      at: notes.fault === undefined || response.statusCode < 500 ? undefined : notes.fault.at,
      // Only what went wrong inside is told in words; words about hostile input may repeat it.
      causes: response.statusCode >= 500 || notes.inside !== undefined ? causesOf(notes) : undefined,
      address: [401, 429].includes(response.statusCode) ? request.ip : undefined,
    },
    finished ? 'answered' : 'connection ended early',
  );
}

function levelOf(status: number, notes: RequestNotes): 'error' | 'info' | 'debug' {
  if ((status >= 500 && status !== 503) || notes.inside !== undefined) return 'error';
  return notes.operation !== undefined && PROBES.includes(notes.operation) ? 'debug' : 'info';
}

function pickLogged(query: Readonly<Record<string, unknown>> | undefined): object | undefined {
  if (query === undefined) return undefined;
  const logged = Object.entries(query).filter(([name]) => LOGGED_PARAMETERS.includes(name));
  return logged.length === 0 ? undefined : Object.fromEntries(logged);
}

/** The chain of faults and errors, outermost first. */
function causesOf(notes: RequestNotes): readonly string[] {
  const causes: string[] = [];
  for (let fault: Fault | undefined = notes.fault; fault !== undefined; fault = fault.cause) {
    causes.push(`${fault.code}: ${fault.message}`);
  }
  for (let error = notes.error ?? notes.inside; error instanceof Error && causes.length < 16; error = error.cause) {
    causes.push(error.stack ?? String(error));
  }
  return causes;
}
