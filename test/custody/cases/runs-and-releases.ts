import type { Contract } from '../../../src/core/contract/contract.ts';
import {
  attest,
  CONTRACT,
  custodyLedger,
  IMAGE,
  MANIFEST,
  openedLedger,
  publish,
  REPOSITORY,
  sign,
} from '../custody-under-test.ts';
import type { LedgerUnderTest } from '../ledger-under-test.ts';
import { comparedLedger, releaseOlder } from '../previous-under-test.ts';
import { release, retire } from '../releases-under-test.ts';
import { attempted, contractOf, runLedger } from '../run-under-test.ts';
import { grantPerson } from '../waivers-under-test.ts';
import type { CustodyCase } from './custody-case.ts';

const REQUIRED = contractOf({ runs: { required: true, failedAttemptsMax: 0 } });
const STAGING = 'shop/staging';

/** Signed and tested in staging, approved here; a contract asks for both, and takes from there what it says. */
function promoted(from: Pick<Contract, 'from'>): LedgerUnderTest {
  const ledger = openedLedger();
  const stages = [{ stage: 'test' }, { stage: 'approve', after: ['test'] }];
  publish(ledger, { contract: 'shop', repositories: [REPOSITORY], ...from, stages });
  sign(ledger, MANIFEST, { repository: STAGING });
  attest(ledger, { repository: STAGING });
  attest(ledger, { stage: 'approve' });
  return ledger;
}

/** Larger or smaller than what runs in production. */
const compared = (before: number, now: number) => () => {
  const ledger = comparedLedger(now);
  releaseOlder(ledger, before);
  return ledger;
};

/** Custody that passes, and what a release manager did with the image. */
const decided =
  (...decisions: readonly ((ledger: LedgerUnderTest) => void)[]) =>
  () => {
    const ledger = custodyLedger();
    grantPerson(ledger, 'anna', 'release-manager');
    for (const decide of decisions) decide(ledger);
    return ledger;
  };

export const RUNS_AND_RELEASES: readonly CustodyCase[] = [
  { name: 'from a run that succeeded', ledger: () => runLedger(REQUIRED), expected: ['pass'] },
  {
    name: 'from a run that failed',
    ledger: () => runLedger(REQUIRED, { outcome: 'failed' }),
    expected: ['fail', 'fail contract/run shop run/failed'],
  },
  {
    name: 'from a run that is open, where one has to end',
    ledger: () => runLedger(REQUIRED, { outcome: 'open' }),
    expected: ['fail', 'fail contract/run shop run/open'],
  },
  {
    name: 'from a run that is open, where none is asked for',
    ledger: () => runLedger(contractOf(), { outcome: 'open', minutes: 30 }),
    expected: ['pass', 'until 2026-03-01T12:38:00.000Z'],
  },
  {
    name: 'from a run whose time is over',
    ledger: () => runLedger(contractOf(), { outcome: 'open', minutes: 30 }),
    afterMs: 27 * 60_000,
    expected: ['fail', 'fail contract/run shop run/overdue'],
  },
  {
    name: 'rerun until it was green',
    ledger: () => attempted(REQUIRED, ['failed', 'expired']),
    expected: ['fail', 'fail contract/attempts shop contract/too-many-failed-attempts'],
  },
  {
    name: 'rerun after it was green',
    ledger: () => attempted(REQUIRED, ['succeeded']),
    expected: ['pass'],
  },
  {
    name: 'a stage that the run was opened for, and no contract asks for any more',
    ledger: () => runLedger(REQUIRED, { stages: ['scan', 'test'] }),
    expected: ['fail', 'fail contract/expected-stages shop scan contract/expected-stage-missing'],
  },
  { name: 'promoted from where the contract says', ledger: () => promoted({ from: [STAGING] }), expected: ['pass'] },
  {
    name: 'promoted from where no contract says',
    ledger: () => promoted({}),
    expected: [
      'fail',
      'fail contract/signature shop contract/signature-missing',
      'fail contract/stage shop test contract/stage-missing',
      'fail contract/order shop approve contract/stage-too-early',
    ],
  },
  {
    name: 'as large as what runs in production',
    ledger: compared(3, 3),
    environment: 'production',
    expected: ['pass'],
  },
  {
    name: 'larger than what runs in production',
    ledger: compared(3, 4),
    environment: 'production',
    expected: ['fail', 'fail contract/rule smaller contract/rule-violated'],
  },
  {
    name: 'compared with what runs nowhere in particular',
    ledger: compared(3, 3),
    expected: ['fail', 'fail contract/rule smaller contract/no-environment'],
  },
  { name: 'released', ledger: decided((ledger) => void release(ledger)), expected: ['pass'] },
  {
    name: 'retired everywhere',
    ledger: decided(
      (ledger) => void release(ledger),
      (ledger) => void retire(ledger),
    ),
    expected: ['fail', 'fail image/retired image/retired'],
  },
  {
    name: 'retired in production, and asked about there',
    ledger: decided((ledger) => void retire(ledger, { environment: 'production' })),
    environment: 'production',
    expected: ['fail', 'fail image/retired image/retired'],
  },
  {
    name: 'retired in production, and asked about elsewhere',
    ledger: decided((ledger) => void retire(ledger, { environment: 'production' })),
    environment: 'staging',
    expected: ['pass'],
  },
  {
    name: 'retired in production, and released there again',
    ledger: decided(
      (ledger) => void retire(ledger, { environment: 'production' }),
      (ledger) => void release(ledger),
    ),
    environment: 'production',
    expected: ['pass'],
  },
  {
    name: 'released by somebody who may not',
    ledger: () => {
      const ledger = custodyLedger({ contracts: [CONTRACT] });
      release(ledger, { by: 'shop-ci', digest: IMAGE });
      return ledger;
    },
    expected: ['fail', 'fail principal/allowed principal/wrong-role'],
  },
];
