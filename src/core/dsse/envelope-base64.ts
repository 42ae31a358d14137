import { parseBase64 } from '../encoding/base64.ts';
import { fail, type Result } from '../fault.ts';

/**
 * Bytes of a base64 text in either alphabet that DSSE allows, standard or URL-safe, always padded.
 * One text uses one alphabet: a mixture, missing padding, white space or spare bits are `encoding/malformed-base64`.
 * Source: DSSE v1.0.2, envelope.md; RFC 4648 §4 and §5.
 */
export function parseEnvelopeBase64(text: string): Result<Uint8Array> {
  if (!/[-_]/.test(text)) return parseBase64(text);
  if (/[+/]/.test(text)) return fail('encoding/malformed-base64', 'The text mixes the two base64 alphabets.');
  return parseBase64(text.replaceAll('-', '+').replaceAll('_', '/'));
}
