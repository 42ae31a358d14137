import type { Contract } from '../../src/core/contract/contract.ts';
import { formatGrantDocument, GRANT_MEDIA_TYPE } from '../../src/core/trust/grant-document.ts';
import { attest, digestOf, imageManifest, openedLedger, publish, sign } from '../custody/custody-under-test.ts';
import type { LedgerUnderTest } from '../custody/ledger-under-test.ts';
import { OLDER, OLDER_MANIFEST, release, retire } from '../custody/releases-under-test.ts';
import { close, expire, minutesOn, open } from '../custody/run-under-test.ts';
import { after, approve, DAY_MS, request } from '../custody/waivers-under-test.ts';

export { QUESTION } from '../custody/custody-under-test.ts';

export const REASON = 'SHOP-113: the parser is not reachable from outside, and there is no fix yet';
const LATER_MANIFEST = imageManifest('99');

const CONTRACT: Contract = {
  contract: 'shop',
  title: 'What a release of the shop brings',
  repositories: ['shop/*'],
  stages: [
    { stage: 'test', assurance: 'pipeline' },
    {
      stage: 'scan',
      after: ['test'],
      maxAge: '30d',
      rules: [{ rule: 'nothing-critical', title: 'No critical vulnerability', expression: 'predicate.critical == 0' }],
    },
  ],
  runs: { required: true, failedAttemptsMax: 3 },
};

/**
 * One release from end to end: two attempts at the commit that failed or were lost, one that signed the image, a scan with
 * a finding that the contract refuses, a waiver that p-anna asked for and p-ben approved, the release in place of an older
 * image, and the retirement.
 */
export function wholeStory(): LedgerUnderTest {
  const ledger = openedLedger('waybill-shop-7f3a9c');
  for (const [principal, role, person] of [
    ['shop-ci', 'pipeline', 'p-robot'],
    ['anna', 'release-manager', 'p-anna'],
    ['ben', 'release-manager', 'p-ben'],
  ] as const) {
    const scope = role === 'pipeline' ? ['shop/*'] : ['*'];
    const bytes = formatGrantDocument({ role, repositories: scope, stages: ['*'], person });
    const document = { mediaType: GRANT_MEDIA_TYPE, bytes };
    ledger.append({ kind: 'principal.granted', principal: 'bootstrap-admin', body: { principal, role }, document });
  }
  publish(ledger, CONTRACT);
  sign(ledger, OLDER_MANIFEST);
  attest(ledger, { stage: 'test', digest: OLDER });
  release(ledger, { digest: OLDER });
  open(ledger, { run: 'r-first' });
  close(ledger, 'failed', { run: 'r-first' });
  open(ledger, { run: 'r-second', minutes: 5 });
  expire(ledger, { run: 'r-second', time: minutesOn(ledger, 10) });
  open(ledger, { run: 'r-third' });
  sign(ledger, undefined, { entry: { run: 'r-third' } });
  attest(ledger, { stage: 'test', entry: { run: 'r-third' } });
  attest(ledger, {
    stage: 'scan',
    type: 'custom',
    alter: (statement) => ({ ...statement, predicate: { critical: 1 } }),
    entry: { run: 'r-third' },
  });
  close(ledger, 'succeeded', { run: 'r-third' });
  request(ledger, {
    check: 'contract/rule',
    rule: 'nothing-critical',
    reason: REASON,
    expires: after(ledger, 30 * DAY_MS),
  });
  approve(ledger);
  release(ledger);
  sign(ledger, LATER_MANIFEST);
  release(ledger, { digest: digestOf(LATER_MANIFEST) });
  retire(ledger, { by: 'ben' });
  return ledger;
}

/** While the waiver lasts. */
export const STORY_NOW = '2026-03-02T10:00:00.000Z';
