import { formatBase64, parseBase64 } from '../encoding/base64.ts';
import { equalBytes } from '../encoding/bytes.ts';
import { fail, invariant, ok, type Result } from '../fault.ts';
import { EMPTY_ROOT, HASH_BYTES } from '../merkle/hash.ts';
import { checkSize } from '../merkle/size.ts';
import { isNoteText } from './note-lines.ts';
import { type Cosigned, type NoteKey, openNote, type UnverifiedLine } from './signed-note.ts';

/** A tree head: which log, how many leaves, which root. */
export type Checkpoint = {
  readonly origin: string;
  /** Number of leaves, 0 to 2^53−1. */
  readonly size: number;
  /** 32 bytes; the empty tree's where size is 0. */
  readonly root: Uint8Array;
};

/** A checkpoint that its log signed. */
export type OpenedCheckpoint = {
  readonly checkpoint: Checkpoint;
  /** The reader's keys that signed it; at least one bears the origin's name. */
  readonly verified: readonly NoteKey[];
  readonly cosigned: readonly Cosigned[];
  readonly unverified: readonly UnverifiedLine[];
};

/**
 * The note text of a checkpoint: origin LF size in decimal LF root in base64 LF. It is what `formatNote` signs.
 * A checkpoint that `parseCheckpoint` would refuse is a broken invariant. Source: C2SP tlog-checkpoint.
 */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const fault = checkCheckpoint(checkpoint);
  invariant(fault.ok, 'a checkpoint has a one-line origin, a size from 0 to 2^53-1 and a root of 32 bytes');
  return `${checkpoint.origin}\n${checkpoint.size}\n${formatBase64(checkpoint.root)}\n`;
}

/**
 * Reads the note text of a checkpoint: exactly what `formatCheckpoint` writes. Extension lines are refused, because no
 * monitor can audit them and not every cosignature covers them.
 *
 * checkpoint/malformed, checkpoint/extension-line. Source: C2SP tlog-checkpoint; docs/spec/checkpoint.md section 4.
 */
export function parseCheckpoint(text: string): Result<Checkpoint> {
  const [origin = '', sizeText = '', rootText = '', ...rest] = text.split('\n');
  if (rest.length === 0) return malformed('A checkpoint has three lines.');
  if (rest.length > 1) return fail('checkpoint/extension-line', 'A checkpoint has three lines and no extension.');
  if (!/^(0|[1-9][0-9]{0,15})$/.test(sizeText)) return malformed('A tree size is decimal without leading zeros.');
  const root = parseBase64(rootText);
  if (!root.ok) return fail('checkpoint/malformed', 'A root is base64.', undefined, root.fault);
  const checkpoint = { origin, size: Number(sizeText), root: root.value };
  const checked = checkCheckpoint(checkpoint);
  if (!checked.ok) return checked;
  return formatCheckpoint(checkpoint) === text ? ok(checkpoint) : malformed('A checkpoint has one spelling.');
}

/**
 * The checkpoint in a note, where one of the keys that bears the origin's name signed it. A signature of some other known
 * key is not enough: the reader of two logs must not take the one's word for the other.
 *
 * The faults of `openNote` and `parseCheckpoint`, and checkpoint/origin-not-signed.
 */
export function openCheckpoint(note: string | Uint8Array, keys: readonly NoteKey[]): Result<OpenedCheckpoint> {
  const opened = openNote(note, keys);
  if (!opened.ok) return opened;
  const checkpoint = parseCheckpoint(opened.value.text);
  if (!checkpoint.ok) return checkpoint;
  const { verified, cosigned, unverified } = opened.value;
  if (!verified.some((key) => key.name === checkpoint.value.origin)) {
    return fail('checkpoint/origin-not-signed', "No known key with the origin's name signed the checkpoint.");
  }
  return ok({ checkpoint: checkpoint.value, verified, cosigned, unverified });
}

function checkCheckpoint({ origin, size, root }: Checkpoint): Result<void> {
  if (origin === '' || origin.includes('\n') || !isNoteText(`${origin}\n`)) {
    return malformed('An origin is one line that is not empty.');
  }
  if (!checkSize(size, 0).ok) return malformed('A tree size is at most 2^53-1.');
  if (root.length !== HASH_BYTES) return malformed('A root has 32 bytes.');
  if (size === 0 && !equalBytes(root, EMPTY_ROOT)) return malformed('The tree without leaves has one root only.');
  return ok(undefined);
}

function malformed(message: string): Result<never> {
  return fail('checkpoint/malformed', message);
}
