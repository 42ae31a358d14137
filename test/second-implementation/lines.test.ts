import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { skipWithoutPython } from './second-verifier.ts';

/** First line of what the second implementation prints for people. */
function firstLine(receipts: readonly { readonly reason?: string }[]): string {
  const answer = { kind: 'evidence', verdict: 'pass', checks: [], fault: null, receipts };
  const program = 'import json, sys, waybill_verify as w; print(w._lines(json.loads(sys.argv[1])))';
  const options = { cwd: import.meta.dirname, encoding: 'utf8' } as const;
  for (const python of ['python3', '/usr/bin/python3']) {
    const ran = spawnSync(python, ['-B', '-c', program, JSON.stringify(answer)], options);
    if (ran.status === 0) return ran.stdout.split('\n', 1)[0] ?? '';
  }
  throw new Error('no interpreter answered');
}

test('the second implementation says no verdict beside a receipt that contradicts it (checkpoint/forked)', {
  skip: skipWithoutPython(),
}, () => {
  assert.equal(firstLine([{}]), 'evidence: pass');
  for (const reason of ['checkpoint/forked', 'receipt/wrong-origin'])
    assert.doesNotMatch(firstLine([{}, { reason }]), /pass/);
});
