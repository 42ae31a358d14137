import { encodeUtf8 } from '../core/encoding/utf8.ts';
import type { TokenAuthenticator } from './ports.ts';

/** What a token stands for. `epoch` is that of the principal, so that no token outlives a revocation. */
export type TokenClaim = { readonly principal: string; readonly expiresAt: Date; readonly epoch: number };

/**
 * What a token is stored as (32 bytes): a MAC over the token and its claim. Whoever writes to the database can neither
 * make a token nor turn one into another principal's or into one that lives longer.
 */
export function tokenHash(authenticator: TokenAuthenticator, token: string, claim: TokenClaim): Uint8Array {
  const { principal, expiresAt, epoch } = claim;
  return authenticator.mac(
    encodeUtf8(['waybill/token/v1', token, principal, expiresAt.toISOString(), String(epoch)].join('\0')),
  );
}
