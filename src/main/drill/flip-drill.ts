import type { EvidenceParts } from '../../core/custody/evidence.ts';
import { editEvidence } from '../../tamper/edit-evidence.ts';
import type { Drill } from './drill.ts';
import { fileDrill } from './file-drill.ts';
import { passesUnder } from './passes-under.ts';

/** Places that each kind of bit is flipped at. */
const PLACES = 8;

/** Members of evidence that hold a bit worth flipping, each with the change of one bit. */
const FLIPS: readonly ((parts: EvidenceParts, at: number) => EvidenceParts)[] = [
  (parts, at) => ({
    ...parts,
    entries: replaced(parts.entries, at, (shown) => ({ ...shown, path: flippedFirst(shown.path) })),
  }),
  (parts, at) => ({
    ...parts,
    payloads: replaced(parts.payloads, at, (shown) => ({ ...shown, salt: flipped(shown.salt, at) })),
  }),
  (parts, at) => ({
    ...parts,
    payloads: replaced(parts.payloads, at, (shown) => ({ ...shown, bytes: flipped(shown.bytes, at * 37) })),
  }),
  (parts, at) => ({ ...parts, lists: replaced(parts.lists, at, ({ n, ...list }) => ({ ...list, n: n ^ 1 })) }),
  (parts, at) => ({
    ...parts,
    entries: replaced(parts.entries, at, (shown) => ({
      ...shown,
      entry: { ...shown.entry, time: `${shown.entry.time.slice(0, -2)}${Number(shown.entry.time.at(-2)) ^ 1}Z` },
    })),
  }),
];

/** One bit of everything that evidence is made of, a sample. */
export const FLIPPED_BITS: Drill = fileDrill({
  id: 'flipped-bits',
  sentence: 'Flip single bits of evidence, and make its hash and its form fit again.',
  code: 'merkle/root-mismatch',
  said: `${FLIPS.length * PLACES} bits were flipped, one at a time; the file has one of a proof`,
  forge: (scene) => {
    for (const flip of FLIPS)
      for (let at = 0; at < PLACES; at += 1) {
        const bytes = editEvidence(scene.evidence, (parts) => flip(parts, at));
        // One that passes would be the drill that is missed.
        if (passesUnder(scene.logVkey, bytes)) return { kind: 'evidence', bytes };
      }
    const bytes = editEvidence(scene.evidence, (parts) => FLIPS[0]?.(parts, 1) ?? parts);
    return { kind: 'evidence', bytes };
  },
});

function replaced<T>(values: readonly T[], at: number, change: (value: T) => T): readonly T[] {
  return values.map((value, index) => (index === at % values.length ? change(value) : value));
}

function flippedFirst(path: readonly Uint8Array[]): readonly Uint8Array[] {
  return path.map((hash, index) => (index === 0 ? flipped(hash, 0) : hash));
}

/** The bytes with one bit of the one at `place` (counted round) flipped. */
function flipped(bytes: Uint8Array, place: number): Uint8Array {
  return bytes.map((byte, index) => (index === place % bytes.length ? byte ^ 1 : byte));
}
