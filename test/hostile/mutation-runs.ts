import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { ElementChange } from './element-changes.ts';
import { FAILED, type MutatedDocument, type Region, sealEvidence } from './mutated-documents.ts';

/** How changed documents fared; `open` are the offsets at which some change showed nowhere. */
export type Counts = { refused: number; failed: number; readonly open: Set<number> };

export function newCounts(): Counts {
  return { refused: 0, failed: 0, open: new Set() };
}

/** What the reader of the honest document is shown. */
export function honestView(document: MutatedDocument): unknown {
  const shown = document.judge(document.bytes);
  assert(shown !== undefined && shown !== FAILED, `${document.name} is refused before anything is changed`);
  return shown;
}

/** Judges one changed document. Whatever is neither refused nor failed must show what the honest one shows. */
export function judgeChange(
  document: MutatedDocument,
  honest: unknown,
  changed: Uint8Array | undefined,
  what: () => string,
): 'refused' | 'failed' | 'open' {
  const shown = changed === undefined ? undefined : document.judge(changed);
  if (shown === undefined) return 'refused';
  if (shown === FAILED) return 'failed';
  assert(isDeepStrictEqual(shown, honest), `${document.name} shows something else: ${what()}`);
  return 'open';
}

/**
 * Judges evidence with one element changed, which must be refused or fail. Only where the document of a replaced contract
 * is what was left out, the same must be shown but for the check of that document, and nothing more.
 */
export function judgeElementChange(document: MutatedDocument, honest: unknown, change: ElementChange): void {
  const bytes = sealEvidence(change.document);
  // What is swapped may be put back in order by the canonical form.
  if (bytes !== undefined && Buffer.compare(bytes, document.bytes) === 0) return;
  const isSpared = leavesOutOnly(document, change);
  const expected = isSpared ? withoutItsCheck(honest, document.replaced) : honest;
  const outcome = judgeChange(document, expected, bytes, () => change.what);
  assert.equal(outcome === 'open', isSpared, change.what);
}

function leavesOutOnly({ bytes, replaced }: MutatedDocument, { what, document }: ElementChange): boolean {
  const payloadsOf = (value: unknown) => (value as { payloads?: readonly { seq: number }[] }).payloads ?? [];
  if (replaced === undefined || !/^\/payloads\/\d+ left out$/.test(what)) return false;
  const seqs = new Set(payloadsOf(document).map(({ seq }) => seq));
  const missing = payloadsOf(JSON.parse(Buffer.from(bytes).toString())).filter(({ seq }) => !seqs.has(seq));
  return missing.length === 1 && missing[0]?.seq === replaced;
}

function withoutItsCheck(honest: unknown, replaced: number | undefined): unknown {
  const view = honest as { readonly checks: readonly { readonly code: string; readonly seq?: number }[] };
  const checks = view.checks.filter(({ code, seq }) => code !== 'payload/commitment' || seq !== replaced);
  assert.equal(checks.length, view.checks.length - 1);
  return { ...view, checks };
}

/** Flips these bits (offset × 8 + bit), each on its own, with what a forger restores afterwards. */
export function flipBits(document: MutatedDocument, bits: Iterable<number>): Counts {
  const counts = newCounts();
  const honest = honestView(document);
  const flipped = new Uint8Array(document.bytes);
  for (const bit of bits) {
    const at = bit >> 3;
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (bit & 7));
    count(
      counts,
      at,
      judgeChange(document, honest, document.restore(flipped), () => shown(document, at)),
    );
    flipped[at] = document.bytes[at] ?? 0;
  }
  return counts;
}

/** Deletes, or inserts before, each of these bytes. */
export function changeLengths(document: MutatedDocument, offsets: Iterable<number>, inserted: () => number): Counts {
  const counts = newCounts();
  const honest = honestView(document);
  for (const at of offsets) {
    const shorter = Buffer.concat([document.bytes.subarray(0, at), document.bytes.subarray(at + 1)]);
    const byte = Uint8Array.of(inserted());
    const longer = Buffer.concat([document.bytes.subarray(0, at), byte, document.bytes.subarray(at)]);
    for (const changed of [shorter, longer]) {
      count(
        counts,
        at,
        judgeChange(document, honest, document.restore(changed), () => shown(document, at)),
      );
    }
  }
  return counts;
}

function count(counts: Counts, at: number, outcome: 'refused' | 'failed' | 'open'): void {
  if (outcome === 'open') counts.open.add(at);
  else counts[outcome] += 1;
}

/** Offsets of regions, in order. */
export function offsetsOf(regions: readonly Region[]): readonly number[] {
  return regions
    .flatMap(({ start, end }) => Array.from({ length: end - start }, (_, index) => start + index))
    .sort((a, b) => a - b);
}

function shown({ bytes }: MutatedDocument, at: number): string {
  return `at ${at}: ${Buffer.from(bytes.subarray(Math.max(0, at - 40), at + 10)).toString()}`;
}
