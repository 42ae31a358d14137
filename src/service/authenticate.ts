import { sha256 } from '#sha256';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { readPrincipalState } from './read-principal.ts';

/** `wbt_`, an id of 16 hex digits, `_`, and 43 characters of unpadded base64url: 32 random bytes. */
export const TOKEN = /^wbt_[0-9a-f]{16}_[A-Za-z0-9_-]{43}$/;

/** What a token is stored as, and found by: 32 bytes. The token itself has 256 bits of chance and needs no slow hash. */
export function tokenHash(token: string): Uint8Array {
  return sha256(encodeUtf8(token));
}

/**
 * The caller behind a token, as the ledger knows them now.
 * Faults: `auth/token-unknown` (also for what is no token at all), `auth/token-expired`, `auth/token-revoked`,
 * `auth/principal-revoked`.
 */
export async function authenticate(context: ServiceContext, token: string): Promise<Result<Caller>> {
  const found = TOKEN.test(token) ? await context.tokens.find(tokenHash(token)) : undefined;
  if (found === undefined) return fail('auth/token-unknown', 'The token is not known here.');
  if (found.revokedAt !== undefined) return fail('auth/token-revoked', 'The token was revoked.');
  if (found.expiresAt <= context.now()) return fail('auth/token-expired', 'The token has expired.');
  return readCaller(context, found.principal);
}

/** A principal as a caller, from its newest grant: `auth/principal-revoked` where there is none in force. */
export async function readCaller(context: ServiceContext, principal: string): Promise<Result<Caller>> {
  const state = await readPrincipalState(context.store, principal);
  if (state === undefined || state.revoked)
    return fail('auth/principal-revoked', `${principal} holds no role any more.`);
  const { role, repositories, stages } = state.grant;
  return ok({ principal, role, repositories, stages, grants: state.grants });
}
