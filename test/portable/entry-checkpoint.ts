import { parseBase64 } from '../../src/core/encoding/base64.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { type NoteVector, runGrowingLog, runNoteVectors } from '../checkpoint/vector-runs.ts';
import type { Runs } from './vector-set.ts';

/** A growing log as JSON carries it: files by path, in base64. */
export type GrowingLogJson = {
  readonly vkey: string;
  readonly checkpoints: readonly string[];
  readonly files: { readonly [path: string]: string };
};

/** `notes`: published signed notes. `growing-log`: checkpoints, tiles and bundles of a published log. */
export const CHECKPOINT_RUNS: Runs = {
  notes: (vectors) => runNoteVectors(vectors as readonly Json[] as readonly NoteVector[]),
  'growing-log': (log) => {
    const { vkey, checkpoints, files } = log as GrowingLogJson;
    const bytes = Object.entries(files).map(([path, base64]) => [path, bytesOf(base64)] as const);
    return runGrowingLog({ vkey, checkpoints, files: new Map(bytes) });
  },
};

function bytesOf(base64: string): Uint8Array {
  const bytes = parseBase64(base64);
  if (!bytes.ok) throw new Error('a vector holds malformed base64');
  return bytes.value;
}
