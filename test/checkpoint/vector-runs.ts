import { openCheckpoint } from '../../src/core/checkpoint/checkpoint.ts';
import { openNote, parseVkey } from '../../src/core/checkpoint/signed-note.ts';
import { concatBytes, equalBytes } from '../../src/core/encoding/bytes.ts';
import { verifyConsistency } from '../../src/core/merkle/consistency.ts';
import { parseBundle } from '../../src/core/merkle/entry-bundle.ts';
import { appendLeaves, EMPTY_FRONTIER, frontierRoot } from '../../src/core/merkle/frontier.ts';
import { leafHash } from '../../src/core/merkle/hash.ts';
import { verifyInclusion } from '../../src/core/merkle/inclusion.ts';
import {
  consistencyPathFromTiles,
  formatTilePath,
  frontierFromTiles,
  inclusionPathFromTiles,
  tileAt,
} from '../../src/core/merkle/tile.ts';
import { formatBundlePath } from '../../src/core/merkle/tile-path.ts';
import { rootOf } from '../../src/core/merkle/tree.ts';

/*
 * Replays of published notes and of a published log as plain functions: no file, no test runner, no Node, so that the
 * same replay runs in a browser. An outcome is the list of what does not hold; empty where everything does.
 */

/** One note, its key, and what is to come of opening it: the text, or the fault code. */
export type NoteVector = {
  readonly title: string;
  readonly note: string;
  readonly vkeys: readonly string[];
  readonly wantText?: string;
  readonly wantCode?: string;
};

/** A growing log of at most 256 entries: one checkpoint for each size from 0, tiles and bundles by C2SP path. */
export type GrowingLog = {
  readonly vkey: string;
  readonly checkpoints: readonly string[];
  readonly files: ReadonlyMap<string, Uint8Array>;
};

export type RunOutcome = { readonly title: string; readonly broken: readonly string[] };

export function runNoteVectors(vectors: readonly NoteVector[]): RunOutcome[] {
  return vectors.map(({ title, note, vkeys, wantText, wantCode }) => {
    const keys = vkeys.map((vkey) => expect(parseVkey(vkey)));
    const opened = openNote(note, keys);
    const holds = opened.ok ? opened.value.text === wantText : opened.fault.code === wantCode;
    return { title, broken: holds ? [] : [opened.ok ? 'opened' : opened.fault.code] };
  });
}

/** Every checkpoint's signature, root, tile, bundle and inclusion, and the consistency of every two, each an outcome. */
export function runGrowingLog(log: GrowingLog): RunOutcome[] {
  const key = expect(parseVkey(log.vkey));
  const heads = log.checkpoints.map((note) => expect(openCheckpoint(note, [key])).checkpoint);
  const outcomes: RunOutcome[] = [];
  for (const [size, head] of heads.entries()) {
    outcomes.push({ title: `checkpoint ${size}`, broken: brokenAt(log, size, head.size, head.root) });
    for (const first of heads.slice(1, size + 1)) {
      const path = consistencyPathFromTiles(first.size, size, log.files);
      const claim = { first: first.size, second: size, firstRoot: first.root, secondRoot: head.root };
      const verified = path.ok ? verifyConsistency({ ...claim, path: path.value }) : path;
      outcomes.push({
        title: `checkpoint ${first.size} to ${size}`,
        broken: verified.ok ? [] : [verified.fault.code],
      });
    }
  }
  return outcomes;
}

function brokenAt(log: GrowingLog, size: number, headSize: number, root: Uint8Array): string[] {
  const broken: string[] = [];
  if (headSize !== size) broken.push(`the checkpoint is of size ${headSize}`);
  const tileId = tileAt(0, 0, size);
  if (tileId === undefined) return equalBytes(root, rootOf([])) ? broken : [...broken, 'the root is not the empty one'];
  const entries = expect(parseBundle(fileOf(log, formatBundlePath(tileId)), size));
  const leaves = entries.map(leafHash);
  if (!equalBytes(concatBytes(...leaves), fileOf(log, formatTilePath(tileId)))) broken.push('the tile differs');
  if (!equalBytes(rootOf(leaves), root)) broken.push('the root over the entries differs');
  if (!equalBytes(frontierRoot(appendLeaves(EMPTY_FRONTIER, leaves)), root)) broken.push('the grown root differs');
  if (!equalBytes(frontierRoot(expect(frontierFromTiles(size, log.files))), root)) broken.push('the tile root differs');
  for (const [index, leaf] of leaves.entries()) {
    const path = expect(inclusionPathFromTiles(index, size, log.files));
    if (!verifyInclusion({ index, size, leafHash: leaf, path, root }).ok) broken.push(`entry ${index} is not included`);
  }
  return broken;
}

function fileOf(log: GrowingLog, path: string): Uint8Array {
  const bytes = log.files.get(path);
  if (bytes === undefined) throw new Error(`the log has no ${path}`);
  return bytes;
}

function expect<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: { readonly code: string } },
): T {
  if (!result.ok) throw new Error(`a vector does not read: ${result.fault.code}`);
  return result.value;
}
