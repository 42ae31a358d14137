import type { Request } from 'express';
import { fail, ok, type Result } from '../core/fault.ts';
import type { Caller } from '../service/caller.ts';
import type { Service } from '../service/service.ts';
import {
  addressKey,
  createKnownTokens,
  createRateGuard,
  FAILED_LOGINS_PER_ADDRESS,
  type RateLimit,
} from './rate-limits.ts';

/** Longest token that is looked up; ours are far shorter. */
const TOKEN_CHARACTERS_MAX = 512;

/** A caller, or a refusal with the seconds after which another attempt makes sense. */
export type Authentication = { readonly result: Result<Caller>; readonly retryAfterSeconds?: number };

export type Authenticator = (request: Request) => Promise<Authentication>;

export type AuthenticationLimits = { readonly failedLogins?: RateLimit };

/**
 * Who calls, from `Authorization: Bearer …` and nothing else: no cookie, no query, no certificate.
 * Every well-formed token takes the same way through the service, which compares hashes.
 *
 * Faults: `auth/token-missing`, `auth/token-unknown` and the service's other `auth/token-…`, `http/malformed-header`
 * (Bearer, but not a token), `http/too-many-failed-logins`.
 */
export function createAuthenticator(service: Service, limits: AuthenticationLimits = {}): Authenticator {
  const failures = createRateGuard(limits.failedLogins ?? FAILED_LOGINS_PER_ADDRESS);
  const known = createKnownTokens();
  return async (request) => {
    const token = readToken(request);
    if (!token.ok) return { result: token };
    const address = addressKey(request.ip);
    const blocked = await failures.waitSeconds(address);
    if (blocked !== undefined && !known.has(token.value)) {
      const message = 'Too many failed attempts came from this address.';
      return { result: fail('http/too-many-failed-logins', message), retryAfterSeconds: blocked };
    }
    const caller = await service.authenticate(token.value);
    if (!caller.ok) {
      known.remove(token.value);
      await failures.take(address);
      return { result: caller };
    }
    known.add(token.value);
    return { result: caller };
  };
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
