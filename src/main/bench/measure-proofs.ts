import { parseCompleteness } from '../../core/completeness/completeness.ts';
import type { Entry } from '../../core/entry/entry.ts';
import { imageKey } from '../../core/entry/keys.ts';
import type { MapCommitted } from '../../core/entry/kinds/map-committed.ts';
import { unlessKeys } from './bar-sizes.ts';
import { forJson, type Measured } from './bars.ts';
import { drawImages, type GrownStand } from './measure-custody.ts';
import { median } from './statistics.ts';
import { digestOf } from './workload.ts';

const PROOFS = 9;
const SEED = 14;

/**
 * Size of what proves that a list of an image and its ten stages is whole, in KB of 1,000 bytes. The bar names a map of a
 * million keys: over a smaller one the value decides nothing, and says so.
 */
export async function measureCompletenessProof(grown: GrownStand): Promise<Measured> {
  return measureSizes(
    grown,
    drawImages(grown.images, PROOFS, SEED).map((image) => imageKey(digestOf(image))),
  );
}

/** Size of what proves that there is no such list, in the same way. */
export async function measureAbsenceProof(grown: GrownStand): Promise<Measured> {
  const unknown = Array.from({ length: PROOFS }, (_, index) => imageKey(digestOf(2 ** 40 + index)));
  return measureSizes(grown, unknown);
}

async function measureSizes({ stand, treeSize }: GrownStand, keys: readonly string[]): Promise<Measured> {
  const sizes: number[] = [];
  let [entries, known] = [0, 0];
  for (const key of keys) {
    const bytes = await stand.client.completeness(key);
    const proof = parseCompleteness(bytes);
    if (!proof.ok) throw new Error(`the proof does not read: ${proof.fault.code}`);
    sizes.push(bytes.length / 1_000);
    entries = Math.max(entries, proof.value.n);
    known = committedKeys(proof.value.commit.entry);
  }
  const details = forJson({ proofs: sizes.length, entries, keys: known, treeSize, maxKb: Math.max(...sizes) });
  return { value: median(sizes), details, ...unlessKeys(known) };
}

function committedKeys(commit: Entry): number {
  return (commit.body as MapCommitted).keys;
}
