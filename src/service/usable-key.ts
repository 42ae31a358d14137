import type { PublicKey } from '../core/crypto/public-key.ts';
import { formatHex } from '../core/encoding/hex.ts';
import { fail, ok, type Result } from '../core/fault.ts';
import type { ServiceContext } from './context.ts';

/**
 * Whether a key may become a pipeline's signer, which must be its own and nobody else's: `signer/published-key` for one
 * whose private part everybody has, `signer/key-in-other-use` for one that signs the log. The service's other keys are
 * registered already, and found so.
 */
export function requireUsableKey(
  { isPublishedKey, keys }: ServiceContext,
  key: PublicKey,
  signer: string,
  at: string,
): Result<void> {
  if (isPublishedKey(signer))
    return fail('signer/published-key', 'The private part of the key is published: everybody could sign with it.', at);
  // Those that were followed are among them: what they signed of the log goes on to count.
  if (key.algorithm === 'ed25519' && keys.headAuthenticator.keys.includes(formatHex(key.raw)))
    return fail('signer/key-in-other-use', 'The key signs this log, and may sign nothing else.', at);
  return ok(undefined);
}
