import { formatBase64 } from '../core/encoding/base64.ts';
import type { Random } from './ports.ts';

/** Characters of 32 bytes in base64 without the one of padding. */
const SECRET_CHARACTERS = 43;

/** 32 random bytes as 43 characters of unpadded base64url (RFC 4648 section 5): the secret of a token or a session. */
export function drawSecret(random: Random): string {
  const text = formatBase64(random(32)).slice(0, SECRET_CHARACTERS);
  return text.replaceAll('+', '-').replaceAll('/', '_');
}
