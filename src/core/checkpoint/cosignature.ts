import { verifyEd25519 } from '#ed25519';
import { readU64be } from '../encoding/bytes.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';

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

/** The bytes that a cosigner signs for a checkpoint with this text at that time. Source: C2SP tlog-cosignature. */
function cosignatureMessage(text: string, timeSeconds: number): Uint8Array {
  return encodeUtf8(`cosignature/v1\ntime ${timeSeconds}\n${text}`);
}
