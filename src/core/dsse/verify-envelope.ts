import type { PublicKey } from '../crypto/public-key.ts';
import { verifySignature } from '../crypto/verify-signature.ts';
import { equalBytes } from '../encoding/bytes.ts';
import { fail, ok, type Result } from '../fault.ts';
import type { Envelope } from './envelope.ts';
import { pae } from './pae.ts';

/** A key of the caller under which at least one signature of the envelope is good. */
export type EnvelopeSigner = { readonly key: PublicKey };

/**
 * The keys among `keys` that signed the envelope, each once and in the order given, or `dsse/no-trusted-signature`.
 *
 * Every signature is tried with every key: a key id is written by whoever wants to be believed and selects nothing.
 * The signature covers payload type and payload through PAE. Only the `payload` of this very value was verified; read
 * the statement from it and never from the document again.
 * Cost: at most 16 × `keys.length` verifications. Source: DSSE v1.0.2, protocol.md "Verification".
 */
export function verifyEnvelope(envelope: Envelope, keys: readonly PublicKey[]): Result<readonly EnvelopeSigner[]> {
  const message = pae(envelope.payloadType, envelope.payload);
  const signers = distinctKeys(keys).filter((key) =>
    envelope.signatures.some(({ sig }) => verifySignature(key, message, sig)),
  );
  if (signers.length > 0) return ok(signers.map((key) => ({ key })));
  return fail('dsse/no-trusted-signature', 'No signature of the envelope was made by an allowed key.');
}

/** One key given twice must not count twice towards a threshold. */
function distinctKeys(keys: readonly PublicKey[]): readonly PublicKey[] {
  return keys.filter((key, index) => keys.findIndex((other) => equalBytes(other.spki, key.spki)) === index);
}
