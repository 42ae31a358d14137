import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../hostile/seeded-random.ts';
import { replayHistory } from './replay-history.ts';

test('verdicts of a history in which contracts, signers, waivers and grants changed all agree when they are replayed', async () => {
  const { outcomes, verdicts, changes } = await replayHistory(160, seededRandom(3));
  assert.deepEqual(outcomes, { agree: 160, differs: 0, erased: 0, 'other-evaluator': 0, 'other-trust': 0 });
  assert.deepEqual([...new Set(verdicts.values())].sort(), ['fail', 'pass', 'unjudged', 'waived']);
  const { contracts, rotations, revocations, waivers, grants } = changes;
  for (const [what, often] of Object.entries({ contracts, rotations, revocations, waivers, grants }))
    assert(often > 0, `${what}: ${JSON.stringify(changes)}`);
});
