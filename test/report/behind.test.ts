import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseEvidence } from '../../src/core/custody/evidence.ts';
import { notProved } from '../../src/core/custody/not-proved.ts';
import { peopleBehind } from '../../src/core/custody/people-behind.ts';
import { signersBehind } from '../../src/core/custody/signers-behind.ts';
import { judgeCustody } from '../../src/core/custody/verify-custody.ts';
import { custodyLedger, revoke } from '../custody/custody-under-test.ts';
import type { LedgerUnderTest } from '../custody/ledger-under-test.ts';
import { rotate } from '../custody/rotation-under-test.ts';
import { trustOf } from '../custody/verify-under-test.ts';
import { imageScenario } from './image-scenario.ts';
import { QUESTION, wholeStory } from './whole-story.ts';

function judge(ledger: LedgerUnderTest, trusted = true) {
  const evidence = parseEvidence(ledger.evidenceBytes(QUESTION));
  assert(evidence.ok, JSON.stringify(evidence));
  const asked = { evidence: evidence.value, question: QUESTION, evaluatedAt: ledger.time };
  return {
    evidence: evidence.value,
    judged: judgeCustody(trusted ? { ...asked, trust: trustOf(ledger) } : asked),
  };
}

describe('who is behind a release', () => {
  it('is told by person, with the role held and every act', () => {
    const { evidence, judged } = judge(wholeStory());
    const people = peopleBehind(judged, evidence);
    const acts = people.map(({ principal, person, roles, acts: done }) => [
      principal,
      person,
      roles.join(),
      done.map(({ kind }) => kind).join(' '),
    ]);
    assert.deepEqual(acts, [
      ['bootstrap-admin', undefined, 'admin', 'contract.published'],
      ['shop-ci', 'p-robot', 'pipeline', 'run.opened run.closed image.signed attestation.recorded'],
      ['anna', 'p-anna', 'release-manager', 'waiver.requested image.released'],
      ['ben', 'p-ben', 'release-manager', 'waiver.approved image.retired'],
    ]);
  });
});

describe('the keys behind an image', () => {
  it('stand as the log has them: in force, until when, revoked, rotated, or not there at all', () => {
    const ledger = custodyLedger();
    const [own] = signersBehind(judge(ledger).judged).filter(({ signer }) => signer === ledger.key('pipeline').signer);
    assert.deepEqual([own?.state, own?.registered?.use, own?.seqs], ['in force', 'attest', [9, 10]]);
    rotate(ledger, 'pipeline', 'pipeline-2');
    const later = signersBehind(judge(ledger).judged).find(({ signer }) => signer === own?.signer);
    assert.deepEqual([later?.state, later?.until], ['in force', '2026-12-31T00:00:00.000Z']);
    revoke(ledger, 'pipeline', '2026-03-01T12:01:00.000Z');
    const revoked = signersBehind(judge(ledger).judged).find(({ signer }) => signer === own?.signer);
    assert.deepEqual([revoked?.state, revoked?.until], ['revoked', '2026-03-01T12:01:00.000Z']);
  });
});

describe('what is not proved', () => {
  const titles = (ledger: LedgerUnderTest, trusted?: boolean) =>
    notProved(judge(ledger, trusted).judged.result).map(({ title }) => title);

  it('always names what no report can show, and what came later', () => {
    const found = titles(custodyLedger());
    for (const title of ['That nothing else happened', 'That what was signed is true', 'Who a person is'])
      assert(found.includes(title), title);
    assert(found.some((title) => title.startsWith('What happened after entry #')));
  });

  it('names a waived requirement, a missing contract and an origin that nobody confirmed', () => {
    assert(titles(wholeStory()).includes('What was waived: scan'));
    assert(titles(imageScenario({ contract: 'none' })).includes('That the image is fit to ship'));
    assert(titles(custodyLedger(), false).includes('“The log is the one that you know”'));
    assert(!titles(custodyLedger()).some((title) => title.startsWith('“')));
  });

  it('names the verdict that a release rests on, whose entry evidence does not hold', () => {
    const { judged } = judge(wholeStory());
    const [release] = judged.result.releases;
    assert(release !== undefined);
    const title = `Whether it was pass or waived when it was released (#${release.verdict})`;
    const [named] = notProved(judged.result).filter((found) => found.title === title);
    assert(named?.remedy?.startsWith(`waybill prove verdict:${QUESTION.subject} `));
    assert(!titles(custodyLedger()).some((found) => found.includes('when it was released')));
  });
});
