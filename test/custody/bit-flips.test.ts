import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { type CustodyResult, verifyCustody } from '../../src/core/custody/verify-custody.ts';
import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import type { JsonObject } from '../../src/core/encoding/json.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { attest, openedLedger, publish, QUESTION, sign } from './custody-under-test.ts';
import { assertPasses, trustOf } from './verify-under-test.ts';

/** Every bit is tried where this variable is "true", in some minutes; otherwise a sample, always the same. */
const ALL = process.env.WAYBILL_TEST_EVERY_BIT === 'true';
const SAMPLE = 1200;

const ledger = openedLedger();
publish(ledger, { contract: 'c', repositories: ['*'], stages: [{ stage: 'test' }] });
sign(ledger);
attest(ledger);
const BYTES = ledger.evidenceBytes(QUESTION);

function judge(bytes: Uint8Array, pinned: boolean): CustodyResult | undefined {
  const evidence = parseEvidence(bytes);
  if (!evidence.ok) return undefined;
  const trust = pinned ? { trust: trustOf(ledger) } : {};
  return verifyCustody({ evidence: evidence.value, question: QUESTION, evaluatedAt: ledger.time, ...trust });
}

/** What a forger does after the flip: writes the document in canonical form again, with its hash. */
function restore(bytes: Uint8Array): Uint8Array | undefined {
  try {
    const { sha256: _old, ...document } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    const sha256 = createHash('sha256').update(formatCanonicalJson(document)).digest('hex');
    return encodeUtf8(formatCanonicalJson({ ...(document as JsonObject), sha256 }));
  } catch {
    return undefined;
  }
}

/** Bits in an order that is always the same and spreads over the file (a linear congruence with an odd step). */
function* bitsToFlip(): Generator<number> {
  const bits = BYTES.length * 8;
  const step = 7919 * 2 + 1;
  for (
    let tried = 0, bit = 5;
    tried < (ALL ? bits : SAMPLE);
    tried += 1, bit = ALL ? (bit + 1) % bits : (bit + step * 8 + 3) % bits
  )
    yield bit;
}

test('whichever bit of evidence is flipped, hash and canonical form restored: refused, failed, or nothing shown changes', () => {
  const honest = { pinned: judge(BYTES, true), unpinned: judge(BYTES, false) };
  assert(honest.pinned !== undefined && honest.unpinned !== undefined);
  assertPasses(honest.pinned);
  const counts = { refused: 0, failed: 0, same: 0 };
  for (const bit of bitsToFlip()) {
    const flipped = BYTES.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const restored = restore(flipped);
    for (const pinned of [true, false]) {
      const result = restored === undefined ? undefined : judge(restored, pinned);
      if (result === undefined) counts.refused += 1;
      else if (result.verdict === 'fail') counts.failed += 1;
      else {
        const at = `bit ${bit}: ${new TextDecoder().decode(BYTES.slice((bit >> 3) - 40, (bit >> 3) + 10))}`;
        assert.deepEqual(result, pinned ? honest.pinned : honest.unpinned, at);
        assert.deepEqual(restored, BYTES, at);
        counts.same += 1;
      }
    }
  }
  assert(counts.refused > 0 && counts.failed > 0, JSON.stringify(counts));
  if (ALL) console.log(counts);
});
