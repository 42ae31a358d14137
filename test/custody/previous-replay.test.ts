import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sign } from './custody-under-test.ts';
import { billOf, comparedLedger, IN_PRODUCTION, NEWER, NEWER_MANIFEST, releaseOlder } from './previous-under-test.ts';
import { release } from './releases-under-test.ts';
import { type RecordOptions, recordVerdict, replay } from './verdict-under-test.ts';

const ASKED: RecordOptions = { environment: 'production', question: IN_PRODUCTION };

test('a verdict that compared is judged again by what had been released there when it was recorded', () => {
  const ledger = comparedLedger(3);
  const first = recordVerdict(ledger, ASKED);
  releaseOlder(ledger, 4);
  const smaller = recordVerdict(ledger, ASKED);
  release(ledger);
  sign(ledger, NEWER_MANIFEST);
  billOf(ledger, NEWER, 2);
  release(ledger, { digest: NEWER });
  const larger = recordVerdict(ledger, ASKED);
  for (const [seq, found] of [
    [first, 'pass'],
    [smaller, 'pass'],
    [larger, 'fail'],
  ] as const)
    assert.deepEqual(replay(ledger, seq), { outcome: 'agree', found });
});

test('one that says pass of a larger image differs, and one whose image before lost a document since is erased', () => {
  const ledger = comparedLedger(3);
  const { bill } = releaseOlder(ledger, 4);
  const smaller = recordVerdict(ledger, ASKED);
  assert.equal(replay(ledger, smaller, { evidence: { withoutPayloads: [bill] } }).outcome, 'erased');
  const other = comparedLedger(3);
  releaseOlder(other, 2);
  const lie = recordVerdict(other, { ...ASKED, body: { verdict: 'pass' } });
  assert.deepEqual(replay(other, lie), { outcome: 'differs', difference: 'verdict', found: 'fail' });
});
