import assert from 'node:assert/strict';
import { test } from 'node:test';
import { custodyLedger, QUESTION } from '../custody/custody-under-test.ts';
import { trustOf } from '../custody/verify-under-test.ts';
import { COMPARED, compareReaders } from '../second-implementation/compare-readers.ts';
import { compareVerifiers, type EvidenceCase } from '../second-implementation/compare-verifiers.ts';
import { randomCase, withFlippedBit } from '../second-implementation/random-custody.ts';
import { skipWithoutPython } from '../second-implementation/second-verifier.ts';
import { readSoakRun } from './soak-run.ts';

/** Bounds of the whole form. Files go to the second implementation in lots, so that memory stays flat. */
const RANDOM_LOGS = 20_000;
const FLIPPED_BITS = 20_000;
const INPUTS_FOR_EACH_READER = 20_000;
const LOT = 500;

const run = readSoakRun();
const skip = skipWithoutPython();

async function compareInLots(count: number, make: (index: number) => EvidenceCase): Promise<Map<string, number>> {
  const verdicts = new Map<string, number>();
  for (let from = 0; from < count; from += LOT) {
    const lot = Array.from({ length: Math.min(LOT, count - from) }, (_, index) => make(from + index));
    const found = await compareVerifiers(lot);
    assert.deepEqual(found.differences, []);
    for (const [verdict, times] of found.verdicts) verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + times);
  }
  return verdicts;
}

test(`${run.bound(RANDOM_LOGS)} random logs: both find the same checks and the same verdict`, { skip }, async (t) => {
  const verdicts = await compareInLots(run.bound(RANDOM_LOGS), (index) => randomCase(`log ${index}`, run.random));
  t.diagnostic(JSON.stringify([...verdicts]));
});

test(`${run.bound(FLIPPED_BITS)} flipped bits: both refuse, or both say the same`, { skip }, async (t) => {
  const ledger = custodyLedger();
  const bytes = ledger.evidenceBytes(QUESTION);
  const honest = { name: 'honest', bytes, question: QUESTION, evaluatedAt: ledger.time };
  const verdicts = await compareInLots(run.bound(FLIPPED_BITS), (index) => {
    const one = index % 2 === 0 ? honest : { ...honest, trust: trustOf(ledger) };
    return withFlippedBit(one, Math.floor(run.random() * bytes.length * 8));
  });
  t.diagnostic(JSON.stringify([...verdicts]));
  // A bit of the trailing hash is mended by restoring it; nothing else passes.
  assert((verdicts.get('pass') ?? 0) < run.bound(FLIPPED_BITS) / 10, JSON.stringify([...verdicts]));
});

for (const name of COMPARED) {
  test(`${name}: both read the same of ${run.bound(INPUTS_FOR_EACH_READER)} inputs`, { skip }, async () => {
    const count = run.bound(INPUTS_FOR_EACH_READER);
    for (let from = 0; from < count; from += 4 * LOT) {
      assert.deepEqual(await compareReaders([name], Math.min(4 * LOT, count - from), run.random), []);
    }
  });
}
