import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Contract } from '../../src/core/contract/contract.ts';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { imageFacts } from '../../src/core/custody/image-facts.ts';
import { IMAGE, MANIFEST, openedLedger, publish, REPOSITORY, sign } from './custody-under-test.ts';
import { billOf } from './previous-under-test.ts';
import { trustOf } from './verify-under-test.ts';

const STAGING = 'shop/staging';
const OWN: Contract = { contract: 'promoted', repositories: [REPOSITORY], stages: [] };
const PROMOTED: Contract = { ...OWN, from: [STAGING] };

test('facts of an image name what a contract takes from elsewhere, and hold nothing that none takes', () => {
  const stated = (contract: Contract) => {
    const ledger = openedLedger();
    publish(ledger, contract);
    sign(ledger, MANIFEST);
    const bill = billOf(ledger, IMAGE, 4, { repository: STAGING });
    const evidence = parseEvidence(ledger.evidenceBytes({ subject: IMAGE, repository: REPOSITORY }));
    assert(evidence.ok);
    const question = { subject: IMAGE, repository: REPOSITORY };
    const evaluatedAt = ledger.time;
    return { bill, facts: imageFacts({ evidence: evidence.value, question, trust: trustOf(ledger), evaluatedAt }) };
  };
  const { bill, facts } = stated(PROMOTED);
  assert.equal(facts.facts.components?.count, 4);
  assert.deepEqual(
    facts.documents.map(({ seq, promotedFrom }) => [seq, promotedFrom]),
    [[bill, STAGING]],
  );
  assert(facts.intact);
  const own = stated(OWN).facts;
  assert.deepEqual([own.facts.components, own.documents], [undefined, []]);
});
