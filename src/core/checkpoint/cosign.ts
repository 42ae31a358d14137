import { equalBytes } from '../encoding/bytes.ts';
import { invariant } from '../fault.ts';
import { formatCosignature } from './cosignature.ts';
import { NOTE_COSIGNATURE, parseVkey } from './note-key.ts';
import { formatNoteLine, splitNote } from './note-lines.ts';
import type { NoteSigner } from './signed-note.ts';

/**
 * The checkpoint's note with one more line at its end: the cosigner vouches for it at that time, in POSIX seconds. A line
 * that the cosigner had in it gives way; every other stays as it is.
 *
 * The note was opened by the caller, who vouches for nothing else, and the signer's vkey is of type 0x04 (invariants).
 * Source: C2SP tlog-cosignature, `cosignature/v1`.
 */
export function cosignCheckpoint(note: string, cosigner: NoteSigner, timeSeconds: number): string {
  const split = splitNote(note);
  const key = parseVkey(cosigner.vkey);
  invariant(split.ok, 'a note is opened before it is cosigned');
  invariant(key.ok && key.value.type === NOTE_COSIGNATURE, 'a cosigner has a key of type 4');
  const { name, keyId } = key.value;
  const { text } = split.value;
  const others = split.value.lines.filter((line) => line.name !== name || !equalBytes(line.keyId, keyId));
  const own = { name, keyId, signature: formatCosignature(text, timeSeconds, cosigner.sign) };
  return `${text}\n${[...others, own].map(formatNoteLine).join('')}`;
}
