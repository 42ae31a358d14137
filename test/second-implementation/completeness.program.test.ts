import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CompletenessParts, parseCompleteness } from '../../src/core/completeness/completeness.ts';
import { verifyCompleteness } from '../../src/core/completeness/verify-completeness.ts';
import { checkAgainstReceipt, viewOfCompleteness, viewOfReceipt } from '../../src/core/custody/contradiction.ts';
import { type TrustFile, trustFileJson } from '../../src/core/custody/trust-file.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { coverageKey, imageKey } from '../../src/core/entry/keys.ts';
import { formatReceipt } from '../../src/core/receipt/receipt.ts';
import { completenessBytes } from '../completeness/completeness-under-test.ts';
import { cosigned, monitorKey } from '../custody/cosign.ts';
import { attest, custodyLedger, IMAGE } from '../custody/custody-under-test.ts';
import { trustOf } from '../custody/verify-under-test.ts';
import { seededRandom } from '../soak/soak-run.ts';
import { askSecond, base64, type FileJob, skipWithoutPython } from './second-verifier.ts';

const skip = skipWithoutPython();
const LIST = imageKey(IMAGE);
const MONITOR = 'monitor.example';

type Case = { readonly bytes: Uint8Array; readonly trust: TrustFile | undefined; readonly at: string };
type Edit = (parts: CompletenessParts) => CompletenessParts;

test('two implementations find the same checks in completeness proofs, honest and not', { skip }, async () => {
  const ledger = custodyLedger();
  const old = ledger.checkpoint();
  attest(ledger, { stage: 'lint', entry: { unmapped: true } });
  const random = seededRandom(13);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
  const flip = (bytes: Uint8Array) => {
    const at = Math.floor(random() * bytes.length);
    return bytes.map((byte, index) => (index === at ? byte ^ (1 << Math.floor(random() * 8)) : byte));
  };
  const edits: readonly Edit[] = [
    (parts) => parts,
    (parts) => ({ ...parts, entries: parts.entries.slice(0, -1) }),
    (parts) => ({ ...parts, entries: parts.entries.slice(1) }),
    (parts) => ({ ...parts, entries: parts.entries.map((entry) => ({ ...entry, principal: 'other' })) }),
    (parts) => ({ ...parts, entries: parts.entries.map((entry) => ({ ...entry, log: 'waybill-other' })) }),
    (parts) => ({ ...parts, entries: [], proof: flip(parts.proof) }),
    (parts) => ({ ...parts, proof: flip(parts.proof) }),
    (parts) => ({ ...parts, commit: { ...parts.commit, path: parts.commit.path.map(flip) } }),
    (parts) => ({ ...parts, commit: { ...parts.commit, path: [] } }),
    (parts) => ({ ...parts, checkpoint: old }),
    (parts) => ({ ...parts, checkpoint: cosigned(ledger, parts.checkpoint, MONITOR) }),
    (parts) => ({ ...parts, checkpoint: cosigned(ledger, parts.checkpoint, MONITOR, 'another\n') }),
  ];
  const trusts: readonly (TrustFile | undefined)[] = [
    undefined,
    trustOf(ledger),
    trustOf(ledger, { monitorKeys: [monitorKey(ledger, MONITOR)], checkpointAgeMaxSeconds: 60 }),
    trustOf(ledger, { pins: [{ size: ledger.size + 1, root: ledger.root() }] }),
    trustOf(custodyLedger({ origin: 'waybill-other', secret: 'other' })),
  ];
  const keys = [LIST, 'trust', coverageKey('*'), imageKey(`sha256:${'0'.repeat(64)}`)];
  const cases: readonly Case[] = Array.from({ length: 240 }, (_, index) => ({
    bytes: completenessBytes(ledger, pick(keys), edits[index % edits.length]),
    trust: pick(trusts),
    at: pick([ledger.time, '2026-03-02T00:00:00.000Z', '2026-02-01T00:00:00.000Z', 'now']),
  }));
  const answers = await askSecond(cases.map(jobOf));
  for (const [index, one] of cases.entries()) {
    const { fault, checks = [], verdict, assurances } = answers[index] ?? assert.fail();
    const parsed = parseCompleteness(one.bytes);
    if (!parsed.ok) {
      assert.equal(fault?.code, parsed.fault.code, String(index));
      continue;
    }
    const result = verifyCompleteness(parsed.value, one.trust, one.at);
    const words = ({ code, outcome, reason, seq, key }: (typeof checks)[number]) =>
      [code, outcome, reason, seq, key].map((part) => part ?? '-').join(' ');
    assert.deepEqual(
      checks.map(words),
      result.checks.map((check) => words(check as (typeof checks)[number])),
      String(index),
    );
    assert.equal(verdict, !result.holds ? 'fail' : one.trust === undefined ? 'unconfirmed' : 'pass');
    assert.deepEqual(assurances, result.assurances);
  }
});

test('two implementations convict the same log, and the same file, by a receipt (map/omission-proved)', {
  skip,
}, async () => {
  const ledger = custodyLedger();
  const hidden = attest(ledger, { stage: 'scan', note: '9 findings', entry: { unmapped: true } });
  const receipt = ledger.receipt(hidden);
  attest(ledger, { stage: 'scan', digest: `sha256:${'7'.repeat(64)}` });
  const trust = trustOf(ledger);
  const keys = trust.logKeys.map(({ key }) => key);
  const own = viewOfReceipt(receipt, keys);
  assert(own.ok);
  for (const [left, code] of [
    [1, 'map/omission-proved'],
    [2, 'list/omission-proved'],
    [0, undefined],
  ] as const) {
    const bytes = completenessBytes(ledger, LIST, (parts) => ({
      ...parts,
      entries: left === 0 ? parts.entries : parts.entries.slice(0, -left),
    }));
    const parsed = parseCompleteness(bytes);
    const view = parsed.ok ? viewOfCompleteness(parsed.value, keys) : parsed;
    assert(view.ok);
    const told = checkAgainstReceipt(view.value, own.value);
    const [answer] = await askSecond([
      {
        ...jobOf({ bytes, trust, at: ledger.time }),
        receipts: [base64(encodeUtf8(formatReceipt(receipt)))],
      },
    ]);
    const reasons = [told.ok ? undefined : told.fault.code, answer?.receipts?.[0]?.reason];
    // A list that is shown with what its map leaves out does not hold, and so shows nothing.
    assert.deepEqual(reasons, left === 0 ? ['list/omission-proved', 'list/omission-proved'] : [code, code]);
  }
});

function jobOf({ bytes, trust, at }: Case): FileJob {
  return {
    bytes: base64(bytes),
    kind: 'completeness',
    at,
    ...(trust === undefined ? {} : { trust: JSON.stringify(trustFileJson(trust)) }),
  };
}
