import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { custodySteps } from '../../src/web/view/custody-steps.ts';
import { controlledCustody, controlTrust, LOOSE } from '../custody/control-under-test.ts';
import { CONTRACT, publish, QUESTION } from '../custody/custody-under-test.ts';
import { dualCustody } from '../custody/dual-control-under-test.ts';
import { verify } from '../custody/verify-under-test.ts';

test('a step says whether control keys agreed to it, and that it has no effect where they did not', () => {
  const ledger = controlledCustody();
  const seq = ledger.with(
    () => undefined,
    () => publish(ledger, LOOSE, { version: 2, previous: CONTRACT.repositories }),
  );
  const evidence = parseEvidence(ledger.evidenceBytes(QUESTION));
  assert(evidence.ok);
  const steps = custodySteps(verify(ledger, { trust: controlTrust(ledger) }), evidence.value);
  const stepOf = (of: number) => steps.find((step) => step.seq === of);
  assert(stepOf(7)?.details.includes('agreed to by control keys'));
  assert.equal(stepOf(7)?.broken, false);
  assert(stepOf(seq)?.details.includes('no effect: no agreement of control keys'));
  assert.equal(stepOf(seq)?.broken, true);
  assert(!stepOf(8)?.details.some((detail) => detail.includes('control keys')));
});

test('a step says whether two people made it, and that it has no effect where they did not', () => {
  const ledger = dualCustody();
  const alone = publish(ledger, LOOSE, { version: 2, previous: CONTRACT.repositories, by: 'ben' });
  const evidence = parseEvidence(ledger.evidenceBytes(QUESTION));
  assert(evidence.ok);
  const steps = custodySteps(verify(ledger), evidence.value);
  const published = steps.filter(({ details }) => details.some((detail) => detail.includes('two people')));
  assert.deepEqual(
    published.map(({ details, broken }) => [details.at(-1), broken]),
    [
      ['by two people', false],
      ['no effect: not by two people', true],
    ],
  );
  assert.equal(published[1]?.seq, alone);
});
