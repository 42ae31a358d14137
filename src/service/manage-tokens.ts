import { formatBase64 } from '../core/encoding/base64.ts';
import { formatHex } from '../core/encoding/hex.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import type { NewToken, Page, PageRequest, TokenView } from './answers.ts';
import { authorise } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { page } from './cursor.ts';
import { requireAdmin } from './manage-principals.ts';
import type { TokenRow } from './ports.ts';
import { readPrincipalState } from './read-principal.ts';
import { tokenHash } from './token-hash.ts';

/** A token lives between a minute and a year. */
const LIFETIME_SECONDS_MIN = 60;
const LIFETIME_SECONDS_MAX = 366 * 24 * 60 * 60;

export type NewTokenRequest = { readonly principal: string; readonly title: string; readonly lifetimeSeconds: number };

/** A new token for a principal that holds a role. It is shown this once; what is kept is its MAC. */
export async function createToken(
  context: ServiceContext,
  caller: Caller,
  request: NewTokenRequest,
): Promise<Result<NewToken>> {
  const allowed = await requireAdmin(context, caller);
  if (!allowed.ok) return allowed;
  const { principal, lifetimeSeconds } = request;
  if (lifetimeSeconds < LIFETIME_SECONDS_MIN || lifetimeSeconds > LIFETIME_SECONDS_MAX) {
    return fail('token/lifetime-out-of-range', 'A token lives between a minute and 366 days.', 'lifetimeSeconds');
  }
  const state = await readPrincipalState(context.store, principal);
  if (state === undefined || state.revoked)
    return fail('principal/unknown', `${principal} holds no role.`, 'principal');
  return ok(await issueToken(context, request, state.epoch));
}

/**
 * Makes and stores a token in the principal's epoch; for whoever has authorised it already. `keep` is done with the
 * token before it is stored, for whoever must not lose it once it counts.
 */
export async function issueToken(
  context: Pick<ServiceContext, 'random' | 'tokens' | 'now' | 'keys' | 'store'>,
  request: NewTokenRequest,
  epoch: number,
  keep?: (token: string) => Promise<void>,
): Promise<NewToken> {
  const id = formatHex(context.random(8));
  const secret = formatBase64(context.random(32)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  const token = `wbt_${id}_${secret}`;
  const expiresAt = new Date(context.now().getTime() + request.lifetimeSeconds * 1000);
  await keep?.(token);
  const row = await context.tokens.insert({
    id,
    hash: tokenHash(context.keys.tokenAuthenticator, context.store.origin, token, {
      principal: request.principal,
      expiresAt,
      epoch,
    }),
    principal: request.principal,
    title: request.title,
    expiresAt,
  });
  return { ...tokenView(row), token };
}

export async function listTokens(
  context: ServiceContext,
  caller: Caller,
  request: PageRequest,
): Promise<Result<Page<TokenView>>> {
  const allowed = authorise(caller, { roles: ['admin', 'auditor'] });
  if (!allowed.ok) return allowed;
  if (request.cursor !== undefined && !/^[0-9a-f]{16}$/.test(request.cursor)) {
    return fail('http/malformed-parameter', 'The cursor is none of an earlier page.', 'cursor');
  }
  const rows = await context.tokens.list(request.cursor, request.limit + 1);
  return ok(page(rows, request.limit, tokenView, (row) => row.id));
}

/** Revokes a token; doing it again changes nothing. */
export async function revokeToken(context: ServiceContext, caller: Caller, id: string): Promise<Result<TokenView>> {
  const allowed = await requireAdmin(context, caller);
  if (!allowed.ok) return allowed;
  const row = await context.tokens.revoke(id);
  return row === undefined ? fail('token/unknown', 'There is no such token.', 'id') : ok(tokenView(row));
}

function tokenView(row: TokenRow): TokenView {
  return {
    id: row.id,
    principal: row.principal,
    title: row.title,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    ...(row.revokedAt === undefined ? {} : { revokedAt: row.revokedAt.toISOString() }),
  };
}
