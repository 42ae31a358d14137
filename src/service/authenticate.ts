import { fail, ok, type Result } from '../core/fault.ts';
import { authorise, type Requirement } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { type PrincipalState, principalStateAt, readPrincipalState } from './read-principal.ts';
import { isTokenHash } from './token-hash.ts';

/** `wbt_`, an id of 16 hex digits, `_`, and 43 characters of unpadded base64url: 32 random bytes. */
export const TOKEN = /^wbt_([0-9a-f]{16})_[A-Za-z0-9_-]{43}$/;

/**
 * The caller behind a token, as the ledger knows them now. A token from before a revocation of its principal is not
 * known any more, also when the principal is granted a role again.
 * Faults: `auth/token-unknown` (also for what is no token at all), `auth/token-expired`, `auth/token-revoked`,
 * `auth/principal-revoked`. Throws `database/projection-differs` where the principal's list was cut off in the database.
 */
export async function authenticate(context: ServiceContext, token: string): Promise<Result<Caller>> {
  const id = TOKEN.exec(token)?.[1];
  const found = id === undefined ? undefined : await context.tokens.find(id);
  const state = found && (await principalStateAt(context.store, found.principal, found.grants, context.now()));
  const known =
    found !== undefined &&
    state !== undefined &&
    isTokenHash(
      context.keys.tokenAuthenticator,
      context.store.origin,
      token,
      { ...found, epoch: state.epoch },
      found.hash,
    );
  if (!known) return fail('auth/token-unknown', 'The token is not known here.');
  if (found.revokedAt !== undefined) return fail('auth/token-revoked', 'The token was revoked.');
  if (found.expiresAt <= context.now()) return fail('auth/token-expired', 'The token has expired.');
  return callerOf(found.principal, state);
}

/** A principal as a caller, from its newest grant: `auth/principal-revoked` where there is none in force. */
export async function readCaller(context: Pick<ServiceContext, 'store'>, principal: string): Promise<Result<Caller>> {
  return callerOf(principal, await readPrincipalState(context.store, principal));
}

/**
 * The caller of an append, where they may make it. Attempt 0 takes them as authenticated, since the append holds their
 * list to the length that it had; a refusal, and every later attempt, rests on reading them again.
 * Faults: `auth/principal-revoked`, and those of {@link authorise}.
 */
export async function authoriseNow(
  context: ServiceContext,
  caller: Caller,
  requirement: Requirement,
  attempt: number,
): Promise<Result<Caller>> {
  const known = attempt === 0 ? authorise(caller, requirement) : undefined;
  if (known?.ok === true) return known;
  const current = await readCaller(context, caller.principal);
  return current.ok ? authorise(current.value, requirement) : current;
}

/** A principal as a caller, by a state of its list: `auth/principal-revoked` where it holds no role. */
export function callerOf(principal: string, state: PrincipalState | undefined): Result<Caller> {
  if (state === undefined || state.revoked)
    return fail('auth/principal-revoked', `${principal} holds no role any more.`);
  const { role, repositories, stages, person } = state.grant;
  const named = person === undefined ? {} : { person };
  return ok({ principal, role, repositories, stages, ...named, grants: state.grants });
}
