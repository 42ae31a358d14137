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
  const { principal, expiresAt, epoch } = claim;
  return authenticator.mac(
    encodeUtf8(['waybill/token/v2', origin, token, principal, expiresAt.toISOString(), String(epoch)].join('\0')),
  );
}
