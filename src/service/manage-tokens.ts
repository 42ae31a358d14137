import { grantsTrust } from '../core/control/takes-control.ts';
import { formatHex } from '../core/encoding/hex.ts';
import { principalKey, TRUST_KEY } from '../core/entry/keys.ts';
import type { TokenIssued } from '../core/entry/kinds/token-issued.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import { TOKEN_SECONDS_MAX, TOKEN_SECONDS_MIN } from '../core/limits.ts';
import { formatGrantDocument } from '../core/trust/grant-document.ts';
import type { NewToken, Page, PageRequest, TokenView } from './answers.ts';
import { appendEntry } from './append-entry.ts';
import { authorise } from './authorise.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { page } from './cursor.ts';
import { drawSecret } from './draw-secret.ts';
import { requireAdmin } from './manage-principals.ts';
import type { Submission, TokenRow } from './ports.ts';
import { readWholeList } from './read-list.ts';
import { readPrincipalState } from './read-principal.ts';
import { isDualControlOn, requireTwo } from './require-two.ts';
import { submissionIdentity } from './submission-identity.ts';
import { tokenHash } from './token-hash.ts';

export type NewTokenRequest = { readonly principal: string; readonly title: string; readonly lifetimeSeconds: number };

/**
 * A new token for a principal that holds a role. It is shown this once; what is kept is its MAC. Where dual control is on,
 * one for another person's principal takes two people: the faults of {@link requireTwo}.
 */
export async function createToken(
  context: ServiceContext,
  caller: Caller,
  request: NewTokenRequest,
): Promise<Result<NewToken>> {
  const allowed = await requireAdmin(context, caller);
  if (!allowed.ok) return allowed;
  const { principal, lifetimeSeconds } = request;
  if (lifetimeSeconds < TOKEN_SECONDS_MIN || lifetimeSeconds > TOKEN_SECONDS_MAX) {
    return fail('token/lifetime-out-of-range', 'A token lives between a minute and 366 days.', 'lifetimeSeconds');
  }
  const state = await readPrincipalState(context.store, principal);
  if (state === undefined || state.revoked)
    return fail('principal/unknown', `${principal} holds no role.`, 'principal');
  const agreed = await requireTwoForOther(context, allowed.value, request);
  if (!agreed.ok) return agreed;
  return ok(await issueToken(context, request, state.epoch));
}

/**
 * Where dual control is on, a token that lets its holder act as another person, or change trust, is handed out only to the
 * second of two people, and is an entry: one who could make it alone could be both.
 */
async function requireTwoForOther(
  context: ServiceContext,
  admin: Caller,
  { principal, lifetimeSeconds }: NewTokenRequest,
): Promise<Result<void>> {
  const state = await readPrincipalState(context.store, principal);
  const grant = state?.grant;
  const isOwn = principal === admin.principal || (grant?.person !== undefined && grant.person === admin.person);
  if (grant === undefined || isOwn) return ok(undefined);
  if (grantsTrust({ role: grant.role, document: formatGrantDocument(grant) }) !== true) return ok(undefined);
  if (!isDualControlOn(await readWholeList(context.store, TRUST_KEY))) return ok(undefined);
  const appended = await appendEntry(context, async () => {
    const current = await requireAdmin(context, admin);
    if (!current.ok) return current;
    const list = await readWholeList(context.store, principalKey(principal));
    const body: TokenIssued = { principal, lifetimeSeconds };
    const submission: Submission = {
      identity: submissionIdentity('token-issued', [admin.principal, principal, String(list.length)]),
      proposal: { kind: 'token.issued', principal: admin.principal, body: { ...body } },
      restsOn: [{ key: principalKey(admin.principal), n: current.value.grants }],
    };
    return requireTwo(context, submission, { before: false, isRepeated: false });
  });
  if (!appended.ok) return appended;
  // Two requests at once are one entry, and that is one token.
  if (appended.value.duplicate)
    return fail('dual-control/not-proposed', 'What was proposed was handed out already: propose it again.');
  return ok(undefined);
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
  const secret = drawSecret(context.random);
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
