import { parseCompleteness } from '../core/completeness/completeness.ts';
import { signerKey } from '../core/entry/keys.ts';
import type { SignerRotated } from '../core/entry/kinds/signer-rotated.ts';
import { invariant, ok, type Result } from '../core/fault.ts';
import type { ServiceContext } from './context.ts';
import { proveCompleteness } from './prove-completeness.ts';

/**
 * Everything that the log has of a key of the service, then of the key before it, and so on to the first that was
 * registered: completeness proofs as their canonical bytes, for whoever is handed what the key signed.
 */
export async function proveOwnSigner(context: ServiceContext, signer: string): Promise<Result<readonly Uint8Array[]>> {
  const proofs: Uint8Array[] = [];
  let next: string | undefined = signer;
  while (next !== undefined) {
    const bytes = await proveCompleteness(context, 'service', signerKey(next));
    if (!bytes.ok) return bytes;
    proofs.push(bytes.value);
    next = predecessorIn(bytes.value, next);
  }
  return ok(proofs);
}

/** Nobody registers a successor before its key: going back from key to key comes to an end. */
function predecessorIn(bytes: Uint8Array, signer: string): string | undefined {
  const proof = parseCompleteness(bytes);
  invariant(proof.ok, 'a proof that was just made reads');
  const first = proof.value.entries[0]?.entry;
  if (first?.kind !== 'signer.rotated') return undefined;
  const { signer: before, successor } = first.body as SignerRotated;
  return successor === signer ? before : undefined;
}
