import { equalBytes } from '../core/encoding/bytes.ts';
import { formatHex } from '../core/encoding/hex.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import { fail, invariant, ok, type Result } from '../core/fault.ts';
import { SESSION_IDLE_SECONDS_MAX, SESSION_SECONDS_MAX, SESSIONS_OF_PRINCIPAL_MAX } from '../core/limits.ts';
import type { NewSession, SessionView } from './answers.ts';
import { authenticate, callerOf, TOKEN } from './authenticate.ts';
import type { Caller } from './caller.ts';
import type { ServiceContext } from './context.ts';
import { drawSecret } from './draw-secret.ts';
import type { FoundSession, SessionRow } from './ports.ts';
import { principalStateAt } from './read-principal.ts';

/** Secret of a session's cookie: `wbs_`, an id of 16 hex digits, `_`, and 43 characters of unpadded base64url. */
export const SESSION = /^wbs_([0-9a-f]{16})_[A-Za-z0-9_-]{43}$/;

/** How often the database is told that somebody is there. */
const SEEN_EVERY_MS = 60_000;

/** Who calls, and the browser that they are signed in with. */
export type SessionCaller = { readonly caller: Caller; readonly session: SessionView };

/** What a session stands for, beside its cookie; `epoch` is that of the principal, so that none outlives a revocation. */
type SessionClaim = Pick<SessionRow, 'tokenId' | 'principal' | 'expiresAt'> & { readonly epoch: number };

/**
 * Signs a browser in. The session speaks for the token's principal until its own time is over, or that of the token; it
 * counts for nothing once the token is revoked. What is kept of it is a MAC.
 * Faults: those of {@link authenticate}.
 */
export async function openSession(context: ServiceContext, token: string): Promise<Result<NewSession>> {
  const caller = await authenticate(context, token);
  if (!caller.ok) return caller;
  const { principal, grants } = caller.value;
  const tokenId = TOKEN.exec(token)?.[1] ?? '';
  const found = await context.tokens.find(tokenId);
  const state = await principalStateAt(context.store, principal, grants, context.now());
  invariant(found !== undefined && state !== undefined, 'a token that was just good is known');
  const id = formatHex(context.random(8));
  const secret = drawSecret(context.random);
  const cookie = `wbs_${id}_${secret}`;
  const createdAt = context.now();
  const endsMs = Math.min(createdAt.getTime() + SESSION_SECONDS_MAX * 1000, found.expiresAt.getTime());
  const row: SessionRow = { id, tokenId, principal, createdAt, seenAt: createdAt, expiresAt: new Date(endsMs) };
  const message = sessionMessage(context.store.origin, cookie, { ...row, epoch: state.epoch });
  const hash = context.keys.tokenAuthenticator.mac(message);
  await context.sessions.insert({ ...row, hash }, SESSIONS_OF_PRINCIPAL_MAX);
  return ok({ ...sessionView(row), cookie, principal });
}

/**
 * The caller behind a cookie, as the ledger knows them now. Where `isAttended`, the session is seen, and so not idle.
 * Faults: `session/ended` (also for what is no cookie of ours), `auth/token-revoked`, `auth/principal-revoked`.
 */
export async function authenticateSession(
  context: ServiceContext,
  cookie: string,
  isAttended: boolean,
): Promise<Result<SessionCaller>> {
  const id = SESSION.exec(cookie)?.[1];
  const found = id === undefined ? undefined : await context.sessions.find(id);
  const now = context.now();
  const state = found && (await principalStateAt(context.store, found.principal, found.grants, now));
  if (found === undefined || state === undefined || !isSession(context, cookie, found, state.epoch))
    return fail('session/ended', 'The session is not known, or was ended.');
  if (found.tokenRevoked) return fail('auth/token-revoked', 'The token that was signed in with was revoked.');
  if (Math.min(found.expiresAt.getTime(), found.tokenExpiresAt.getTime()) <= now.getTime())
    return fail('session/ended', 'The session has lasted as long as one may.');
  if (now.getTime() - found.seenAt.getTime() >= SESSION_IDLE_SECONDS_MAX * 1000)
    return fail('session/ended', 'Nobody was there for half an hour.');
  const caller = callerOf(found.principal, state);
  if (!caller.ok) return caller;
  const isDue = isAttended && now.getTime() - found.seenAt.getTime() >= SEEN_EVERY_MS;
  if (isDue) await context.sessions.touch(found.id, now);
  return ok({ caller: caller.value, session: sessionView(isDue ? { ...found, seenAt: now } : found) });
}

/** The caller's own sessions that have not ended, newest first. */
export async function listSessions(context: ServiceContext, caller: Caller): Promise<Result<readonly SessionView[]>> {
  const now = context.now().getTime();
  const rows = await context.sessions.listOf(caller.principal);
  const isOpen = ({ expiresAt, seenAt }: SessionRow) =>
    expiresAt.getTime() > now && now - seenAt.getTime() < SESSION_IDLE_SECONDS_MAX * 1000;
  return ok(rows.filter(isOpen).map(sessionView));
}

/** Ends a session of the caller's own, at once and on every replica. Fault: `session/not-found`. */
export async function endSession(context: ServiceContext, caller: Caller, id: string): Promise<Result<void>> {
  const removed = await context.sessions.remove(id, caller.principal);
  return removed ? ok(undefined) : fail('session/not-found', `${caller.principal} has no such session.`, 'session');
}

function isSession(context: ServiceContext, cookie: string, found: FoundSession, epoch: number): boolean {
  const message = sessionMessage(context.store.origin, cookie, { ...found, epoch });
  return context.keys.tokenAuthenticator.macs(message).some((mac) => equalBytes(mac, found.hash));
}

/** Told apart from the MAC of a token by its first word. */
function sessionMessage(origin: string, cookie: string, claim: SessionClaim): Uint8Array {
  const { tokenId, principal, expiresAt, epoch } = claim;
  const parts = ['waybill/session/v1', origin, cookie, tokenId, principal, expiresAt.toISOString(), String(epoch)];
  return encodeUtf8(parts.join('\0'));
}

function sessionView({ id, createdAt, seenAt, expiresAt }: SessionRow): SessionView {
  return {
    id,
    createdAt: createdAt.toISOString(),
    seenAt: seenAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  };
}
