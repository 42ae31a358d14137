import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/core/encoding/json.ts';
import { CONTROLLED_EVIDENCE } from '../hostile/controlled-evidence.ts';
import { DUAL_EVIDENCE } from '../hostile/dual-evidence.ts';
import { elementChanges } from '../hostile/element-changes.ts';
import { FOREIGN_EVIDENCE } from '../hostile/foreign-evidence.ts';
import {
  assertHonest,
  MUTATED_DOCUMENTS,
  MUTATED_EVIDENCE,
  type MutatedDocument,
} from '../hostile/mutated-documents.ts';
import {
  type Counts,
  changeLengths,
  flipBits,
  honestView,
  judgeElementChange,
  offsetsOf,
} from '../hostile/mutation-runs.ts';
import { readSoakRun } from './soak-run.ts';

const run = readSoakRun();
assertHonest();

/** The numbers below `count`: all of them, or of a smaller share as many as it asks for, spread by the seed. */
function* chosen(count: number): Generator<number> {
  for (let number = 0; number < count; number += 1) if (run.share === 1 || run.random() < run.share) yield number;
}

/** The whole form finds exactly the bytes that docs/spec lists; a share of it finds none beyond them. */
function assertOpen(document: MutatedDocument, { open }: Counts): void {
  const listed = offsetsOf(document.open);
  const found = [...open].sort((a, b) => a - b);
  if (run.share === 1) assert.deepEqual(found, listed);
  else
    assert.deepEqual(
      found.filter((at) => !listed.includes(at)),
      [],
    );
}

for (const document of [...MUTATED_DOCUMENTS, ...MUTATED_EVIDENCE, CONTROLLED_EVIDENCE, DUAL_EVIDENCE]) {
  test(`${document.name}: whichever bit is flipped, it is refused, fails, or shows the same where the spec says so`, (context) => {
    const counts = flipBits(document, chosen(document.bytes.length * 8));
    assertOpen(document, counts);
    assert(counts.refused > 0);
    context.diagnostic(`${document.bytes.length} bytes; refused ${counts.refused}, failed ${counts.failed}`);
  });

  test(`${document.name}: whichever byte is left out or put in, nothing else is shown`, (context) => {
    const inserted = () => 0x20 + Math.floor(run.random() * 0x5f);
    const counts = changeLengths(document, chosen(document.bytes.length), inserted);
    context.diagnostic(`refused ${counts.refused}, failed ${counts.failed}, the same ${counts.open.size}`);
  });
}

for (const document of MUTATED_EVIDENCE) {
  test(`${document.name}: whichever element is left out, repeated, moved or replaced, it is refused or fails`, (context) => {
    const honest = honestView(document);
    const { sha256: _restored, ...parsed } = JSON.parse(Buffer.from(document.bytes).toString()) as JsonObject;
    let tried = 0;
    for (const change of elementChanges(parsed, FOREIGN_EVIDENCE)) {
      if (run.random() >= run.share) continue;
      tried += 1;
      judgeElementChange(document, honest, change);
    }
    context.diagnostic(`${tried} changes`);
  });
}
