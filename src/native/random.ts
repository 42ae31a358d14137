import { randomBytes } from 'node:crypto';

/** Bytes that are drawn at a time: 128 salts. */
const DRAWN_BYTES = 4_096;

/**
 * Random bytes of the operating system's generator, drawn some thousands at a time: a call costs as much for those as for
 * the 32 of a salt. Each byte is given out once, and nothing of it stays here.
 */
export function randomDrawnAhead(): (bytes: number) => Uint8Array {
  let drawn = new Uint8Array();
  let at = 0;
  return (bytes) => {
    if (bytes > DRAWN_BYTES) return new Uint8Array(randomBytes(bytes));
    if (at + bytes > drawn.length) {
      drawn.fill(0);
      drawn = new Uint8Array(randomBytes(DRAWN_BYTES));
      at = 0;
    }
    const given = drawn.slice(at, at + bytes);
    drawn.fill(0, at, at + bytes);
    at += bytes;
    return given;
  };
}
