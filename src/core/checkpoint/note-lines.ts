import { formatBase64, parseBase64 } from '../encoding/base64.ts';
import { concatBytes } from '../encoding/bytes.ts';
import { decodeUtf8, encodeUtf8 } from '../encoding/utf8.ts';
import { fail, ok, type Result } from '../fault.ts';
import { isKeyName, KEY_ID_BYTES } from './note-key.ts';

/** Greatest length of a note. 100 post-quantum signature lines of 5 kB each, and a checkpoint, fit. */
export const NOTE_BYTES_MAX = 1_000_000;
/** Greatest number of signature lines: the specification asks for at least 16, and a verifier pays for each known one. */
export const NOTE_SIGNATURES_MAX = 100;

/** One signature line: who says it signed, and the bytes that are to show it. */
export type NoteLine = {
  readonly name: string;
  /** 4 bytes. */
  readonly keyId: Uint8Array;
  /** What follows the key ID: 64 bytes for Ed25519, 72 for its cosignature, anything from 1 byte up for unknown types. */
  readonly signature: Uint8Array;
};

/** A note taken apart, nothing verified: its text with the final newline, and its signature lines in order. */
export type UnverifiedNote = { readonly text: string; readonly lines: readonly NoteLine[] };

const LINE_START = '\u2014 ';

/**
 * Takes a note apart and says nothing of who signed it. One spelling per note: UTF-8, no control character but newline,
 * one empty line, then signature lines only, base64 without spare bits.
 *
 * note/too-large, note/malformed, note/too-many-signatures. Source: C2SP signed-note, "Format".
 */
export function splitNote(note: string | Uint8Array): Result<UnverifiedNote> {
  const decoded = readNoteText(note);
  if (!decoded.ok) return decoded;
  // The last empty line separates: the text may hold empty lines of its own, signature lines cannot.
  const separator = decoded.value.lastIndexOf('\n\n');
  if (separator < 0) return malformed('An empty line separates the text from the signatures.');
  const text = decoded.value.slice(0, separator + 1);
  const block = decoded.value.slice(separator + 2);
  if (!block.endsWith('\n')) return malformed('A note ends with a signature line and its newline.');
  const lineTexts = block.slice(0, -1).split('\n');
  if (lineTexts.length > NOTE_SIGNATURES_MAX) {
    return fail('note/too-many-signatures', `A note holds at most ${NOTE_SIGNATURES_MAX} signature lines.`);
  }
  const lines: NoteLine[] = [];
  for (const lineText of lineTexts) {
    const line = parseLine(lineText);
    if (!line.ok) return line;
    lines.push(line.value);
  }
  return ok({ text, lines });
}

/** One signature line with its newline; the inverse of what `splitNote` reads. */
export function formatNoteLine({ name, keyId, signature }: NoteLine): string {
  return `${LINE_START}${name} ${formatBase64(concatBytes(keyId, signature))}\n`;
}

/** True for what a note can sign: well-formed, no control character below U+0020 but newline, and a newline at its end. */
export function isNoteText(text: string): boolean {
  return text.isWellFormed() && text.endsWith('\n') && !hasControlCharacter(text);
}

function readNoteText(note: string | Uint8Array): Result<string> {
  // A character takes at least one byte, so that an oversized string is refused before it is encoded.
  if (note.length > NOTE_BYTES_MAX) return tooLarge();
  if (typeof note === 'string') {
    if (!note.isWellFormed()) return malformed('A note is well-formed text.');
    if (encodeUtf8(note).length > NOTE_BYTES_MAX) return tooLarge();
  }
  const decoded = typeof note === 'string' ? ok(note) : decodeUtf8(note);
  if (!decoded.ok) return fail('note/malformed', 'A note is UTF-8.', undefined, decoded.fault);
  if (hasControlCharacter(decoded.value)) return malformed('A note has no control character but newline.');
  return decoded;
}

function parseLine(line: string): Result<NoteLine> {
  if (!line.startsWith(LINE_START)) return malformed('A signature line starts with an em dash and a space.');
  const [name = '', base64 = '', ...rest] = line.slice(LINE_START.length).split(' ');
  if (rest.length > 0 || !isKeyName(name)) return malformed('A signature line holds a key name and base64.');
  const bytes = parseBase64(base64);
  if (!bytes.ok) return fail('note/malformed', 'A signature is base64.', name, bytes.fault);
  if (bytes.value.length <= KEY_ID_BYTES) return malformed('A signature follows the 4 bytes of its key ID.');
  return ok({ name, keyId: bytes.value.slice(0, KEY_ID_BYTES), signature: bytes.value.slice(KEY_ID_BYTES) });
}

function hasControlCharacter(text: string): boolean {
  for (let offset = 0; offset < text.length; offset++) {
    const unit = text.charCodeAt(offset);
    if (unit < 0x20 && unit !== 0x0a) return true;
  }
  return false;
}

function malformed(message: string): Result<never> {
  return fail('note/malformed', message);
}

function tooLarge(): Result<never> {
  return fail('note/too-large', `A note has at most ${NOTE_BYTES_MAX} bytes.`);
}
