import { formatNoteLine, splitNote } from '../core/checkpoint/note-lines.ts';
import { EXIT } from './exit-codes.ts';
import { readLocalFile } from './local-file.ts';
import { stop, stopOf } from './stop.ts';

const NOTE_BYTES_MAX = 1_000_000;

/**
 * What carries a checkpoint, with the signature lines of a file put under it: what a monitor keeps of the state that it has
 * replayed. The file must be of that very state; who signed it is for the trust file to say.
 */
export function withCosignatures<T extends { readonly checkpoint: string }>(carrier: T, path: string | undefined): T {
  if (path === undefined) return carrier;
  const brought = splitNote(readLocalFile(path, NOTE_BYTES_MAX));
  if (!brought.ok) throw stopOf(EXIT.input, brought.fault, `${path} is no checkpoint`);
  const own = splitNote(carrier.checkpoint);
  if (!own.ok) return carrier;
  if (own.value.text !== brought.value.text) {
    const [, size] = brought.value.text.split('\n');
    const message = `${path} is of another state of the log: ${Number(size)} entries.`;
    const hint = 'Take the evidence again, or the checkpoint that the monitor signed for this one.';
    throw stop(EXIT.input, 'cli/unusable-file', message, hint);
  }
  const known = new Set(own.value.lines.map(formatNoteLine));
  const more = brought.value.lines.map(formatNoteLine).filter((line) => !known.has(line));
  return { ...carrier, checkpoint: carrier.checkpoint + more.join('') };
}
