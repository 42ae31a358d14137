import type { Express, Request, RequestHandler, Response } from 'express';
import type { Route } from '../api/route.ts';
import { invariant } from '../core/fault.ts';
import type { Caller } from '../service/caller.ts';
import type { Authenticator } from './authenticate.ts';
import { type BoundRoute, type Edge, notesOf, type Reply } from './edge.ts';
import { sendError, sendFault } from './problem-response.ts';
import { mediaTypeOf, readRequestBody } from './request-body.ts';
import { readParameters, readQuery } from './request-values.ts';

/** Who reads what was opened to everyone: they may read everything, which only routes that are opened let them do. */
const ANYONE: Caller = { principal: 'anyone', role: 'auditor', repositories: ['*'], stages: ['*'], grants: 0 };

/** The template as Express writes it: `{name}` is `:name`, `{+name}` is `*name`. */
export function expressPath(path: string): string {
  return path.replaceAll(/\{\+(\w+)\}/g, '*$1').replaceAll(/\{(\w+)\}/g, ':$1');
}

/** How old an authentication may be when the body has come: a body can take minutes, and a revocation counts at once. */
const AUTHENTICATION_AGE_MS_MAX = 1_000;

/** Registers every route, and for each path the refusal of the methods that it does not have. */
export function registerRoutes(
  app: Express,
  bound: readonly BoundRoute[],
  edge: Edge,
  authenticate: Authenticator,
): void {
  const byPath = Map.groupBy(bound, ({ route }) => route.path);
  for (const [path, routes] of byPath) {
    const target = expressPath(path);
    for (const each of routes) app[each.route.method](target, serveRoute(each, edge, authenticate));
    app.all(target, refuseMethod(routes.map(({ route }) => route)));
  }
}

function serveRoute(bound: BoundRoute, edge: Edge, authenticate: Authenticator): RequestHandler {
  return async (request, response) => {
    try {
      await serve(bound, edge, authenticate, request, response);
    } catch (error) {
      sendError(response, error);
    }
  };
}

/** One request: who, whether they may, what they ask; then the use case, then the answer. Nothing is read for nobody. */
async function serve(bound: BoundRoute, edge: Edge, authenticate: Authenticator, request: Request, response: Response) {
  const { route } = bound;
  const notes = notesOf(response);
  notes.operation = route.operation;
  const arrived = performance.now();
  let caller: Caller | undefined = edge.opened.includes(route.operation) ? ANYONE : undefined;
  const closed = route.access !== 'public' && caller === undefined;
  if (closed) {
    caller = await admit(route, authenticate, request, response);
    if (caller === undefined) return;
  }
  const { target } = notes;
  invariant(target !== undefined, 'the address was read before any route');
  const params = readParameters(route.params, pathParameters(route, request, target.path), 'path');
  if (!params.ok) return sendFault(response, params.fault);
  const query = readQuery(route.query, target.query);
  if (!query.ok) return sendFault(response, query.fault);
  notes.query = query.value;
  const body = await readRequestBody(route, request, response);
  if (!body.ok) return sendFault(response, body.fault);
  notes.bytesReceived = body.value.bytes;
  if (closed && performance.now() - arrived > AUTHENTICATION_AGE_MS_MAX) {
    caller = await admit(route, authenticate, request, response);
    if (caller === undefined) return;
  }
  const reply = await bound.answer(
    {
      caller,
      params: params.value,
      query: query.value,
      body: body.value.value,
      mediaType: mediaTypeOf(request),
    } as unknown as Parameters<BoundRoute['answer']>[0],
    edge,
  );
  if (!reply.ok) return sendFault(response, reply.fault);
  sendReply(request, response, reply.value);
}

/** The caller, where their role may use the route; otherwise the refusal is sent. */
async function admit(
  route: Route,
  authenticate: Authenticator,
  request: Request,
  response: Response,
): Promise<Caller | undefined> {
  const { result, retryAfterSeconds } = await authenticate(request);
  if (!result.ok) {
    sendFault(response, result.fault, retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
    return undefined;
  }
  notesOf(response).principal = result.value.principal;
  if (route.access !== 'public' && !route.access.includes(result.value.role)) {
    sendFault(response, {
      code: 'auth/role-not-allowed',
      message: `The role ${result.value.role} may not do this.`,
    });
    return undefined;
  }
  return result.value;
}

/** Parameters by name. The one that spans segments is taken as sent, so that a tile has one address only. */
function pathParameters(route: Route, request: Request, path: string): Record<string, unknown> {
  const spanning = /\{\+(\w+)\}$/.exec(route.path);
  if (spanning === null) return { ...request.params };
  return { ...request.params, [String(spanning[1])]: path.slice(spanning.index) };
}

function sendReply(request: Request, response: Response, reply: Reply): void {
  if (response.destroyed) return;
  const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body;
  response.statusCode = reply.status;
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Type', reply.mediaType);
  response.setHeader('Content-Length', body.length);
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  response.end(request.method === 'HEAD' ? undefined : body);
}

function refuseMethod(routes: readonly Route[]): RequestHandler {
  const methods = new Set(routes.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : ['POST'])));
  const allow = [...methods, 'OPTIONS'].join(', ');
  return (request, response) => {
    if (request.method === 'OPTIONS') {
      response.setHeader('Allow', allow);
      response.setHeader('Cache-Control', 'no-store');
      response.statusCode = 204;
      response.end();
      return;
    }
    sendFault(
      response,
      { code: 'http/method-not-allowed', message: `This address answers ${allow}.` },
      { headers: { allow } },
    );
  };
}
