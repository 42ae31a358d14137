import { attest, CONTRACT, publish } from '../custody-under-test.ts';
import type { LedgerUnderTest } from '../ledger-under-test.ts';
import {
  after,
  approve,
  DAY_MS,
  grantPerson,
  type RequestOptions,
  request,
  revokeWaiver,
  unscannedLedger,
  waivedLedger,
} from '../waivers-under-test.ts';
import type { CustodyCase } from './custody-case.ts';

const OTHER_DIGEST = `sha256:${'1'.repeat(64)}`;
/** What speaks against an image that was never scanned. */
const UNSCANNED = [
  'fail contract/stage shop scan contract/stage-missing',
  'not-run contract/order shop scan custody/blocked',
];
const WAIVED = [
  'waived contract/stage shop scan contract/stage-missing',
  'waived contract/order shop scan custody/blocked',
];
/** A waiver that would exempt it, and why it does not. */
const without = (reason: string) => ['fail', ...UNSCANNED, `fail waiver/in-force shop scan ${reason}`];

/** The unscanned image, and what people said of it. */
function said(...words: readonly ((ledger: LedgerUnderTest) => void)[]): () => LedgerUnderTest {
  return () => {
    const ledger = unscannedLedger();
    for (const say of words) say(ledger);
    return ledger;
  };
}

const asked =
  (options: RequestOptions = {}) =>
  (ledger: LedgerUnderTest) =>
    void request(ledger, options);
const approved =
  (by = 'ben') =>
  (ledger: LedgerUnderTest) =>
    void approve(ledger, { by });
const waived = (options: RequestOptions) => () => waivedLedger(options);

export const WAIVER_SCOPE: readonly CustodyCase[] = [
  {
    name: 'two people, for that stage of that image',
    ledger: () => waivedLedger(),
    expected: ['waived', ...WAIVED, 'until 2026-03-08T12:14:00.000Z'],
  },
  { name: 'nobody approved', ledger: said(asked()), expected: without('waiver/not-approved') },
  { name: 'who asked approved', ledger: said(asked(), approved('anna')), expected: without('waiver/same-person') },
  {
    name: 'who asked approved as another principal',
    ledger: said((ledger) => void grantPerson(ledger, 'anna-2', 'admin', 'anna'), asked(), approved('anna-2')),
    expected: without('waiver/same-person'),
  },
  {
    name: 'who built it approved as another principal',
    ledger: said((ledger) => void grantPerson(ledger, 'rob', 'release-manager', 'robot'), asked(), approved('rob')),
    expected: without('waiver/by-builder'),
  },
  {
    name: 'nobody knows who is behind who approved',
    ledger: said((ledger) => void grantPerson(ledger, 'nn', 'release-manager', null), asked(), approved('nn')),
    expected: without('waiver/person-unknown'),
  },
  {
    name: 'an auditor approved',
    ledger: said((ledger) => void grantPerson(ledger, 'eve', 'auditor'), asked(), approved('eve')),
    expected: without('principal/wrong-role'),
  },
  { name: 'of another stage', ledger: waived({ stage: 'test' }), expected: ['fail', ...UNSCANNED] },
  { name: 'of no stage', ledger: waived({ stage: null }), expected: ['fail', ...UNSCANNED] },
  {
    name: 'of another check of the stage',
    ledger: waived({ check: 'contract/order' }),
    expected: [
      'fail',
      'fail contract/stage shop scan contract/stage-missing',
      'waived contract/order shop scan custody/blocked',
      'until 2026-03-08T12:14:00.000Z',
    ],
  },
  { name: 'of a rule of the stage', ledger: waived({ rule: 'none' }), expected: ['fail', ...UNSCANNED] },
  { name: 'of another contract', ledger: waived({ contract: 'other' }), expected: ['fail', ...UNSCANNED] },
  {
    name: 'of another image',
    ledger: said(asked({ digest: OTHER_DIGEST }), (ledger) => void approve(ledger, { digest: OTHER_DIGEST })),
    expected: ['fail', ...UNSCANNED],
  },
  {
    name: 'in another repository',
    ledger: said(asked({ repository: 'shop/web' }), (ledger) => {
      approve(ledger, { entry: { repository: 'shop/web' } });
    }),
    expected: ['fail', ...UNSCANNED],
  },
  {
    name: 'of one of two contracts',
    ledger: () => {
      const ledger = waivedLedger();
      publish(ledger, { ...CONTRACT, contract: 'all', repositories: ['*'] });
      return ledger;
    },
    expected: [
      'fail',
      'fail contract/stage all scan contract/stage-missing',
      'waived contract/stage shop scan contract/stage-missing',
      'not-run contract/order all scan custody/blocked',
      'waived contract/order shop scan custody/blocked',
      'until 2026-03-08T12:14:00.000Z',
    ],
  },
  {
    name: 'it outlives the next version of the contract',
    ledger: () => {
      const ledger = waivedLedger();
      publish(ledger, { ...CONTRACT, title: 'newer' }, { version: 2, previous: CONTRACT.repositories });
      return ledger;
    },
    expected: ['waived', ...WAIVED, 'until 2026-03-08T12:14:00.000Z'],
  },
  {
    name: 'it does not excuse an attestation that does not hold',
    ledger: () => {
      const ledger = waivedLedger();
      attest(ledger, { stage: 'lint', key: 'stranger' });
      return ledger;
    },
    expected: [
      'fail',
      'not-run signature/envelope lint custody/blocked',
      'fail signer/known lint signer/not-registered',
      'not-run signer/in-force lint custody/blocked',
      'not-run signer/allowed lint custody/blocked',
      ...WAIVED,
      'until 2026-03-08T12:14:00.000Z',
    ],
  },
  {
    name: 'a millisecond before it ends',
    ledger: said((ledger) => void request(ledger, { expires: after(ledger, 3_600_000) }), approved()),
    afterMs: 3_600_000 - 120_000 - 1,
    expected: ['waived', ...WAIVED, 'until 2026-03-01T13:14:00.000Z'],
  },
  {
    name: 'at the millisecond at which it ends',
    ledger: said((ledger) => void request(ledger, { expires: after(ledger, 3_600_000) }), approved()),
    afterMs: 3_600_000 - 120_000,
    expected: without('waiver/expired'),
  },
  {
    name: 'it was revoked',
    ledger: said(asked(), approved(), (ledger) => void revokeWaiver(ledger)),
    expected: without('waiver/revoked'),
  },
  {
    name: 'broken glass, a millisecond before the day is over',
    ledger: said(asked({ breakGlass: true })),
    afterMs: DAY_MS - 1,
    expected: ['waived', ...WAIVED, 'until 2026-03-02T12:15:00.000Z'],
  },
  {
    name: 'broken glass, once the day is over',
    ledger: said(asked({ breakGlass: true })),
    afterMs: DAY_MS,
    expected: without('waiver/break-glass-lapsed'),
  },
  {
    name: 'broken glass by an administrator',
    ledger: said((ledger) => void grantPerson(ledger, 'ada', 'admin'), asked({ breakGlass: true, by: 'ada' })),
    expected: without('principal/wrong-role'),
  },
];
