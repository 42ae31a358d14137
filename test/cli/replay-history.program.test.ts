import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../hostile/seeded-random.ts';
import { replayHistory } from './replay-history.ts';

test('verdicts of a history in which contracts, signers and grants changed all agree when they are replayed', async () => {
  const { outcomes, verdicts, changes } = await replayHistory(120, seededRandom(3));
  assert.deepEqual(outcomes, { agree: 120, differs: 0, erased: 0, 'other-evaluator': 0, 'other-trust': 0 });
  assert.deepEqual([...new Set(verdicts.values())].sort(), ['fail', 'pass', 'unjudged']);
  assert(changes.contracts !== undefined && changes.contracts + (changes.revocations ?? 0) >= 2);
});
