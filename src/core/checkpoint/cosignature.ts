import { verifyEd25519 } from '#ed25519';
import { concatBytes, readU64be, u64be } from '../encoding/bytes.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { invariant } from '../fault.ts';

/** Length in bytes of what a cosignature line carries: u64 BE POSIX seconds (8) ‖ Ed25519 signature (64). */
const COSIGNATURE_BYTES = 72;

/**
 * The time, in POSIX seconds, at which the cosigner vouched for the checkpoint with this text; undefined where the
 * cosignature does not verify. Times above 2^53−1 do not verify: no number holds them exactly.
 *
 * Signed bytes: `cosignature/v1` LF `time <seconds>` LF, then the whole note text. Source: C2SP tlog-cosignature.
 */
export function verifyCosignature(text: string, signature: Uint8Array, publicKey: Uint8Array): number | undefined {
  if (signature.length !== COSIGNATURE_BYTES) return undefined;
  const timeSeconds = readU64be(signature, 0);
  if (!timeSeconds.ok) return undefined;
  const message = cosignatureMessage(text, timeSeconds.value);
  return verifyEd25519(signature.slice(8), message, publicKey) ? timeSeconds.value : undefined;
}

/**
 * What a cosignature line carries for the checkpoint with this text: u64 BE POSIX seconds ‖ Ed25519 signature, 72 bytes.
 * The time is an integer from 0 to 2^53−1 and the signature has 64 bytes (invariants). Source: C2SP tlog-cosignature.
 */
export function formatCosignature(
  text: string,
  timeSeconds: number,
  sign: (message: Uint8Array) => Uint8Array,
): Uint8Array {
  const signature = sign(cosignatureMessage(text, timeSeconds));
  invariant(signature.length === COSIGNATURE_BYTES - 8, 'an Ed25519 signature has 64 bytes');
  return concatBytes(u64be(timeSeconds), signature);
}

/** The bytes that a cosigner signs for a checkpoint with this text at that time. Source: C2SP tlog-cosignature. */
function cosignatureMessage(text: string, timeSeconds: number): Uint8Array {
  return encodeUtf8(`cosignature/v1\ntime ${timeSeconds}\n${text}`);
}
