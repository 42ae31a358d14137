import { concatBytes } from '../encoding/bytes.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';

/**
 * The bytes that a DSSE signature covers: `DSSEv1 <len> <type> <len> <payload>`, parts separated by one space (0x20).
 * Both lengths count bytes, the type's in UTF-8, written in ASCII decimal without leading zeros.
 * The type must be well-formed text (an invariant). Source: DSSE v1.0.2, protocol.md "Signature Definition".
 */
export function pae(payloadType: string, payload: Uint8Array): Uint8Array {
  return concatBytes(encodeUtf8(`DSSEv1 ${utf8Length(payloadType)} ${payloadType} ${payload.length} `), payload);
}

function utf8Length(text: string): number {
  return /^[ -~]*$/.test(text) ? text.length : encodeUtf8(text).length;
}
