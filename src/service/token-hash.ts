import { equalBytes } from '../core/encoding/bytes.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';
import type { TokenAuthenticator } from './ports.ts';

/** What a token stands for. `epoch` is that of the principal, so that no token outlives a revocation. */
export type TokenClaim = { readonly principal: string; readonly expiresAt: Date; readonly epoch: number };

/**
 * What a token of the log `origin` is stored as (32 bytes): a MAC over the token, the log and its claim. Whoever writes to
 * the database can neither make a token nor turn one into another principal's, into one that lives longer, or into one
 * of the log that took the place of its own: that log has the same keys, and counts epochs from the start again.
 */
export function tokenHash(
  authenticator: TokenAuthenticator,
  origin: string,
  token: string,
  claim: TokenClaim,
): Uint8Array {
  return authenticator.mac(tokenMessage(origin, token, claim));
}

/** Whether a token of the log `origin` with this claim is stored as `hash`, under any of the log's keys. */
export function isTokenHash(
  authenticator: TokenAuthenticator,
  origin: string,
  token: string,
  claim: TokenClaim,
  hash: Uint8Array,
): boolean {
  return authenticator.macs(tokenMessage(origin, token, claim)).some((mac) => equalBytes(mac, hash));
}

function tokenMessage(origin: string, token: string, { principal, expiresAt, epoch }: TokenClaim): Uint8Array {
  return encodeUtf8(['waybill/token/v2', origin, token, principal, expiresAt.toISOString(), String(epoch)].join('\0'));
}
