import type { Contract } from '../../../src/core/contract/contract.ts';
import { predicateTypeUri } from '../../../src/core/statement/predicate-types.ts';
import { attest, custodyLedger, openedLedger, publish, sign } from '../custody-under-test.ts';
import type { LedgerUnderTest } from '../ledger-under-test.ts';
import type { CustodyCase } from './custody-case.ts';

/** A contract of that name over one glob, with one stage, or with what is said instead. */
const asking = (contract: string, glob: string, stage: string, more: Partial<Contract> = {}): Contract => ({
  contract,
  repositories: [glob],
  stages: [{ stage }],
  ...more,
});

/** Of the exact name, of its prefix, and of everything, each with a stage of its own. */
const THREE = [asking('exact', 'shop/api', 'a'), asking('prefix', 'shop/*', 'b'), asking('all', '*', 'c')];

const held = (contracts: readonly Contract[], stages: readonly string[]) => () => custodyLedger({ contracts, stages });

function withdraw(ledger: LedgerUnderTest, { contract, repositories }: Contract): void {
  const body = { contract, version: 1, repositories };
  ledger.append({ kind: 'contract.withdrawn', principal: 'bootstrap-admin', body });
}

/** Two contracts whose stages are attested; those of these names are withdrawn afterwards. */
function withdrawn(...names: readonly string[]): LedgerUnderTest {
  const ledger = custodyLedger({ contracts: THREE.slice(0, 2), stages: ['a'] });
  for (const contract of THREE.filter((each) => names.includes(each.contract))) withdraw(ledger, contract);
  return ledger;
}

/** One contract that takes the pipeline's key for the stage, and one that takes that of somebody else. */
function otherSigners(): LedgerUnderTest {
  const ledger = openedLedger();
  const by = (name: string) => [{ stage: 'a', signers: [ledger.key(name).signer] }];
  publish(ledger, asking('ours', 'shop/*', 'a', { stages: by('pipeline') }));
  publish(ledger, asking('theirs', '*', 'a', { stages: by('elsewhere') }));
  sign(ledger);
  attest(ledger, { stage: 'a' });
  return ledger;
}

/** One contract of the scenario's prefix, and one whose document nobody can read. */
function unreadable(): LedgerUnderTest {
  const ledger = custodyLedger({ contracts: [asking('prefix', 'shop/*', 'a')], stages: ['a'] });
  publish(ledger, asking('all', '*', 'a'), {
    entry: { document: { mediaType: 'text/plain', bytes: new Uint8Array() } },
  });
  return ledger;
}

const ruled = (contract: string, expression: string) =>
  asking(contract, 'shop/*', 'a', { stages: [{ stage: 'a', rules: [{ rule: 'only', expression }] }] });

export const SEVERAL_CONTRACTS: readonly CustodyCase[] = [
  { name: 'exact, by prefix and for all: each is met', ledger: held(THREE, ['a', 'b', 'c']), expected: ['pass'] },
  {
    name: 'the one of the exact name is not met',
    ledger: held(THREE, ['b', 'c']),
    expected: ['fail', 'fail contract/stage exact a contract/stage-missing'],
  },
  {
    name: 'the one of the prefix is not met',
    ledger: held(THREE, ['a', 'c']),
    expected: ['fail', 'fail contract/stage prefix b contract/stage-missing'],
  },
  {
    name: 'the one for all is not met',
    ledger: held(THREE, ['a', 'b']),
    expected: ['fail', 'fail contract/stage all c contract/stage-missing'],
  },
  {
    name: 'none of the three is met',
    ledger: held(THREE, []),
    expected: [
      'fail',
      'fail contract/stage all c contract/stage-missing',
      'fail contract/stage exact a contract/stage-missing',
      'fail contract/stage prefix b contract/stage-missing',
    ],
  },
  {
    name: 'a looser contract of the exact name takes nothing back from a stricter one for all',
    ledger: held([asking('exact', 'shop/api', 'a', { stages: [] }), asking('all', '*', 'c')], []),
    expected: ['fail', 'fail contract/stage all c contract/stage-missing'],
  },
  {
    name: 'names that only look alike cover nothing',
    ledger: held(
      ['shop/ap', 'shop/api2', 'shop/api/*', 'sho/*', 'shop'].map((glob, at) => asking(`near-${at}`, glob, 'a')),
      [],
    ),
    expected: ['unjudged', 'not-run contract/covers contract/none'],
  },
  {
    name: 'one of two was withdrawn: the other still asks',
    ledger: () => withdrawn('exact'),
    expected: ['fail', 'fail contract/stage prefix b contract/stage-missing'],
  },
  { name: 'the one that was not met was withdrawn', ledger: () => withdrawn('prefix'), expected: ['pass'] },
  {
    name: 'both were withdrawn',
    ledger: () => withdrawn('exact', 'prefix'),
    expected: ['unjudged', 'not-run contract/covers contract/none'],
  },
  {
    name: 'two ask for the same stage by different keys: one key cannot meet both',
    ledger: otherSigners,
    expected: ['fail', 'fail contract/stage theirs a contract/wrong-signer'],
  },
  {
    name: 'two ask for the same stage with different types',
    ledger: held(
      [
        asking('tests', 'shop/*', 'a', { stages: [{ stage: 'a', predicateTypes: [predicateTypeUri('junit')] }] }),
        asking('scans', '*', 'a', { stages: [{ stage: 'a', predicateTypes: [predicateTypeUri('vulns')] }] }),
      ],
      ['a'],
    ),
    expected: ['fail', 'fail contract/stage scans a contract/wrong-predicate-type'],
  },
  {
    name: 'one that is met beside one that cannot be read',
    ledger: unreadable,
    expected: ['fail', 'fail contract/covers all contract/malformed', 'not-run contract/covers list/gap'],
  },
  {
    name: 'a rule that cannot be evaluated beside one that holds',
    ledger: held([ruled('errs', '1 / 0 == 1'), ruled('holds', 'predicate.stage == "a"')], ['a']),
    expected: ['fail', 'fail contract/rule errs a contract/rule-error'],
  },
  {
    name: 'a member that is not there beside a rule that holds',
    ledger: held([ruled('asks', 'predicate.absent == 1'), ruled('holds', 'predicate.note == ""')], ['a']),
    expected: ['fail', 'fail contract/rule asks a contract/rule-missing-field'],
  },
  {
    name: 'a fact that nobody states beside a rule that holds',
    ledger: held([ruled('asks', 'facts.components.count < 10'), ruled('holds', 'true')], ['a']),
    expected: ['fail', 'fail contract/rule asks a contract/rule-missing-field'],
  },
  {
    name: 'of two ages the shorter one says until when',
    ledger: held(
      [
        asking('days', 'shop/*', 'a', { stages: [{ stage: 'a', maxAge: '2d' }] }),
        asking('hours', '*', 'a', { stages: [{ stage: 'a', maxAge: '3h' }] }),
      ],
      ['a'],
    ),
    expected: ['pass', 'until 2026-03-01T15:11:00.000Z'],
  },
  {
    name: 'of two ages the shorter one is over by a millisecond',
    ledger: held(
      [
        asking('days', 'shop/*', 'a', { stages: [{ stage: 'a', maxAge: '2d' }] }),
        asking('hours', '*', 'a', { stages: [{ stage: 'a', maxAge: '3h' }] }),
      ],
      ['a'],
    ),
    afterMs: 3 * 3_600_000 + 1,
    expected: ['fail', 'fail contract/freshness hours a contract/stale', 'until 2026-03-03T12:11:00.000Z'],
  },
];
