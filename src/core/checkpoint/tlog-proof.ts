import { formatBase64, parseBase64 } from '../encoding/base64.ts';
import { decodeUtf8 } from '../encoding/utf8.ts';
import { fail, invariant, ok, type Result } from '../fault.ts';
import { HASH_BYTES } from '../merkle/hash.ts';
import { verifyInclusion } from '../merkle/inclusion.ts';
import { checkIndex, TREE_SIZE_MAX } from '../merkle/size.ts';
import { type OpenedCheckpoint, openCheckpoint, parseCheckpoint } from './checkpoint.ts';
import { NOTE_BYTES_MAX, splitNote } from './note-lines.ts';
import type { NoteKey } from './signed-note.ts';

/** Greatest length of a proof: a note of the greatest length, and as much again for `extra` and the path. */
const TLOG_PROOF_BYTES_MAX = 2 * NOTE_BYTES_MAX;
/** Hashes of the longest inclusion path in a tree of at most 2^53−1 leaves. */
const PATH_HASHES_MAX = 53;

/** A proof that a leaf is in a log, as one text file. Nothing in it is trusted before `verifyTlogProof`. */
export type TlogProof = {
  /** Index of the leaf, from 0. */
  readonly index: number;
  /** Sibling hashes of 32 bytes, leaf's sibling first. */
  readonly path: readonly Uint8Array[];
  /** The signed note, verbatim. */
  readonly checkpointNote: string;
  /** Bytes that nothing authenticates; at least one where present. */
  readonly extra?: Uint8Array;
};

const HEADER = 'c2sp.org/tlog-proof@v1';

/**
 * The text of a proof: header line, `extra <base64>` where there is any, `index <decimal>`, one line in base64 for each
 * hash of the path, an empty line, the note. A proof that `parseTlogProof` would refuse is a broken invariant.
 * Suffix of such files: `.tlog-proof`. Source: C2SP tlog-proof.
 */
export function formatTlogProof(proof: TlogProof): string {
  const checked = checkProof(proof);
  invariant(checked.ok, 'index, path, extra and note of a proof are within their bounds');
  return writeProof(proof);
}

/**
 * Reads what `formatTlogProof` writes, and no other spelling of it; tlog-proof/malformed or tlog-proof/too-large
 * otherwise. The form of note and checkpoint is checked, the signatures are not.
 */
export function parseTlogProof(input: string | Uint8Array): Result<TlogProof> {
  if (input.length > TLOG_PROOF_BYTES_MAX) {
    return fail('tlog-proof/too-large', `A proof has at most ${TLOG_PROOF_BYTES_MAX} bytes.`);
  }
  const decoded = typeof input === 'string' ? ok(input) : decodeUtf8(input);
  if (!decoded.ok) return malformed('A proof is UTF-8.');
  const separator = decoded.value.indexOf('\n\n');
  if (separator < 0) return malformed('An empty line separates the proof from the checkpoint.');
  const [header, ...lines] = decoded.value.slice(0, separator).split('\n');
  if (header !== HEADER) return malformed(`The first line is ${HEADER}.`);
  const extra = readExtra(lines);
  if (!extra.ok) return extra;
  const [indexLine = '', ...pathLines] = extra.value === undefined ? lines : lines.slice(1);
  const index = /^index (0|[1-9][0-9]{0,15})$/.exec(indexLine)?.[1];
  if (index === undefined) return malformed('An index is decimal without leading zeros.');
  const path = readPath(pathLines);
  if (!path.ok) return path;
  const proof: TlogProof = {
    index: Number(index),
    path: path.value,
    checkpointNote: decoded.value.slice(separator + 2),
    ...(extra.value === undefined ? {} : { extra: extra.value }),
  };
  const checked = checkProof(proof);
  if (!checked.ok) return checked;
  return writeProof(proof) === decoded.value ? ok(proof) : malformed('A proof has one spelling.');
}

/**
 * The checkpoint under which the log holds a leaf with this hash at the proof's index. The caller computes the leaf hash
 * from bytes it knows; quorum and age of cosignatures are the caller's to judge.
 *
 * The faults of `openCheckpoint` and `verifyInclusion`. Source: C2SP tlog-proof, "Verifying a tlog proof".
 */
export function verifyTlogProof(
  proof: TlogProof,
  leafHash: Uint8Array,
  keys: readonly NoteKey[],
): Result<OpenedCheckpoint> {
  const opened = openCheckpoint(proof.checkpointNote, keys);
  if (!opened.ok) return opened;
  const { size, root } = opened.value.checkpoint;
  const included = verifyInclusion({ index: proof.index, size, leafHash, path: proof.path, root });
  return included.ok ? opened : included;
}

function writeProof({ index, path, checkpointNote, extra }: TlogProof): string {
  const extraLines = extra === undefined ? [] : [`extra ${formatBase64(extra)}`];
  return [HEADER, ...extraLines, `index ${index}`, ...path.map(formatBase64), '', checkpointNote].join('\n');
}

function readExtra(lines: readonly string[]): Result<Uint8Array | undefined> {
  const [line] = lines;
  if (line === undefined || !line.startsWith('extra ')) return ok(undefined);
  const extra = parseBase64(line.slice('extra '.length));
  return extra.ok ? extra : fail('tlog-proof/malformed', 'Extra data is base64.', '2', extra.fault);
}

function readPath(lines: readonly string[]): Result<Uint8Array[]> {
  if (lines.length > PATH_HASHES_MAX) return malformed('A path has at most 53 hashes.');
  const path: Uint8Array[] = [];
  for (const line of lines) {
    const hash = parseBase64(line);
    if (!hash.ok) return fail('tlog-proof/malformed', 'A hash of the path is base64.', undefined, hash.fault);
    path.push(hash.value);
  }
  return ok(path);
}

function checkProof({ index, path, checkpointNote, extra }: TlogProof): Result<void> {
  // The greatest index belongs to the last leaf of the greatest tree; the tree's own size is in the note.
  if (!checkIndex(index, TREE_SIZE_MAX).ok) return malformed('An index is at most 2^53-2.');
  if (path.length > PATH_HASHES_MAX) return malformed('A path has at most 53 hashes.');
  if (path.some((hash) => hash.length !== HASH_BYTES)) return malformed('A hash of the path has 32 bytes.');
  if (extra !== undefined && extra.length === 0) return malformed('Extra data is left out where there is none.');
  const note = splitNote(checkpointNote);
  if (!note.ok) return fail('tlog-proof/malformed', 'The checkpoint is no note.', undefined, note.fault);
  const checkpoint = parseCheckpoint(note.value.text);
  if (checkpoint.ok) return ok(undefined);
  return fail('tlog-proof/malformed', 'The text of the note is no checkpoint.', undefined, checkpoint.fault);
}

function malformed(message: string): Result<never> {
  return fail('tlog-proof/malformed', message);
}
