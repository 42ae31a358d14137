import { fail, invariant, ok, type Result } from '../fault.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * UTF-8 bytes of a text, no byte order mark added.
 * The text must be well-formed UTF-16 (an invariant): a lone surrogate has no UTF-8 form and would become U+FFFD silently.
 */
export function encodeUtf8(text: string): Uint8Array {
  invariant(text.isWellFormed(), 'text to encode holds a lone surrogate');
  return encoder.encode(text);
}

/**
 * Text of exactly these bytes: encoding it again gives the same bytes, a leading byte order mark included.
 * Overlong forms, surrogates, code points above U+10FFFF and truncated sequences are refused (`encoding/malformed-utf8`).
 * Source: RFC 3629.
 */
export function decodeUtf8(bytes: Uint8Array): Result<string> {
  try {
    return ok(decoder.decode(bytes));
  } catch {
    return fail('encoding/malformed-utf8', 'The bytes are not well-formed UTF-8.');
  }
}
