import type { Express, Request, RequestHandler, Response } from 'express';
import type { Route } from '../api/route.ts';
import { fail, invariant, ok, type Result } from '../core/fault.ts';
import type { Caller } from '../service/caller.ts';
import { type Admission, costOf, takesPlace } from './admission.ts';
import type { Asked, Authenticated, Authentication, Authenticator } from './authenticate.ts';
import { type BoundRoute, type Edge, notesOf } from './edge.ts';
import { browserOf } from './own-page.ts';
import { sendError, sendFault } from './problem-response.ts';
import { addressKey, type KnownTokens } from './rate-limits.ts';
import { allowAnyOrigin, answerPreflight, isReadAnywhere } from './read-anywhere.ts';
import type { ReaderTurns } from './reader-turns.ts';
import { representationFor } from './representation.ts';
import { mediaTypeOf, readRequestBody } from './request-body.ts';
import { readIdempotencyKey } from './request-headers.ts';
import { readParameters, readQuery } from './request-values.ts';
import { sendReply } from './send-reply.ts';
import type { ReadingTimes, SlowReaders } from './slow-readers.ts';

/** Who reads what was opened to everyone: they may read everything, which only routes that are opened let them do. */
const ANYONE: Caller = { principal: 'anyone', role: 'auditor', repositories: ['*'], stages: ['*'], grants: 0 };

/** The template as Express writes it: `{name}` is `:name`, `{+name}` is `*name`. */
export function expressPath(path: string): string {
  return path.replaceAll(/\{\+(\w+)\}/g, '*$1').replaceAll(/\{(\w+)\}/g, ':$1');
}

/** What stands between a request and its use case: who calls, how often, and how long they may take to read. */
export type Gate = {
  readonly authenticate: Authenticator;
  readonly known: KnownTokens;
  readonly admission: Admission;
  readonly readingTimes: ReadingTimes;
  readonly slowReaders: SlowReaders;
  readonly readerTurns: ReaderTurns;
  /** Aborted when the service stops: answers that have no end then get one. */
  readonly stopping: AbortSignal;
};

/** How old an authentication may be when the body has come: a body can take minutes, and a revocation counts at once. */
const AUTHENTICATION_AGE_MS_MAX = 1_000;

/** Registers every route, and for each path the refusal of the methods that it does not have. */
export function registerRoutes(app: Express, bound: readonly BoundRoute[], edge: Edge, gate: Gate): void {
  const byPath = Map.groupBy(bound, ({ route }) => route.path);
  for (const [path, routes] of byPath) {
    const target = expressPath(path);
    for (const each of routes) app[each.route.method](target, serveRoute(each, edge, gate));
    app.all(
      target,
      refuseMethod(
        routes.map(({ route }) => route),
        edge.opened,
      ),
    );
  }
}

function serveRoute(bound: BoundRoute, edge: Edge, gate: Gate): RequestHandler {
  return async (request, response) => {
    try {
      await serve(bound, edge, gate, request, response);
    } catch (error) {
      sendError(response, error);
    }
  };
}

/** One request: who, whether they may, what they ask; then the use case, then the answer. Nothing is read for nobody. */
async function serve(bound: BoundRoute, edge: Edge, gate: Gate, request: Request, response: Response) {
  const { route } = bound;
  const notes = notesOf(response);
  notes.operation = route.operation;
  if (isReadAnywhere(route, edge.opened)) allowAnyOrigin(response);
  const arrived = performance.now();
  const opened = edge.opened.includes(route.operation);
  const closed = route.access !== 'public' && !opened;
  let admitted = closed ? await admit(route, gate.authenticate, request, response) : undefined;
  if (closed && admitted === undefined) return;
  if (!(await enter(route, gate.admission, admitted?.caller, request, response))) return;
  const peer = peerOf(admitted?.caller, request);
  const { target } = notes;
  invariant(target !== undefined, 'the address was read before any route');
  const params = readParameters(route.params, pathParameters(route, request, target.path), 'path');
  if (!params.ok) return sendFault(response, params.fault);
  const query = readQuery(route.query, route.anyQuery === true ? [] : target.query);
  if (!query.ok) return sendFault(response, query.fault);
  notes.query = query.value;
  const idempotencyKey = readIdempotencyKey(route, request);
  if (!idempotencyKey.ok) return sendFault(response, idempotencyKey.fault);
  const body = await readRequestBody(route, request, response, peer);
  if (!body.ok) return sendFault(response, body.fault);
  notes.bytesReceived = body.value.bytes;
  if (closed && performance.now() - arrived > AUTHENTICATION_AGE_MS_MAX) {
    admitted = await admit(route, gate.authenticate, request, response);
    if (admitted === undefined) return;
  }
  const asked = {
    caller: opened ? ANYONE : admitted?.caller,
    credential: admitted?.credential,
    browser: browserOf(request),
    params: params.value,
    query: query.value,
    body: body.value.value,
    mediaType: mediaTypeOf(request),
    idempotencyKey: idempotencyKey.value,
    requestId: notes.requestId,
    noteError: (error: unknown) => {
      notes.inside ??= error;
    },
    accept: request.headers.accept,
    lastEventId: headerOf(request, 'last-event-id'),
    vouchFor: (secret: string) => gate.known.add(secret, admitted?.caller.principal ?? ''),
    readmit: () => readmit(route, gate.authenticate, request, response),
    ending: () => endingOf(response, gate.stopping),
  } as unknown as Parameters<BoundRoute['answer']>[0];
  const answer = () => bound.answer(asked, edge);
  const answered = isLookUp(route, admitted?.caller) ? await gate.readerTurns(peer, answer) : ok(await answer());
  if (!answered.ok) return sendFault(response, answered.fault, { retryAfterSeconds: 1 });
  const reply = answered.value;
  if (!reply.ok) return sendFault(response, reply.fault);
  await sendReply(request, response, await representationFor(request, reply.value), { ...gate, reader: peer });
}

/** The caller, where their role may use the route; otherwise the refusal is sent. */
async function admit(
  route: Route,
  authenticate: Authenticator,
  request: Request,
  response: Response,
): Promise<Authenticated | undefined> {
  const { result, retryAfterSeconds } = await judge(route, authenticate, request, response, {});
  if (result.ok) return result.value;
  if (result.fault.code === 'session/ended') response.setHeader('Set-Cookie', browserOf(request).takeCookie());
  sendFault(response, result.fault, retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
  return undefined;
}

/** Who calls, where they may use the route. Whoever it is, their name is noted. */
async function judge(
  route: Route,
  authenticate: Authenticator,
  request: Request,
  response: Response,
  again: Pick<Asked, 'isAgain'>,
): Promise<Authentication> {
  const authentication = await authenticate(request, { isWrite: route.method === 'post', ...again });
  if (!authentication.result.ok) return authentication;
  const { caller, credential } = authentication.result.value;
  notesOf(response).principal = caller.principal;
  if (route.access !== 'public' && !route.access.includes(caller.role))
    return { result: fail('auth/role-not-allowed', `The role ${caller.role} may not do this.`) };
  if (route.tokenOnly === true && credential.kind === 'session')
    return { result: fail('session/token-needed', 'This takes a token, and no session.') };
  return authentication;
}

/** The caller of by now, for answers that go on: by themselves, so that they keep no session alive. */
async function readmit(
  route: Route,
  authenticate: Authenticator,
  request: Request,
  response: Response,
): Promise<Result<Caller>> {
  const { result } = await judge(route, authenticate, request, response, { isAgain: true });
  return result.ok ? ok(result.value.caller) : result;
}

function headerOf({ headers }: Request, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Aborted once the answer's connection is gone, or the service stops. */
function endingOf(response: Response, stopping: AbortSignal): AbortSignal {
  const gone = new AbortController();
  if (response.destroyed || response.writableFinished) gone.abort();
  else response.once('close', () => gone.abort());
  return AbortSignal.any([gone.signal, stopping]);
}

/** Whether it is a look-up: what costs more has places of its own, and what is appended waits for the ledger. */
function isLookUp(route: Route, caller: Caller | undefined): boolean {
  const cost = costOf(route, caller === undefined);
  return route.method === 'get' && (cost === 'read' || cost === 'anonymous');
}

/** By whom large bodies and answers are counted: principals by name, everybody else by address. */
function peerOf(caller: Caller | undefined, request: Request): string {
  return caller === undefined ? `address ${addressKey(request.ip)}` : `principal ${caller.principal}`;
}

/** Whether the request is not one too many; otherwise the refusal is sent. A place that it takes goes with its answer. */
async function enter(
  route: Route,
  admission: Admission,
  caller: Caller | undefined,
  request: Request,
  response: Response,
): Promise<boolean> {
  const cost = costOf(route, caller === undefined);
  if (cost === undefined) return true;
  const key = caller === undefined ? addressKey(request.ip) : caller.principal;
  const refusal = await admission.enter(cost, key);
  if (refusal !== undefined) {
    sendFault(response, refusal.fault, { retryAfterSeconds: refusal.retryAfterSeconds });
    return false;
  }
  if (!takesPlace(cost)) return true;
  // The caller may be gone by now, and then nothing else will tell.
  if (response.destroyed || response.writableFinished) admission.ended(cost, key);
  else response.once('close', () => admission.ended(cost, key));
  return true;
}

/** Parameters by name. The one that spans segments is taken as sent, so that a tile has one address only. */
function pathParameters(route: Route, request: Request, path: string): Record<string, unknown> {
  const spanning = /\{\+(\w+)\}$/.exec(route.path);
  if (spanning === null) return { ...request.params };
  return { ...request.params, [String(spanning[1])]: path.slice(spanning.index) };
}

function refuseMethod(routes: readonly Route[], opened: readonly string[]): RequestHandler {
  const methods = new Set(routes.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : ['POST'])));
  const allow = [...methods, 'OPTIONS'].join(', ');
  const readAnywhere = routes.every((route) => isReadAnywhere(route, opened));
  return (request, response) => {
    if (request.method === 'OPTIONS') {
      response.setHeader('Allow', allow);
      if (readAnywhere) answerPreflight(response);
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
