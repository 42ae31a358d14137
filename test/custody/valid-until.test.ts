import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Check } from '../../src/core/custody/check.ts';
import type { TrustFile } from '../../src/core/custody/trust-file.ts';
import type { CustodyResult } from '../../src/core/custody/verify-custody.ts';
import { formatTime, parseTime } from '../../src/core/entry/time.ts';
import { seededRandom } from '../hostile/seeded-random.ts';
import { attest, CONTRACT, custodyLedger, QUESTION } from './custody-under-test.ts';
import type { LedgerUnderTest } from './ledger-under-test.ts';
import { after } from './past-under-test.ts';
import { contractOf, runLedger } from './run-under-test.ts';
import { trustOf, verify } from './verify-under-test.ts';
import { DAY_MS, request, unscannedLedger, waivedLedger } from './waivers-under-test.ts';

const HOUR_MS = 3_600_000;

/** A ledger, and the verdicts that follow each other by themselves. */
type Scenario = {
  readonly what: string;
  readonly ledger: LedgerUnderTest;
  readonly trust?: Partial<TrustFile>;
  readonly verdicts: readonly string[];
};

/** A waiver on the word of one person alone, who has a day to find another. */
function brokenGlass(): LedgerUnderTest {
  const ledger = unscannedLedger();
  request(ledger, { breakGlass: true });
  return ledger;
}

const SCENARIOS: readonly Scenario[] = [
  { what: 'nothing that depends on time', ledger: custodyLedger(), verdicts: ['pass'] },
  {
    what: 'the age of the checkpoint',
    ledger: custodyLedger(),
    trust: { checkpointAgeMaxSeconds: 3_600 },
    verdicts: ['pass', 'fail'],
  },
  {
    what: 'how recent one stage is',
    ledger: custodyLedger({ contracts: [{ ...CONTRACT, stages: [{ stage: 'scan', maxAge: '2h' }] }] }),
    verdicts: ['pass', 'fail'],
  },
  {
    what: 'how recent two stages are, and the age of the checkpoint after both',
    ledger: custodyLedger({
      contracts: [
        {
          ...CONTRACT,
          stages: [
            { stage: 'test', maxAge: '3h' },
            { stage: 'scan', maxAge: '2h' },
          ],
        },
      ],
    }),
    trust: { checkpointAgeMaxSeconds: 5 * 3_600 },
    verdicts: ['pass', 'fail'],
  },
  { what: 'the end of a waiver', ledger: waivedLedger(), verdicts: ['waived', 'fail'] },
  {
    what: 'the end of a waiver, and before it the age of the checkpoint',
    ledger: waivedLedger(),
    trust: { checkpointAgeMaxSeconds: 3 * 24 * 3_600 },
    verdicts: ['waived', 'fail'],
  },
  {
    what: 'the end of a run that is open',
    ledger: runLedger(contractOf(), { outcome: 'open', minutes: 30 }),
    verdicts: ['pass', 'fail'],
  },
  { what: 'a waiver by one person that nobody approves', ledger: brokenGlass(), verdicts: ['waived', 'fail'] },
];

/** What is shown, without the time of evaluation. */
function shown({ verdict, intact, checks, contracts, timeline }: CustodyResult) {
  const found = checks.map(
    ({ code, outcome, reason, seq, key, stage }): Partial<Check> => ({
      code,
      outcome,
      ...(reason === undefined ? {} : { reason }),
      ...(seq === undefined ? {} : { seq }),
      ...(key === undefined ? {} : { key }),
      ...(stage === undefined ? {} : { stage }),
    }),
  );
  return { verdict, intact, found, contracts, timeline };
}

for (const { what, ledger, trust = {}, verdicts } of SCENARIOS) {
  test(`${what}: until validUntil nothing changes, to the millisecond, and behind it something has`, () => {
    const random = seededRandom(5);
    const at = (milliseconds: number) =>
      verify(ledger, { trust: trustOf(ledger, trust), evaluatedAt: formatTime(milliseconds) });
    const begin = parseTime(ledger.time) ?? assert.fail('no time');
    const seen = new Set<string>();
    let from = begin;
    for (let rounds = 0; ; rounds += 1) {
      assert(rounds < 10, 'the instants end');
      const first = at(from);
      seen.add(first.verdict);
      // What speaks against a verdict that fails may be another reason later on; it goes on failing.
      const compared = first.verdict === 'fail' ? ({ verdict }: CustodyResult) => verdict : shown;
      const until = first.validUntil === undefined ? begin + 30 * DAY_MS : parseTime(first.validUntil);
      assert(until !== undefined);
      // Of a checkpoint that is too old no instant is to come, and nothing passes any more.
      if (until < from) {
        assert.equal(first.verdict, 'fail');
        break;
      }
      const inside = [until - 1, ...Array.from({ length: 8 }, () => from + Math.floor(random() * (until - from)))];
      for (const instant of inside.filter((each) => each >= from))
        assert.deepEqual(compared(at(instant)), compared(first), formatTime(instant));
      if (first.validUntil === undefined) break;
      // At the instant itself either may hold; a millisecond later nothing of before is left standing.
      assert.notDeepEqual(shown(at(until + 1)), shown(first), `${first.validUntil} changes nothing`);
      from = until + 1;
    }
    assert.deepEqual([...seen], verdicts);
    // No instant is missed: whatever the hour, the verdict is one that the instants lead to, in their order.
    let place = 0;
    for (let hour = 0; hour <= 30 * 24; hour += 7) {
      const { verdict } = at(begin + hour * HOUR_MS);
      while (verdicts[place] !== verdict && place < verdicts.length) place += 1;
      assert.equal(verdicts[place], verdict, `${hour} h`);
    }
  });
}

test('what came later does not move the instant of a verdict of then', () => {
  const ledger = custodyLedger({ contracts: [{ ...CONTRACT, stages: [{ stage: 'scan', maxAge: '2h' }] }] });
  const { size, time } = ledger;
  const { validUntil } = verify(ledger);
  attest(ledger, { stage: 'scan', note: 'again', entry: { time: after(time, HOUR_MS) } });
  assert.notEqual(verify(ledger).validUntil, validUntil);
  const { subject, repository } = QUESTION;
  const asOf = { size, view: 'then' } as const;
  assert.equal(verify(ledger, { question: { subject, repository, asOf }, evaluatedAt: time }).validUntil, validUntil);
});
