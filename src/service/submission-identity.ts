import { sha256 } from '#sha256';
import { concatBytes, u64be } from '../core/encoding/bytes.ts';
import { encodeUtf8 } from '../core/encoding/utf8.ts';

/**
 * Identity of a submission (32 bytes): SHA-256 over a domain and every part that makes two submissions the same one,
 * each part with its length before it (u64 BE), so that no two lists of parts run together.
 */
export function submissionIdentity(domain: string, parts: readonly (string | Uint8Array)[]): Uint8Array {
  const bytes = parts.map((part) => (typeof part === 'string' ? encodeUtf8(part) : part));
  return sha256(
    encodeUtf8(`waybill/submission/v1\0${domain}\0`),
    concatBytes(...bytes.flatMap((part) => [u64be(part.length), sha256(part)])),
  );
}
