import {
  attest,
  custodyLedger,
  grant,
  MANIFEST,
  openedLedger,
  publish,
  register,
  revoke,
  sign,
} from '../custody-under-test.ts';
import type { LedgerUnderTest } from '../ledger-under-test.ts';
import { rotate } from '../rotation-under-test.ts';
import { approve, grantPerson, later, request, unscannedLedger } from '../waivers-under-test.ts';
import type { CustodyCase } from './custody-case.ts';

/** When the pipeline's key signed. */
const USED = '2026-03-01T13:00:00.000Z';
const EARLY = '2026-03-01T12:00:00.000Z';
const NEVER = '2030-01-01T00:00:00.000Z';

/** An image that has to be tested, and was at `USED`. */
function tested(): LedgerUnderTest {
  const ledger = openedLedger();
  publish(ledger, { contract: 'shop', repositories: ['shop/*'], stages: [{ stage: 'test' }] });
  sign(ledger);
  attest(ledger, { entry: { time: USED } });
  return ledger;
}

/** The key is revoked afterwards, for each of these times in turn. */
const revokedFrom =
  (...times: readonly string[]) =>
  () => {
    const ledger = tested();
    for (const time of times) revoke(ledger, 'pipeline', time);
    return ledger;
  };

/** What comes of an attestation of the stage whose key counted no more. */
const notInForce = (reason: string) => [
  'fail',
  `fail signer/in-force test ${reason}`,
  'fail contract/stage shop test contract/stage-attestation-failed',
];

const untested = () => {
  const ledger = openedLedger();
  publish(ledger, { contract: 'shop', repositories: ['shop/*'], stages: [{ stage: 'test' }] });
  sign(ledger);
  return ledger;
};

/** The pipeline's key is followed by another one, which attests; the first is revoked from then on. */
const vouched = (effective: (ledger: LedgerUnderTest, rotated: number) => string) => () => {
  const ledger = untested();
  const rotated = rotate(ledger, 'pipeline', 'next', { until: NEVER });
  attest(ledger, { key: 'next' });
  revoke(ledger, 'pipeline', effective(ledger, rotated));
  return ledger;
};

/** The key's overlap ends at `USED`, and it signs so much later. */
const overlapping = (milliseconds: number) => () => {
  const ledger = untested();
  rotate(ledger, 'pipeline', 'next', { until: USED });
  attest(ledger, { entry: { time: later(USED, milliseconds) } });
  return ledger;
};

function take(ledger: LedgerUnderTest, principal: string): void {
  ledger.append({ kind: 'principal.revoked', principal: 'bootstrap-admin', body: { principal } });
}

export const REVOCATIONS: readonly CustodyCase[] = [
  {
    name: 'the key was revoked from a millisecond after it signed',
    ledger: revokedFrom(later(USED, 1)),
    expected: ['pass'],
  },
  {
    name: 'the key was revoked from when it signed',
    ledger: revokedFrom(USED),
    expected: notInForce('signer/revoked'),
  },
  {
    name: 'the key was revoked from a millisecond before it signed',
    ledger: revokedFrom(later(USED, -1)),
    expected: notInForce('signer/revoked'),
  },
  { name: 'the key will be revoked', ledger: revokedFrom(NEVER), expected: ['pass'] },
  {
    name: 'the revocation moved earlier',
    ledger: revokedFrom(NEVER, EARLY),
    expected: notInForce('signer/revoked'),
  },
  {
    name: 'the revocation does not move later',
    ledger: revokedFrom(EARLY, NEVER),
    expected: notInForce('signer/revoked'),
  },
  {
    name: 'the key of one attestation of two was revoked',
    ledger: () => {
      const ledger = tested();
      register(ledger, 'second');
      attest(ledger, { key: 'second', note: 'again' });
      revoke(ledger, 'pipeline', USED);
      return ledger;
    },
    expected: notInForce('signer/revoked'),
  },
  {
    name: 'the stage was attested anew by another key, and the latest counts',
    ledger: () => {
      const ledger = untested();
      const stages = [{ stage: 'test', count: 'latest' }] as const;
      publish(ledger, { contract: 'shop', repositories: ['shop/*'], stages }, { version: 2, previous: ['shop/*'] });
      attest(ledger, { entry: { time: USED } });
      register(ledger, 'second');
      attest(ledger, { key: 'second', note: 'again' });
      revoke(ledger, 'pipeline', USED);
      return ledger;
    },
    // The contract is met, and what does not hold is held against the image all the same.
    expected: ['fail', 'fail signer/in-force test signer/revoked'],
  },
  { name: 'a millisecond before the overlap ends the old key counts', ledger: overlapping(-1), expected: ['pass'] },
  {
    name: 'from the end of the overlap on it does not',
    ledger: overlapping(0),
    expected: notInForce('signer/rotated'),
  },
  {
    name: 'the old key was revoked from after it vouched for the next',
    ledger: vouched((ledger, rotated) => later(ledger.entry(rotated).time, 1)),
    expected: ['pass'],
  },
  {
    name: 'the old key was revoked from when it vouched for the next',
    ledger: vouched((ledger, rotated) => ledger.entry(rotated).time),
    expected: notInForce('signer/predecessor-revoked'),
  },
  {
    name: 'who attested lost the role before',
    ledger: () => {
      const ledger = untested();
      take(ledger, 'shop-ci');
      attest(ledger);
      return ledger;
    },
    expected: [
      'fail',
      'fail principal/allowed test principal/revoked',
      'fail contract/stage shop test contract/stage-attestation-failed',
    ],
  },
  {
    name: 'who attested lost the role after',
    ledger: () => {
      const ledger = custodyLedger();
      take(ledger, 'shop-ci');
      return ledger;
    },
    expected: ['pass'],
  },
  {
    name: 'the image key was revoked from before it signed',
    ledger: () => {
      const ledger = tested();
      ledger.append({
        kind: 'signer.revoked',
        principal: 'bootstrap-admin',
        body: { signer: ledger.key('image').signer, effective: EARLY },
      });
      return ledger;
    },
    expected: ['fail', 'fail signer/in-force signer/revoked', 'fail contract/signature shop contract/signature-failed'],
  },
  {
    name: 'who published the contract had lost the role',
    ledger: () => {
      const ledger = openedLedger();
      grant(ledger, 'former', 'admin');
      take(ledger, 'former');
      publish(ledger, { contract: 'shop', repositories: ['shop/*'], stages: [] }, { by: 'former' });
      sign(ledger, MANIFEST);
      return ledger;
    },
    expected: ['fail', 'fail contract/covers shop principal/revoked', 'not-run contract/covers list/gap'],
  },
  {
    name: 'who approved a waiver lost the role after',
    ledger: () => {
      const ledger = unscannedLedger();
      request(ledger);
      approve(ledger);
      take(ledger, 'ben');
      return ledger;
    },
    expected: [
      'waived',
      'waived contract/stage shop scan contract/stage-missing',
      'waived contract/order shop scan custody/blocked',
      'until 2026-03-08T12:14:00.000Z',
    ],
  },
  {
    name: 'who approved a waiver had lost the role before',
    ledger: () => {
      const ledger = unscannedLedger();
      request(ledger);
      take(ledger, 'ben');
      approve(ledger);
      return ledger;
    },
    expected: [
      'fail',
      'fail contract/stage shop scan contract/stage-missing',
      'not-run contract/order shop scan custody/blocked',
      'fail waiver/in-force shop scan principal/revoked',
    ],
  },
  {
    name: 'the person behind who approved was named only after',
    ledger: () => {
      const ledger = unscannedLedger();
      grantPerson(ledger, 'dora', 'release-manager', null);
      request(ledger);
      approve(ledger, { by: 'dora' });
      grantPerson(ledger, 'dora', 'release-manager', 'dora');
      return ledger;
    },
    expected: [
      'fail',
      'fail contract/stage shop scan contract/stage-missing',
      'not-run contract/order shop scan custody/blocked',
      'fail waiver/in-force shop scan waiver/person-unknown',
    ],
  },
];
