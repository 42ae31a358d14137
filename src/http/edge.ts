import type { z } from 'zod';
import type { Route } from '../api/route.ts';
import type { Fault, Result } from '../core/fault.ts';
import type { SessionView } from '../service/answers.ts';
import type { Caller } from '../service/caller.ts';
import type { Service } from '../service/service.ts';
import type { ConsoleFiles } from './console-files.ts';
import type { Metrics } from './metrics.ts';
import type { RequestTarget } from './request-target.ts';
import type { StreamPlaces } from './stream-places.ts';

/** What routes reach besides the request. */
export type Edge = {
  readonly service: Service;
  readonly metrics: Metrics;
  /** The console, where this service has one. */
  readonly console: ConsoleFiles | undefined;
  /** The OpenAPI document, as JSON text. */
  readonly openapi: string;
  /** Routes that answer without a token although the contract asks for one, by decision of who runs the service. */
  readonly opened: readonly string[];
  readonly streamPlaces: StreamPlaces;
};

/** What a caller showed: a token, or the cookie of a browser that had signed in with one. */
export type Credential =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'session'; readonly session: SessionView };

/** The browser behind a request, as far as sessions go. */
export type Browser = {
  /** The secret of the cookie that it brought, whether that still means something or not. */
  readonly secret: string | undefined;
  /** Whether it may be handed a session here. Faults: `session/insecure-transport`, `session/cross-site`. */
  readonly maySignIn: () => Result<void>;
  /** `Set-Cookie` that hands out a session until it ends, and one that has it forgotten. */
  readonly giveCookie: (secret: string, expiresAt: string) => string;
  readonly takeCookie: () => string;
};

/** A request that passed the edge: who calls, and parameters and body as the route's schemas read them. */
export type RouteRequest<R extends Route> = {
  readonly caller: R['access'] extends 'public' ? undefined : Caller;
  readonly credential: R['access'] extends 'public' ? undefined : Credential;
  readonly browser: Browser;
  readonly params: z.output<R['params']>;
  readonly query: z.output<R['query']>;
  readonly body: R extends { readonly body: { readonly form: 'json'; readonly schema: infer S extends z.ZodType } }
    ? z.output<S>
    : R extends { readonly body: { readonly form: 'bytes' } }
      ? Uint8Array
      : undefined;
  /** Media type of the body, lower case and without parameters. */
  readonly mediaType: string | undefined;
  /** The caller's `Idempotency-Key`, of routes that take one. */
  readonly idempotencyKey: string | undefined;
  readonly requestId: string;
  /** Has the log tell of what failed inside and is answered as a part of an answer only. */
  readonly noteError: (error: unknown) => void;
  readonly accept: string | undefined;
  readonly lastEventId: string | undefined;
  /** Has a secret that the caller is given count like the one that they showed, from an address that failed too often, too. */
  readonly vouchFor: (secret: string) => void;
  /** Who calls by now, or why they may not any more; for answers that outlast a revocation. */
  readonly readmit: () => Promise<Result<Caller>>;
  /** Aborted once the connection is gone or the service stops. */
  readonly ending: () => AbortSignal;
};

/** A body that is sent as it comes. Its parts are made only as fast as the caller reads them. */
export type StreamedBody = {
  /** What they throw cuts the answer off: it then ends in the middle, by the connection and not by a last part. */
  readonly parts: AsyncIterable<string>;
  /** Bytes that are to be expected, about: how long the caller may take to read them is reckoned from it. */
  readonly bytesExpected: number;
  /** Bytes that are held until its end, beside the part that is being sent. */
  readonly bytesKept: number;
  /**
   * Goes on for as long as it is read: its headers are sent before its first part, and whoever does not take a part within
   * the grace of a small answer is cut off.
   */
  readonly isLive?: true;
};

/** What a route answers, a refusal excepted. */
export type Reply = {
  readonly status: number;
  readonly mediaType: string;
  readonly body: Uint8Array | string | StreamedBody;
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * The answer carries an entity tag, and whoever names it gets 304 instead; `compressed` where it is also worth sending as
   * gzip to those who accept that. Only of bodies that are whole.
   */
  readonly revalidates?: 'plain' | 'compressed';
  /** The body in forms that were made before, for those who accept them; only of bodies that carry an entity tag. */
  readonly encoded?: { readonly br?: Uint8Array; readonly gzip?: Uint8Array };
};

type Answer<R extends Route> = (request: RouteRequest<R>, edge: Edge) => Promise<Result<Reply>> | Result<Reply>;

/** A route with what answers it, the types of its request forgotten. */
export type BoundRoute = { readonly route: Route; readonly answer: Answer<Route> };

export function bindRoute<R extends Route>(route: R, answer: Answer<R>): BoundRoute {
  // The pipeline hands each handler only what its own route's schemas have read, which the erased type cannot say.
  return { route, answer: answer as unknown as Answer<Route> };
}

/** What the edge notes about a request while it passes, for log and metrics. */
export type RequestNotes = {
  readonly requestId: string;
  target?: RequestTarget;
  operation?: string;
  principal?: string;
  fault?: Fault;
  error?: unknown;
  /** The first failure inside that the status of the answer does not tell of. */
  inside?: unknown;
  query?: Readonly<Record<string, unknown>>;
  bytesReceived?: number;
};

/** Where they lie on the response itself: a weak map of all responses costs every collection of garbage. */
const NOTES = Symbol('notes');

type Noted = { [NOTES]?: RequestNotes };

/** Begins the notes of a response; once, before everything else. */
export function beginNotes(response: object, requestId: string): RequestNotes {
  const begun: RequestNotes = { requestId };
  (response as Noted)[NOTES] = begun;
  return begun;
}

export function notesOf(response: object): RequestNotes {
  return (response as Noted)[NOTES] ?? beginNotes(response, 'none');
}
