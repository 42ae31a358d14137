import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type EvidenceParts, parseEvidence } from '../../src/core/custody/evidence.ts';
import { attest, custodyLedger, QUESTION } from './custody-under-test.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import { after, verifyPast } from './past-under-test.ts';
import { assertFound, assertPasses, findings, trustOf, type VerifyOptions, verify } from './verify-under-test.ts';

const forgeries: readonly [
  what: string,
  code: string,
  reason: string,
  edit: (ledger: LedgerUnderTest, size: number) => VerifyOptions,
][] = [
  [
    'the checkpoint of a history under other keys',
    'asof/checkpoint',
    'note/no-known-signature',
    (_, size) => past({ earlier: published(custodyLedger({ secret: 'forger' })).checkpoint(size) }),
  ],
  [
    'a checkpoint of another history, signed by the log',
    'asof/consistency',
    'merkle/inconsistent',
    (_, size) => {
      const other = published(custodyLedger({ stages: ['scan', 'test'] }));
      return past({ earlier: other.checkpoint(size) });
    },
  ],
  [
    'a checkpoint of another size',
    'asof/checkpoint',
    'asof/size-differs',
    (ledger, size) => past({ earlier: ledger.checkpoint(size - 1) }),
  ],
  [
    'the path from another size',
    'asof/consistency',
    'merkle/path-length',
    (ledger, size) => past({ consistency: ledger.past(size - 3).consistency }),
  ],
  ['no path', 'asof/consistency', 'merkle/path-length', () => past({ consistency: [] })],
  ['no note', 'asof/checkpoint', 'note/malformed', () => past({ earlier: 'nothing' })],
  ['a commitment that is not shown', 'asof/commit', 'commit/missing', (_, size) => ({ without: [size - 1] })],
  [
    'a commitment at another time',
    'asof/commit',
    'commit/missing',
    (_, size) => ({
      edit: (parts) => ({
        ...parts,
        entries: parts.entries.map((shown) =>
          shown.entry.seq === size - 1
            ? { ...shown, entry: { ...shown.entry, time: '2026-03-01T12:09:59.000Z' } }
            : shown,
        ),
      }),
    }),
  ],
];

/** The ledger, ending with the commitment that is written when its size is asked for. */
function published(ledger: LedgerUnderTest): LedgerUnderTest {
  assert(ledger.size > 0);
  return ledger;
}

function past(change: Partial<Pick<EvidenceParts, 'earlier' | 'consistency'>>): VerifyOptions {
  return { edit: (parts) => ({ ...parts, ...change }) };
}

for (const [what, code, reason, options] of forgeries) {
  test(`of the past state, ${what}: nothing passes (${code} ${reason})`, () => {
    const ledger = custodyLedger();
    const size = ledger.size;
    attest(ledger, { stage: 'scan' });
    attest(ledger, { stage: 'lint' });
    for (const view of ['then', 'now'] as const) {
      const result = verifyPast(ledger, size, view, options(ledger, size));
      assertFound(result, 'fail', code, reason);
      assert.equal(result.asOf?.time, undefined, 'what is not proved is not named');
      assert.equal(result.intact, false);
    }
  });
}

test('a state that ends with something else than a commitment was never published (commit/not-last)', () => {
  const ledger = custodyLedger();
  attest(ledger, { stage: 'scan' });
  const size = ledger.size - 1;
  for (const view of ['then', 'now'] as const)
    assertFound(verifyPast(ledger, size, view), 'fail', 'asof/commit', 'commit/not-last');
});

test('a state that is newer than what is shown is none of the past (asof/after-checkpoint)', () => {
  const ledger = custodyLedger();
  const size = ledger.size;
  attest(ledger, { stage: 'scan' });
  const newer = ledger.size;
  const question = { ...QUESTION, asOf: { size: newer, view: 'then' } } as const;
  const evidence = ledger.evidence({ ...QUESTION, asOf: { size, view: 'then' } }, { size });
  const edit = () => ({ ...evidence, question, earlier: ledger.checkpoint(newer) });
  assertFound(verify(ledger, { question, edit }), 'fail', 'asof/checkpoint', 'asof/after-checkpoint');
});

test('a checkpoint of another log is not one of this (asof/other-log)', () => {
  const ledger = custodyLedger();
  const other = published(custodyLedger({ origin: 'waybill-other' }));
  const size = ledger.size;
  const trust = trustOf(ledger, { logKeys: [...trustOf(ledger).logKeys, ...trustOf(other).logKeys] });
  const result = verifyPast(ledger, size, 'then', { trust, ...past({ earlier: other.checkpoint(size) }) });
  assertFound(result, 'fail', 'asof/checkpoint', 'asof/other-log');
});

test('the key that signed the past state counts for its size, or not at all (checkpoint/log-key-differs)', () => {
  const ledger = custodyLedger();
  const size = ledger.size;
  attest(ledger, { stage: 'scan' });
  const [key] = trustOf(ledger).logKeys;
  assert(key !== undefined);
  const since = (fromSize: number) => ({ trust: trustOf(ledger, { logKeys: [{ ...key, fromSize }] }) });
  assertPasses(verifyPast(ledger, size, 'then', since(size)));
  const late = verifyPast(ledger, size, 'then', since(size + 1));
  assertFound(late, 'fail', 'asof/checkpoint', 'checkpoint/log-key-differs');
});

test('without a checkpoint that opens nothing of the past is looked at (custody/blocked)', () => {
  const ledger = custodyLedger();
  const size = ledger.size;
  const result = verifyPast(ledger, size, 'then', { signedBy: 'stranger' });
  for (const code of ['asof/checkpoint', 'asof/consistency', 'asof/commit'])
    assert.equal(assertFound(result, 'fail', code, 'custody/blocked').outcome, 'not-run');
});

test('a pin of the size that is asked about decides (checkpoint/forked)', () => {
  const ledger = custodyLedger();
  const size = ledger.size;
  attest(ledger, { stage: 'scan' });
  const pinned = (pin: number, root: Uint8Array) =>
    verifyPast(ledger, size, 'then', { trust: trustOf(ledger, { pins: [{ size: pin, root }] }) });
  assertPasses(pinned(size, ledger.root(size)));
  assertFound(pinned(size, new Uint8Array(32)), 'fail', 'checkpoint/pins', 'checkpoint/forked');
  assert.deepEqual(findings(pinned(size - 1, ledger.root(size - 1))), [
    'not-run checkpoint/pins checkpoint/pin-not-comparable',
  ]);
});

test('as known then a state is as old as itself, as known now as old as the newest (checkpoint/too-old)', () => {
  const ledger = custodyLedger();
  const size = ledger.size;
  const time = ledger.time;
  attest(ledger, { stage: 'scan', entry: { time: after(time, 3_600_000) } });
  const trust = trustOf(ledger, { checkpointAgeMaxSeconds: 600 });
  const then = (milliseconds: number) =>
    verifyPast(ledger, size, 'then', { trust, evaluatedAt: after(time, milliseconds) });
  for (const milliseconds of [0, 599_999, 600_000]) assertPasses(then(milliseconds));
  assertFound(then(600_001), 'fail', 'checkpoint/age', 'checkpoint/too-old');
  assert.equal(then(0).validUntil, after(time, 600_000));
  const now = (milliseconds: number) =>
    verifyPast(ledger, size, 'now', { trust, evaluatedAt: after(ledger.time, milliseconds) });
  assertPasses(now(600_000));
  assert.equal(now(0).validUntil, after(ledger.time, 600_000));
  assertFound(now(600_001), 'fail', 'checkpoint/age', 'checkpoint/too-old');
});

test('evidence shows the past where it is asked about, and nowhere else (custody/malformed-evidence)', () => {
  const ledger = custodyLedger();
  const size = ledger.size;
  attest(ledger, { stage: 'scan' });
  const asOf = { size, view: 'then' } as const;
  const refused = (question: typeof QUESTION, edit: (parts: EvidenceParts) => EvidenceParts, at: string) => {
    const read = parseEvidence(ledger.evidenceBytes(question, { edit }));
    assert(!read.ok && read.fault.code === 'custody/malformed-evidence', JSON.stringify(read.ok));
    assert.equal(read.fault.at, at);
  };
  refused({ ...QUESTION, asOf }, ({ earlier: _, ...parts }) => parts, '/earlier');
  refused({ ...QUESTION, asOf }, ({ consistency: _, ...parts }) => parts, '/consistency');
  refused(QUESTION, (parts) => ({ ...parts, ...ledger.past(size) }), '/earlier');
  refused(QUESTION, (parts) => ({ ...parts, consistency: [] }), '/consistency');
  for (const bad of [{ size: 0, view: 'then' }, { size, view: 'later' }, { size }, { size, view: 'now', more: 1 }])
    refused(
      { ...QUESTION, asOf },
      (parts) => ({ ...parts, question: { ...QUESTION, asOf: bad as never } }),
      bad.view === 'later'
        ? '/question/asOf/view'
        : bad.size === 0
          ? '/question/asOf/size'
          : bad.view === undefined
            ? '/question/asOf/view'
            : '/question/asOf/more',
    );
});
