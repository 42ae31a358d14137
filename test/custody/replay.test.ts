import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatContract } from '../../src/core/contract/contract.ts';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { verdictStatement } from '../../src/core/custody/verdict-statement.ts';
import { parseSigstoreBundle } from '../../src/core/dsse/sigstore-bundle.ts';
import { attest, CONTRACT, custodyLedger, openedLedger, publish, QUESTION, revoke } from './custody-under-test.ts';
import type { EvidenceOptions, LedgerUnderTest } from './ledger-under-test.ts';
import { after } from './past-under-test.ts';
import { stepOfOpenLog } from './random-steps.ts';
import { type RecordOptions, recordVerdict, replay, sha256Hex } from './verdict-under-test.ts';
import { trustOf, verify } from './verify-under-test.ts';

/** The ledger goes on after the verdict: a stricter contract, a revoked key, a scan that is none. */
function goOn(ledger: LedgerUnderTest): void {
  publish(ledger, { ...CONTRACT, stages: [{ stage: 'audit' }] }, { version: 2, previous: CONTRACT.repositories });
  revoke(ledger, 'pipeline', ledger.entry(6).time);
  attest(ledger, { stage: 'scan', key: 'stranger' });
}

test('verdicts agree whatever came later: pass, fail and unjudged', () => {
  for (const [ledger, verdict] of [
    [custodyLedger(), 'pass'],
    [custodyLedger({ stages: ['test'] }), 'fail'],
    [custodyLedger({ contracts: [] }), 'unjudged'],
  ] as const) {
    const seq = recordVerdict(ledger, { environment: 'production' });
    assert.deepEqual(replay(ledger, seq), { outcome: 'agree', found: verdict });
    if (verdict !== 'unjudged') goOn(ledger);
    assert.deepEqual(replay(ledger, seq), { outcome: 'agree', found: verdict });
  }
});

test('of whatever history, every verdict that was recorded on the way agrees at its end', () => {
  const verdicts = new Set<string>();
  fc.assert(
    fc.property(fc.array(stepOfOpenLog, { maxLength: 7 }), fc.boolean(), (steps, custody) => {
      const ledger = custody ? custodyLedger() : openedLedger();
      const recorded = [recordVerdict(ledger)];
      for (const step of steps) {
        step(ledger);
        if (!parseEvidence(ledger.evidenceBytes(QUESTION)).ok) return;
        recorded.push(recordVerdict(ledger));
      }
      for (const seq of recorded) {
        const { outcome, found = '' } = replay(ledger, seq);
        assert.equal(outcome, 'agree');
        verdicts.add(found);
      }
    }),
    { numRuns: 20 },
  );
  assert.deepEqual([...verdicts].sort(), ['fail', 'pass', 'unjudged']);
});

const lies: readonly [what: string, difference: string, options: RecordOptions][] = [
  ['that says pass where it fails', 'verdict', { body: { verdict: 'pass' } }],
  ['under other contracts', 'contracts', { body: { contracts: sha256Hex('other') } }],
  ['signed by another key', 'signature', { key: 'service' }],
  ['in an envelope that is no bundle', 'signature', { damage: () => '{}' }],
  ['whose statement says pass', 'statement', { alter: (result) => ({ ...result, verdict: 'pass' }) }],
  [
    'whose statement is about another image',
    'statement',
    { alter: (result) => ({ ...result, subject: `sha256:${'0'.repeat(64)}` }) },
  ],
  [
    'whose statement names another environment',
    'statement',
    { environment: 'test', body: { environment: 'production' } },
  ],
  [
    'whose statement was verified at another time',
    'statement',
    { rewrite: (text) => text.replace(/"timeVerified":"[^"]*"/, '"timeVerified":"2026-03-01T13:00:00.000Z"') },
  ],
  ['whose statement has one space more', 'statement', { rewrite: (text) => text.replace('{', '{ ') }],
  [
    'whose statement has one member more',
    'statement',
    { rewrite: (text) => text.replace('"verifiedLevels":[]', '"more":1,"verifiedLevels":[]') },
  ],
];
for (const [what, difference, options] of lies) {
  test(`a recorded verdict ${what} differs (${difference})`, () => {
    const ledger = custodyLedger({ stages: ['test'] });
    const seq = recordVerdict(ledger, options);
    assert.deepEqual(replay(ledger, seq), { outcome: 'differs', difference, found: 'fail' });
  });
}

test('a verdict of other rules, or by another trust file, is not judged again', () => {
  const ledger = custodyLedger();
  const rules = recordVerdict(ledger, { body: { evaluator: 'waybill-9.9' } });
  assert.deepEqual(replay(ledger, rules), { outcome: 'other-evaluator' });
  const trust = recordVerdict(ledger, { body: { trust: sha256Hex('another') } });
  assert.deepEqual(replay(ledger, trust), { outcome: 'other-trust' });
  const own = recordVerdict(ledger);
  const limited = trustOf(ledger, { checkpointAgeMaxSeconds: 60 });
  assert.deepEqual(replay(ledger, own, { more: { trusts: [limited] } }), { outcome: 'other-trust' });
  assert.equal(replay(ledger, own, { more: { trusts: [limited, trustOf(ledger)] } }).outcome, 'agree');
});

test('what was erased is its own outcome: a document that was judged, or that of the verdict itself', () => {
  const ledger = custodyLedger();
  const seq = recordVerdict(ledger);
  assert.deepEqual(replay(ledger, seq, { evidence: { withoutPayloads: [9] } }), { outcome: 'erased', found: 'fail' });
  assert.deepEqual(replay(ledger, seq, { isErased: true }), { outcome: 'erased', found: 'pass' });
});

test('a verdict that is false differs, also where its own document is gone', () => {
  const ledger = custodyLedger({ stages: ['test'] });
  const lie = recordVerdict(ledger, { body: { verdict: 'pass' } });
  const found = { outcome: 'differs', difference: 'verdict', found: 'fail' };
  assert.deepEqual(replay(ledger, lie, { isErased: true }), found);
});

test('evidence that shows no state of the ledger proves nothing, also where it fails like the verdict (evidence)', () => {
  const ledger = custodyLedger({ stages: ['test'] });
  const cut = ledger.size;
  const seq = recordVerdict(ledger);
  attest(ledger, { stage: 'lint' });
  const hidden: readonly EvidenceOptions[] = [
    { without: [9] },
    { signedBy: 'stranger' },
    { edit: (parts) => ({ ...parts, consistency: [] }) },
    { without: [cut - 1] },
  ];
  for (const evidence of hidden)
    assert.deepEqual(replay(ledger, seq, { evidence }), { outcome: 'differs', difference: 'evidence', found: 'fail' });
  // Evidence of another question is none of this one.
  const other = parseEvidence(ledger.evidenceBytes(QUESTION));
  assert(other.ok);
  assert.equal(replay(ledger, seq, { more: { evidence: other.value } }).difference, 'evidence');
});

test('the statement is a VSA that names every input of the verdict, and its bytes follow from them', () => {
  const ledger = custodyLedger();
  const seq = recordVerdict(ledger, { environment: 'production' });
  const bundle = parseSigstoreBundle(ledger.payload(seq) ?? new Uint8Array());
  assert(bundle.ok);
  const { cut, evaluated, evaluator, trust, contracts } = ledger.entry(seq).body as Record<string, string>;
  const document = sha256Hex(Buffer.from(formatContract(CONTRACT)).toString());
  assert.equal(contracts, sha256Hex(`[{"contract":"shop","sha256":"${document}","version":1}]`));
  const statement = JSON.parse(Buffer.from(bundle.value.envelope.payload).toString());
  assert.deepEqual(statement, {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ digest: { sha256: QUESTION.subject.slice('sha256:'.length) } }],
    predicateType: 'https://slsa.dev/verification_summary/v1',
    predicate: {
      verifier: { id: `https://waybill.dev/verifier/${ledger.origin}`, version: { waybill: evaluator } },
      timeVerified: evaluated,
      resourceUri: QUESTION.repository,
      policy: { uri: 'https://waybill.dev/contracts/shop@1', digest: { sha256: contracts } },
      verificationResult: 'PASSED',
      verifiedLevels: [],
      waybill: {
        verdict: 'pass',
        origin: ledger.origin,
        size: cut,
        root: Buffer.from(ledger.root(Number(cut))).toString('base64'),
        evaluated,
        evaluator,
        trust,
        environment: 'production',
        contracts: [{ contract: 'shop', version: 1, sha256: document }],
      },
    },
  });
});

test('a statement says until when the verdict holds, and nothing is PASSED that was not', () => {
  const ledger = custodyLedger({ contracts: [{ ...CONTRACT, stages: [{ stage: 'scan', maxAge: '1h' }] }] });
  const about = { origin: ledger.origin, trust: sha256Hex('') };
  const read = (result: ReturnType<typeof verify>) =>
    JSON.parse(Buffer.from(verdictStatement(result, about)).toString());
  const passed = read(verify(ledger)).predicate;
  assert.deepEqual(
    [passed.verificationResult, passed.waybill.validUntil],
    ['PASSED', after(ledger.entry(10).time, 3_600_000)],
  );
  const stale = read(verify(ledger, { evaluatedAt: after(ledger.entry(10).time, 3_600_001) })).predicate;
  assert.deepEqual([stale.verificationResult, stale.waybill.verdict], ['FAILED', 'fail']);
  const unjudged = read(verify(custodyLedger({ contracts: [] }))).predicate;
  assert.deepEqual(
    [unjudged.verificationResult, unjudged.policy.uri],
    ['FAILED', 'https://waybill.dev/contracts/none'],
  );
});
