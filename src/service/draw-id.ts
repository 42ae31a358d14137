import type { Random } from './ports.ts';

/** RFC 4648 base32 in lower case: 5 bits a character. */
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const ID_CHARACTERS = 26;

/** A new id that the service issues: the prefix, `-`, and 130 random bits as 26 lower-case base32 characters. */
export function drawId(prefix: string, random: Random): string {
  const drawn = [...random(ID_CHARACTERS)].map((byte) => BASE32[byte % BASE32.length]);
  return `${prefix}-${drawn.join('')}`;
}
