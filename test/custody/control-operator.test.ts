import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { verifyCustody } from '../../src/core/custody/verify-custody.ts';
import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { parseEntry } from '../../src/core/entry/entry.ts';
import { controlledCustody, controlTrust, type Envelope, signEntry } from './control-under-test.ts';
import { QUESTION } from './custody-under-test.ts';
import { step } from './random-steps.ts';
import { assertPasses, verify } from './verify-under-test.ts';

/** What an operator can put beside a change who holds every key of the log and none, or one, of the control keys. */
const USED = controlledCustody();
const envelope: fc.Arbitrary<Envelope> = fc.oneof(
  fc.constant<Envelope>(() => undefined),
  fc.constantFrom(6, 7).map(
    (seq): Envelope =>
      () =>
        USED.entry(seq).control,
  ),
  fc.subarray(['ann', 'stranger', 'p256-stranger'], { minLength: 1 }).map(
    (names): Envelope =>
      (entry, document) =>
        signEntry(entry, document, names),
  ),
  fc.constant<Envelope>((entry, document) => signEntry({ ...entry, log: 'waybill-other' }, document)),
  fc.constant<Envelope>((entry) => signEntry(entry, new Uint8Array([1]))),
);

test('whatever an operator writes without the control keys, what was in force stays so, and nothing of theirs passes', () => {
  assertPasses(verify(USED, { trust: controlTrust(USED) }));
  let passed = 0;
  let failed = 0;
  fc.assert(
    fc.property(fc.array(fc.tuple(step, envelope), { maxLength: 8 }), (steps) => {
      const ledger = controlledCustody();
      const { size } = ledger;
      // What is filed where no kind says has no place that anybody could agree to.
      const where =
        (forged: Envelope): Envelope =>
        (entry, document) =>
          parseEntry(encodeUtf8(formatCanonicalJson(entry as unknown as Json))).ok
            ? forged(entry, document)
            : undefined;
      for (const [one, forged] of steps) ledger.with(where(forged), () => one(ledger));
      const evidence = parseEvidence(ledger.evidenceBytes(QUESTION));
      if (!evidence.ok) return;
      const trust = controlTrust(ledger);
      const result = verifyCustody({ evidence: evidence.value, question: QUESTION, trust, evaluatedAt: ledger.time });
      // Entries of later kinds may hide anything, and leave no contract readable: that is no pass either.
      const known = result.contracts.map(({ contract, version, seq }) => [contract, version, seq]);
      if (known.length > 0) assert.deepEqual(known, [['shop', 1, 7]]);
      for (const item of result.timeline.filter(({ seq }) => seq >= size)) {
        if (/^(?:contract|signer)\./.test(item.kind)) assert.equal(item.sound, false);
        if (item.signer === ledger.key('stranger').signer) assert.equal(item.sound, false);
      }
      const changes = result.checks.filter(({ code, seq = 0 }) => code === 'control/envelope' && seq >= size);
      assert(changes.every(({ outcome }) => outcome !== 'pass'));
      if (changes.length > 0) assert.equal(result.verdict, 'fail');
      if (result.verdict === 'pass') passed += 1;
      else failed += 1;
    }),
    { numRuns: 150 },
  );
  assert(passed > 0 && failed > 0, `${passed} passed, ${failed} failed`);
});
