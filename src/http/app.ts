import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import helmet, { type HelmetOptions } from 'helmet';
import type { Logger } from 'pino';
import type { Operation } from '../api/routes.ts';
import type { Service } from '../service/service.ts';
import { type AdmissionLimits, createAdmission } from './admission.ts';
import { type AuthenticationLimits, createAuthenticator } from './authenticate.ts';
import type { ConsoleFiles } from './console-files.ts';
import { type Edge, notesOf } from './edge.ts';
import { createMetrics, type MetricsOptions } from './metrics.ts';
import { buildOpenapiDocument } from './openapi-document.ts';
import { sendError, sendFault } from './problem-response.ts';
import { createKnownTokens } from './rate-limits.ts';
import { createReaderTurns } from './reader-turns.ts';
import { registerRoutes } from './register-route.ts';
import { checkHeaders } from './request-headers.ts';
import { createLogger, logAttempt, trackRequests } from './request-log.ts';
import { readRequestTarget } from './request-target.ts';
import { BOUND_ROUTES } from './routes/bound-routes.ts';
import { createSlowReaders, READING_TIMES, type ReadingTimes } from './slow-readers.ts';
import { createStreamPlaces, type StreamLimits } from './stream-places.ts';

/** What answers without a token where whoever runs the service made the log public. */
const OPENED_BY_A_PUBLIC_LOG: readonly Operation[] = ['readEntryBundle', 'listCheckpoints', 'readPublishedCheckpoint'];

export type HttpOptions = {
  /** Version that the OpenAPI document and the metrics name. */
  readonly version?: string;
  /** Whether entry bundles and the checkpoints of the past answer without a token. */
  readonly publicLog?: boolean;
  /** The console that is served; none where absent. */
  readonly console?: ConsoleFiles;
  /** pino's level of the request log, which goes to standard error; silent where absent. */
  readonly logLevel?: string;
  /** A logger of the caller's own, in place of the one that `logLevel` makes. */
  readonly logger?: Logger;
  readonly limits?: AuthenticationLimits & AdmissionLimits;
  readonly readingTimes?: ReadingTimes;
  readonly streams?: StreamLimits;
  /** Aborted when the service stops: answers that have no end then get one. */
  readonly stopping?: AbortSignal;
  readonly databaseConnections?: MetricsOptions['databaseConnections'];
  /**
   * How many proxies in front of the service add to `X-Forwarded-For`, so that failed logins are counted against the
   * right address. 0, the default, believes nobody.
   */
  readonly trustedProxies?: number;
};

/** The HTTP edge over the use cases: everything that a request meets between the socket and the service. */
export function createHttpApp(service: Service, options: HttpOptions = {}): Express {
  const logger = options.logger ?? createLogger(options.logLevel ?? 'silent');
  const { version = '0', databaseConnections } = options;
  const streamPlaces = createStreamPlaces(options.streams);
  const metrics = createMetrics(service, {
    version,
    streams: streamPlaces.taken,
    ...(databaseConnections === undefined ? {} : { databaseConnections }),
  });
  service.watchNotices((report) => {
    metrics.countAttempt(report);
    logAttempt(logger, report);
  });
  const openapi = JSON.stringify(buildOpenapiDocument(version));
  const opened = options.publicLog === true ? OPENED_BY_A_PUBLIC_LOG : [];
  const edge: Edge = { service, metrics, console: options.console, openapi, opened, streamPlaces };
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.set('query parser', false);
  app.set('trust proxy', options.trustedProxies ?? 0);
  app.use(trackRequests(logger, metrics));
  app.use(securityHeaders());
  app.use(checkShape);
  const known = createKnownTokens();
  const gate = {
    authenticate: createAuthenticator(service, known, options.limits),
    known,
    admission: createAdmission(options.limits),
    readingTimes: options.readingTimes ?? READING_TIMES,
    slowReaders: createSlowReaders(),
    readerTurns: createReaderTurns(),
    stopping: options.stopping ?? new AbortController().signal,
  };
  registerRoutes(app, BOUND_ROUTES, edge, gate);
  app.use(((_request, response) => {
    sendFault(response, { code: 'http/not-found', message: 'Nothing answers at this address.' });
  }) satisfies RequestHandler);
  app.use(((error, _request, response, _next) => {
    sendError(response, error);
  }) satisfies ErrorRequestHandler);
  return app;
}

/** Nothing that the service answers may load, frame or run anything; a page of ours names what it needs itself. */
function securityHeaders(): RequestHandler {
  const headers = fixedHeaders({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] },
    },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
  return (_request, response, next) => {
    for (const [name, value] of headers) response.setHeader(name, value);
    next();
  };
}

/** What helmet sets depends on nothing in a request: it is asked once. */
function fixedHeaders(options: HelmetOptions): readonly (readonly [name: string, value: string])[] {
  const headers = new Map<string, string>();
  const recorder = {
    setHeader: (name: string, value: string) => headers.set(name, value),
    removeHeader: (name: string) => headers.delete(name),
  };
  helmet(options)({} as IncomingMessage, recorder as unknown as ServerResponse, (error) => {
    if (error !== undefined) throw error;
  });
  return [...headers];
}

/** Refuses what routers and loggers could read in two ways, before any of them reads it. */
const checkShape: RequestHandler = (request, response, next) => {
  const headers = checkHeaders(request);
  if (!headers.ok) return sendFault(response, headers.fault);
  const target = readRequestTarget(request.url);
  if (!target.ok) return sendFault(response, target.fault);
  notesOf(response).target = target.value;
  next();
};
