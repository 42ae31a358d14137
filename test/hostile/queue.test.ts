import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnchorStore, LedgerStore, Submission } from '../../src/service/ports.ts';
import { ServiceError } from '../../src/service/ports.ts';
import { Sequencer } from '../../src/service/sequencer.ts';
import { SEQUENCER_LIMITS } from '../../src/service/sequencer-limits.ts';

test('what the queue has no room for is told when to come again, and nothing of it is kept (service/overloaded)', async () => {
  // A database that never answers: whatever is taken out of the queue stays on its way.
  const store = new Proxy({}, { get: () => () => new Promise(() => undefined) }) as LedgerStore;
  const limits = { ...SEQUENCER_LIMITS, batchSubmissionsMax: 1, queueSubmissionsMax: 3 };
  const sequencer = new Sequencer(store, {} as AnchorStore, () => [], limits);
  const submission = {} as Submission;
  const refused: unknown[] = [];
  for (let sent = 0; sent < 20; sent += 1) sequencer.sequence(submission).catch((error) => refused.push(error));
  await new Promise((resolve) => setImmediate(resolve));
  assert(sequencer.depth <= 3, String(sequencer.depth));
  assert(refused.length >= 16, String(refused.length));
  for (const error of refused) {
    assert(error instanceof ServiceError);
    assert.deepEqual([error.fault.code, error.retryAfterSeconds], ['service/overloaded', 1]);
  }
});
