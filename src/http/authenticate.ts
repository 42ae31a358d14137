import type { Request } from 'express';
import { fail, ok, type Result } from '../core/fault.ts';
import type { Caller } from '../service/caller.ts';
import type { Service } from '../service/service.ts';
import type { Credential } from './edge.ts';
import { checkOwnPage, isAttended } from './own-page.ts';
import {
  addressKey,
  createRateGuard,
  FAILED_LOGINS_PER_ADDRESS,
  type KnownTokens,
  type RateLimit,
} from './rate-limits.ts';
import { readSessionCookie } from './session-cookie.ts';

/** Longest token that is looked up; ours are far shorter. */
const TOKEN_CHARACTERS_MAX = 512;

/** Who calls, and what they showed for it. */
export type Authenticated = { readonly caller: Caller; readonly credential: Credential };

/** A caller, or a refusal with the seconds after which another attempt makes sense. */
export type Authentication = { readonly result: Result<Authenticated>; readonly retryAfterSeconds?: number };

/** What is asked of sessions alone: a write must come from a page of this service, and who is asked again came back by no act of their own. */
export type Asked = { readonly isWrite: boolean; readonly isAgain?: boolean };

export type Authenticator = (request: Request, asked: Asked) => Promise<Authentication>;

export type AuthenticationLimits = { readonly failedLogins?: RateLimit };

/**
 * Who calls, from `Authorization: Bearer …`, or without that header from the cookie of a session; no query, no certificate.
 * `known` are those that count from an address that failed too often, too. Every well-formed token takes the same way through the service, which compares hashes.
 *
 * Faults: `auth/token-missing`, `auth/token-unknown` and the service's other `auth/token-…`, `http/malformed-header`
 * (Bearer, but not a token), `session/ended`, `session/cross-site`, `http/too-many-failed-logins`.
 */
export function createAuthenticator(
  service: Service,
  known: KnownTokens,
  limits: AuthenticationLimits = {},
): Authenticator {
  const failures = createRateGuard(limits.failedLogins ?? FAILED_LOGINS_PER_ADDRESS);
  return async (request, asked) => {
    const shown = readShown(request, asked);
    if (!shown.ok) return { result: shown };
    const { secret } = shown.value;
    const address = addressKey(request.ip);
    const blocked = await failures.waitSeconds(address);
    if (blocked !== undefined && !known.has(secret)) {
      const message = 'Too many failed attempts came from this address.';
      return { result: fail('http/too-many-failed-logins', message), retryAfterSeconds: blocked };
    }
    const found = await look(service, shown.value);
    if (!found.ok) {
      known.remove(secret);
      await failures.take(address);
      return { result: found };
    }
    known.add(secret, found.value.caller.principal);
    return { result: found };
  };
}

/** `isAttended`: whether a person is behind it. */
type Shown =
  | { readonly kind: 'token'; readonly secret: string }
  | { readonly kind: 'session'; readonly secret: string; readonly isAttended: boolean };

/** A token counts before a cookie: whoever sends one means it. */
function readShown(request: Request, { isWrite, isAgain = false }: Asked): Result<Shown> {
  const cookie = request.headers.authorization === undefined ? readSessionCookie(request) : undefined;
  if (cookie === undefined) {
    const token = readToken(request);
    return token.ok ? ok({ kind: 'token', secret: token.value }) : token;
  }
  const own = checkOwnPage(request, isWrite);
  return own.ok ? ok({ kind: 'session', secret: cookie, isAttended: !isAgain && isAttended(request) }) : own;
}

async function look(service: Service, shown: Shown): Promise<Result<Authenticated>> {
  const { kind, secret } = shown;
  if (kind === 'token') {
    const caller = await service.authenticate(secret);
    return caller.ok ? ok({ caller: caller.value, credential: { kind, token: secret } }) : caller;
  }
  const found = await service.authenticateSession(secret, shown.isAttended);
  return found.ok ? ok({ caller: found.value.caller, credential: { kind, session: found.value.session } }) : found;
}

function readToken(request: Request): Result<string> {
  const header = request.headers.authorization;
  if (header === undefined || !/^bearer(?: |$)/i.test(header)) {
    return fail('auth/token-missing', 'Send "Authorization: Bearer" and a token.');
  }
  const token = /^bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(header)?.[1];
  if (token === undefined || token.length > TOKEN_CHARACTERS_MAX) {
    return fail('http/malformed-header', 'Authorization is "Bearer" and a token.', 'header/authorization');
  }
  return ok(token);
}
