import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import type { Operation } from '../api/routes.ts';
import type { Service } from '../service/service.ts';
import { type AuthenticationLimits, createAuthenticator } from './authenticate.ts';
import { type Edge, notesOf } from './edge.ts';
import { createMetrics } from './metrics.ts';
import { buildOpenapiDocument } from './openapi-document.ts';
import { sendError, sendFault } from './problem-response.ts';
import { registerRoutes } from './register-route.ts';
import { createLogger, trackRequests } from './request-log.ts';
import { readRequestTarget } from './request-target.ts';
import { BOUND_ROUTES } from './routes/bound-routes.ts';

export type HttpOptions = {
  /** Version that the OpenAPI document names. */
  readonly version?: string;
  /** Whether entry bundles answer without a token. */
  readonly publicLog?: boolean;
  /** pino's level of the request log, which goes to standard error; silent where absent. */
  readonly logLevel?: string;
  /** A logger of the caller's own, in place of the one that `logLevel` makes. */
  readonly logger?: Logger;
  readonly limits?: AuthenticationLimits;
  /**
   * How many proxies in front of the service add to `X-Forwarded-For`, so that failed logins are counted against the
   * right address. 0, the default, believes nobody.
   */
  readonly trustedProxies?: number;
};

/** The HTTP edge over the use cases: everything that a request meets between the socket and the service. */
export function createHttpApp(service: Service, options: HttpOptions = {}): Express {
  const logger = options.logger ?? createLogger(options.logLevel ?? 'silent');
  const metrics = createMetrics(service);
  const openapi = JSON.stringify(buildOpenapiDocument(options.version ?? '0'));
  const opened: readonly Operation[] = options.publicLog === true ? ['readEntryBundle'] : [];
  const edge: Edge = { service, metrics, openapi, opened };
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.set('query parser', false);
  app.set('trust proxy', options.trustedProxies ?? 0);
  app.use(trackRequests(logger, metrics));
  app.use(securityHeaders());
  app.use(checkTarget);
  registerRoutes(app, BOUND_ROUTES, edge, createAuthenticator(service, options.limits));
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
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] },
    },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
}

/** Refuses what routers and loggers could read in two ways, before any of them reads it. */
const checkTarget: RequestHandler = (request, response, next) => {
  const target = readRequestTarget(request.url);
  if (!target.ok) return sendFault(response, target.fault);
  notesOf(response).target = target.value;
  next();
};
