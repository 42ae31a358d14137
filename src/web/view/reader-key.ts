import { parseTrustFile, type TrustFile, trustLogKey } from '../../core/custody/trust-file.ts';
import { encodeUtf8 } from '../../core/encoding/utf8.ts';
import type { Result } from '../../core/fault.ts';

/**
 * What the reader trusts, out of the text that they gave: a log key (`<name>+<id>+<base64>`) or a trust file's JSON.
 * Faults: those of {@link parseTrustFile} and {@link trustLogKey}.
 */
export function readTrust(text: string): Result<TrustFile> {
  const trimmed = text.trim();
  return trimmed.startsWith('{') ? parseTrustFile(encodeUtf8(trimmed.toWellFormed())) : trustLogKey(trimmed);
}

/**
 * The log key that the page's address carries as `#log-key=<key>`, percent-encoded or plain. The fragment of an address
 * never leaves the browser, and the file cannot set it for the reader who types or keeps the address.
 */
export function keyOfAddress(fragment: string): string | undefined {
  const match = /^#(?:.*&)?log-key=([^&]+)/.exec(fragment);
  if (match?.[1] === undefined) return undefined;
  try {
    return decodeURIComponent(match[1]);
  } catch {
    return match[1];
  }
}
