import { test } from 'node:test';
import type { Contract } from '../../src/core/contract/contract.ts';
import {
  attest,
  grant,
  imageManifest,
  indexManifest,
  MANIFEST,
  openedLedger,
  publish,
  REPOSITORY,
  register,
  sign,
} from '../custody/custody-under-test.ts';
import type { LedgerUnderTest } from '../custody/ledger-under-test.ts';
import { release, retire } from '../custody/releases-under-test.ts';
import { attestCommit, close, minutesOn, open, RUN } from '../custody/run-under-test.ts';
import { approve, grantPerson, OTHER_WAIVER, request } from '../custody/waivers-under-test.ts';
import { seededRandom } from '../soak/soak-run.ts';
import { assertAgree, caseOf, casesOf } from './dual-control-cases.ts';
import { skipWithoutPython } from './second-verifier.ts';

const skip = skipWithoutPython();
const STAGING = 'shop/staging';
const THIRD_WAIVER = `w-${'p3'.repeat(13)}`;
const THERE = { repository: STAGING };

/** An image must be tested, here or in staging, and approved here. */
const CONTRACT: Contract = {
  contract: 'promoted',
  repositories: [REPOSITORY],
  from: [STAGING],
  stages: [{ stage: 'test' }, { stage: 'approve', after: ['test'] }],
};
const { from: _, ...WITHOUT } = CONTRACT;

type Step = (ledger: LedgerUnderTest) => unknown;

function ledgerOf(contract: Contract, ...steps: readonly Step[]): LedgerUnderTest {
  const ledger = openedLedger();
  publish(ledger, contract);
  for (const step of steps) step(ledger);
  return ledger;
}

/** The image was signed and tested in staging, and approved here. */
const PROMOTED: readonly Step[] = [
  (ledger) => sign(ledger, MANIFEST, THERE),
  (ledger) => attest(ledger, THERE),
  (ledger) => attest(ledger, { stage: 'approve' }),
];

test('two implementations take the same along from other repositories', { skip }, async () => {
  const again = { version: 2, previous: [REPOSITORY] };
  const unplaced = (repository: string, minutes: number): Step => {
    return (ledger) =>
      attest(ledger, {
        repository,
        entry: { time: minutesOn(ledger, minutes) },
        alter: ({ subject, ...statement }) => ({
          ...statement,
          subject: subject.map(({ annotations: _, ...one }) => one),
        }),
      });
  };
  const scoped = (repositories: readonly string[]): readonly Step[] => [
    (ledger) => register(ledger, 'narrow', { repositories }),
    (ledger) => grant(ledger, 'narrow-ci', 'pipeline', { repositories }),
    (ledger) => sign(ledger, MANIFEST, THERE),
    (ledger) => attest(ledger, { ...THERE, key: 'narrow', by: 'narrow-ci' }),
    (ledger) => attest(ledger, { stage: 'approve' }),
  ];
  const runs = { required: true, failedAttemptsMax: 0 };
  const ran = (outcome: 'succeeded' | 'failed' | 'open', before?: 'failed'): readonly Step[] => [
    (ledger) => before && [open(ledger, { ...THERE, run: 'r-0' }), close(ledger, before, { ...THERE, run: 'r-0' })],
    (ledger) => open(ledger, THERE),
    (ledger) => sign(ledger, MANIFEST, { ...THERE, entry: { run: RUN } }),
    (ledger) => attestCommit(ledger, 'test', { run: RUN, repository: STAGING } as Parameters<typeof attestCommit>[2]),
    (ledger) => outcome === 'open' || close(ledger, outcome, THERE),
    (ledger) => attest(ledger, { stage: 'approve' }),
  ];
  const people: Contract = {
    ...CONTRACT,
    stages: [
      { stage: 'test', threshold: 2 },
      { stage: 'approve', distinctFrom: ['test'], distinctFromBuilder: true },
    ],
  };
  const named: readonly Step[] = [
    (ledger) => grant(ledger, 'shop-ci', 'pipeline', { person: 'robot' }),
    (ledger) => grant(ledger, 'ana', 'pipeline', { person: 'ana' }),
    (ledger) => grant(ledger, 'ben', 'pipeline', { person: 'ben' }),
    (ledger) => sign(ledger, MANIFEST, THERE),
    (ledger) => attest(ledger, THERE),
    (ledger) => attest(ledger, { by: 'ana' }),
  ];
  const OWN: Contract = { contract: 'own', repositories: ['shop/*'], stages: [{ stage: 'test' }] };
  const ledgers: Readonly<Record<string, LedgerUnderTest>> = {
    promoted: ledgerOf(CONTRACT, ...PROMOTED),
    'without from': ledgerOf(WITHOUT, ...PROMOTED),
    'from elsewhere': ledgerOf({ ...CONTRACT, from: ['shop', 'shop/staging/eu'] }, ...PROMOTED),
    'from itself, too': ledgerOf({ ...CONTRACT, from: [REPOSITORY, STAGING] }, ...PROMOTED),
    'another contract': ledgerOf(CONTRACT, ...PROMOTED, (ledger) => publish(ledger, OWN)),
    'both here and there': ledgerOf(
      CONTRACT,
      ...PROMOTED,
      (ledger) => sign(ledger),
      (ledger) => attest(ledger, { stage: 'test' }),
    ),
    'allowed there': ledgerOf(CONTRACT, ...scoped([STAGING])),
    'allowed here': ledgerOf(CONTRACT, ...scoped([REPOSITORY])),
    'signed by the service': ledgerOf(
      CONTRACT,
      PROMOTED[0] as Step,
      (ledger) => attest(ledger, { ...THERE, key: 'service' }),
      PROMOTED[2] as Step,
    ),
    'filed elsewhere': ledgerOf(
      CONTRACT,
      PROMOTED[0] as Step,
      (ledger) => attest(ledger, { entry: THERE }),
      PROMOTED[2] as Step,
    ),
    'taken back': ledgerOf(CONTRACT, ...PROMOTED, (ledger) => publish(ledger, WITHOUT, again)),
    'taken later': ledgerOf(
      WITHOUT,
      ...PROMOTED,
      (ledger) => ledger.size,
      (ledger) => publish(ledger, CONTRACT, again),
    ),
    'told otherwise': ledgerOf(CONTRACT, ...PROMOTED, (ledger) =>
      publish(ledger, WITHOUT, {
        entry: {
          body: {
            contract: 'promoted',
            version: 2,
            repositories: [REPOSITORY],
            previousRepositories: [REPOSITORY],
            from: [STAGING],
          },
        },
      }),
    ),
    'an index there': ledgerOf(
      { ...CONTRACT, stages: [] },
      (ledger) => attest(ledger, { stage: 'approve' }),
      (ledger) => sign(ledger, indexManifest([MANIFEST]), THERE),
    ),
    'another index there': ledgerOf(
      { ...CONTRACT, stages: [] },
      (ledger) => attest(ledger, { stage: 'approve' }),
      (ledger) => sign(ledger, indexManifest([imageManifest('55')]), THERE),
    ),
    'older there': ledgerOf(
      { ...CONTRACT, stages: [{ stage: 'test', maxAge: '15m' }] },
      PROMOTED[0] as Step,
      unplaced(STAGING, 10),
      unplaced(REPOSITORY, 10),
    ),
    'older here': ledgerOf(
      { ...CONTRACT, stages: [{ stage: 'test', maxAge: '5m' }] },
      PROMOTED[0] as Step,
      unplaced(REPOSITORY, 10),
      unplaced(STAGING, 10),
    ),
    'a run there': ledgerOf({ ...CONTRACT, runs }, ...ran('succeeded')),
    'on source': ledgerOf({ ...CONTRACT, runs, stages: [{ stage: 'test', on: 'source' }] }, ...ran('succeeded')),
    'a failed run there': ledgerOf({ ...CONTRACT, runs }, ...ran('failed')),
    'an open run there': ledgerOf(CONTRACT, ...ran('open')),
    'a failed attempt there': ledgerOf({ ...CONTRACT, runs }, ...ran('succeeded', 'failed')),
    'two people': ledgerOf(people, ...named, (ledger) => attest(ledger, { stage: 'approve', by: 'ben' })),
    'the builder there': ledgerOf(people, ...named, (ledger) => attest(ledger, { stage: 'approve' })),
    'the tester there': ledgerOf(people, ...named, (ledger) => attest(ledger, { stage: 'approve', by: 'ana' })),
    'released there': ledgerOf(
      CONTRACT,
      ...PROMOTED,
      (ledger) => grant(ledger, 'anna', 'release-manager'),
      (ledger) => release(ledger, THERE),
      (ledger) => retire(ledger, THERE),
    ),
  };
  await assertAgree(
    Object.entries(ledgers).flatMap(([name, ledger]) => casesOf(name, ledger)),
    ['pass', 'fail'],
  );
});

test('two implementations see the same where something of the other repository is not shown', { skip }, async () => {
  const ledger = ledgerOf(CONTRACT, ...PROMOTED);
  const { signer } = ledger.key('pipeline');
  const cases = Array.from({ length: ledger.size }, (_, seq) => seq).flatMap((seq) => [
    caseOf(`without ${seq}`, ledger, { without: [seq] }),
    caseOf(`without the payload of ${seq}`, ledger, { withoutPayloads: [seq] }),
  ]);
  const unclaimed = caseOf('without a list', ledger, {
    edit: (parts) => ({ ...parts, lists: parts.lists.filter(({ key }) => key !== `signer:${signer}`) }),
  });
  await assertAgree([...cases, unclaimed], ['fail']);
});

test('two implementations know the same builders of what was promoted (waiver/by-builder)', { skip }, async () => {
  const asked = (requester: string, contract: Contract) =>
    ledgerOf(
      contract,
      (ledger) => grantPerson(ledger, 'shop-ci', 'pipeline', 'robot'),
      (ledger) => grantPerson(ledger, 'anna', 'release-manager'),
      (ledger) => grantPerson(ledger, 'rob', 'release-manager', 'robot'),
      (ledger) => sign(ledger, MANIFEST, THERE),
      (ledger) => attest(ledger, { ...THERE, stage: 'test' }),
      (ledger) => grantPerson(ledger, 'ben', 'release-manager'),
      (ledger) => request(ledger, { contract: 'promoted', stage: 'approve', by: requester }),
      (ledger) => approve(ledger),
    );
  const other: Contract = { contract: 'other', repositories: ['shop/*'], stages: [{ stage: 'test' }] };
  const elsewhere = (requester: string) => {
    const ledger = asked(requester, CONTRACT);
    publish(ledger, other);
    for (const [waiver, check] of [
      [OTHER_WAIVER, 'contract/stage'],
      [THIRD_WAIVER, 'contract/signature'],
    ] as const) {
      request(ledger, {
        waiver,
        check,
        contract: 'other',
        by: requester,
        stage: check === 'contract/stage' ? 'test' : null,
      });
      approve(ledger, { waiver });
    }
    return ledger;
  };
  const cases = ['anna', 'rob'].flatMap((who) => [
    ...casesOf(who, asked(who, CONTRACT)),
    ...casesOf(`${who}, another contract`, elsewhere(who)),
    ...casesOf(`${who}, without from`, asked(who, WITHOUT)),
  ]);
  await assertAgree(cases, ['fail']);
});

test('two implementations agree on what random people promote', { skip }, async () => {
  const random = seededRandom(31);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
  const cases = Array.from({ length: 60 }, (_, index) => {
    const ledger = openedLedger();
    const place = () => pick([REPOSITORY, STAGING, STAGING, 'shop/old']);
    let version = 0;
    const steps: readonly Step[] = [
      () => {
        const from = pick([[STAGING], [STAGING], ['shop/old', STAGING], undefined]);
        const contract = { ...WITHOUT, ...(from === undefined ? {} : { from }) };
        version += 1;
        publish(ledger, contract, { version, previous: version === 1 ? [] : [REPOSITORY] });
      },
      () => open(ledger, { repository: place(), run: pick(['r-1', 'r-2']) }),
      () =>
        close(ledger, pick(['succeeded', 'succeeded', 'failed']), { repository: place(), run: pick(['r-1', 'r-2']) }),
      () =>
        sign(ledger, pick([MANIFEST, MANIFEST, indexManifest([MANIFEST])]), {
          repository: place(),
          ...pick([{}, { entry: { run: 'r-1' } }]),
        }),
      () => attest(ledger, { repository: place(), stage: pick(['test', 'approve']), note: String(random()) }),
      () =>
        attest(ledger, { repository: place(), stage: pick(['test', 'approve']), ...pick([{}, { key: 'stranger' }]) }),
    ];
    steps[0]?.(ledger);
    for (let step = 0; step < 9; step += 1) pick(steps)(ledger);
    return caseOf(`random ${index}`, ledger);
  });
  await assertAgree(cases, ['fail']);
});
