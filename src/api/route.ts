import type { z } from 'zod';
import { ROLES, type Role } from '../core/entry/kinds/principal-granted.ts';
import type { FaultCode } from '../core/fault.ts';
import { CONTROL_FAULT_CODES } from '../core/fault-codes/control.ts';

/** What a request carries besides its address. `bytesMax` bounds it as sent; more is `http/body-too-large`. */
export type RouteBody =
  | {
      /** A JSON document, read strictly and checked against `schema`. */
      readonly form: 'json';
      readonly schema: z.ZodType;
      readonly bytesMax: number;
      /** No body at all stands for `{}`. */
      readonly optional?: boolean;
      readonly example?: unknown;
    }
  | {
      /** Bytes that the use case reads itself, exactly as sent. */
      readonly form: 'bytes';
      readonly description: string;
      /** Shown in the OpenAPI document; binding where `onlyThese` is set. */
      readonly mediaTypes: readonly string[];
      readonly onlyThese?: boolean;
      readonly bytesMax: number;
      readonly example?: unknown;
    };

/** One status of a route that is not a problem. Without `schema` the body is bytes or text of `mediaType`. */
export type RouteAnswer = {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** `application/json` where a schema stands, unless named. */
  readonly mediaType?: string;
  /** Further media types that the request can ask for. */
  readonly alsoAs?: readonly string[];
  readonly example?: unknown;
  readonly location?: boolean;
};

/**
 * One line of the HTTP contract. Validation, authorisation by role, the OpenAPI document, the metrics' labels and the
 * tests' tables are all derived from it.
 */
export type Route = {
  /** Unique name, camel case: the OpenAPI `operationId` and the `route` label of metrics and logs. */
  readonly operation: string;
  readonly method: 'get' | 'post';
  /** Template with `{name}` parameters; `{+name}`, in last place only, spans several segments. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** `public` asks for no token; otherwise the roles that may call. Scope is judged by the use case. */
  readonly access: 'public' | readonly Role[];
  /** Takes a token and no session: what outlives a session is not made with one. */
  readonly tokenOnly?: true;
  /** Takes an `Idempotency-Key`: the same request under the same key is answered as the first one was. */
  readonly idempotencyKey?: true;
  /** Whatever stands in the query is the page's that is answered, and nothing of it is read. */
  readonly anyQuery?: true;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  readonly body?: RouteBody;
  readonly answers: { readonly [status: number]: RouteAnswer };
  /** Codes that are particular to this route; those that any route can answer are not repeated. */
  readonly faults?: readonly FaultCode[];
};

/** Everyone who holds a token. */
export const ANY_ROLE: readonly Role[] = ROLES;

/** Codes of every route that takes the agreement of control keys. */
export const CONTROL_REFUSALS = CONTROL_FAULT_CODES.filter((code) => !/keys|request/.test(code));

/** What a change is refused by where it takes two people. */
export const DUAL_REFUSALS = [
  'dual-control/not-proposed',
  'dual-control/other-change',
  'dual-control/person-unknown',
  'dual-control/same-person',
] as const;

/** What a change of trust is refused by: control keys, or the second person. */
export const CHANGE_REFUSALS = [...CONTROL_REFUSALS, ...DUAL_REFUSALS] as const;

/** The route as written, its schemas' types kept. */
export function defineRoute<const R extends Route>(route: R): R {
  return route;
}
