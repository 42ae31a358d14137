import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type CaseClaim, judgeCase } from '../../src/cli/cases/judge-case.ts';
import { type Contract, readContract } from '../../src/core/contract/contract.ts';
import type { Check } from '../../src/core/custody/check.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { parseTime } from '../../src/core/entry/time.ts';
import { predicateTypeUri } from '../../src/core/statement/predicate-types.ts';
import { PAIRS } from '../contract/random-contracts.ts';
import { attest, grant, openedLedger, publish, sign } from '../custody/custody-under-test.ts';
import { verify } from '../custody/verify-under-test.ts';

const TYPES = { junit: predicateTypeUri('junit'), custom: predicateTypeUri('custom') } as const;
/** Principals, and the person behind each; nobody knows who is behind the last two. */
const PRINCIPALS = { 'ana-1': 'ana', 'ana-2': 'ana', 'ben-1': 'ben', 'shop-ci': undefined, robot: undefined } as const;

const RECORD = fc.record({
  stage: fc.constantFrom('a', 'b', 'c'),
  by: fc.constantFrom(...(Object.keys(PRINCIPALS) as (keyof typeof PRINCIPALS)[])),
  type: fc.constantFrom('junit', 'junit', 'custom'),
  n: fc.integer({ min: 0, max: 2 }),
  key: fc.constantFrom('pipeline', 'pipeline', 'service'),
});
const RECORDS = fc
  .tuple(
    ...['a', 'b', 'c'].map((stage) => RECORD.map((record) => ({ ...record, stage }))),
    fc.array(RECORD, { maxLength: 3 }),
  )
  .map(
    (parts) =>
      parts.flat() as {
        stage: string;
        by: keyof typeof PRINCIPALS;
        type: keyof typeof TYPES;
        n: number;
        key: string;
      }[],
  );

/** The same contract over types that a ledger knows, and over ages of a ledger in which a minute is between two entries. */
function known(contract: Contract): Contract {
  const text = JSON.stringify(contract).replaceAll('urn:x', TYPES.junit).replaceAll('urn:y', TYPES.custom);
  const read = readContract(JSON.parse(text.replaceAll(/"(?:60m|1h|2h)"/g, '"3m"')) as Json);
  assert(read.ok);
  return read.value;
}

const outcomes = (checks: readonly Check[]): readonly string[] =>
  checks
    .filter(({ code }) => code.startsWith('contract/') && code !== 'contract/covers')
    .map(({ code, outcome, reason, stage, detail }) => [code, outcome, reason, stage, detail].join(' '));

test('a case comes to what custody comes to over a ledger that holds the same', () => {
  let passed = 0;
  fc.assert(
    fc.property(PAIRS, RECORDS, fc.constantFrom(...Object.keys(PRINCIPALS)), ([one], records, builder) => {
      const contract = known(one);
      const ledger = openedLedger();
      for (const [principal, person] of Object.entries(PRINCIPALS)) {
        grant(ledger, principal, 'pipeline', { repositories: ['shop/*'], ...(person === undefined ? {} : { person }) });
      }
      publish(ledger, contract);
      sign(ledger, undefined, { by: builder });
      const seqs = records.map(({ stage, by, type, n, key }) =>
        attest(ledger, { stage, by, type, key, alter: (statement) => ({ ...statement, predicate: { n } }) }),
      );
      const result = verify(ledger);
      const now = parseTime(result.evaluatedAt) ?? Number.NaN;
      const personOf = (principal: string) => {
        const person = PRINCIPALS[principal as keyof typeof PRINCIPALS];
        return { principal, ...(person === undefined ? {} : { person }) };
      };
      const attestations = records.map(({ stage, by, type, n, key }, index) => {
        const seconds = (now - (parseTime(ledger.entry(seqs[index] ?? 0).time) ?? Number.NaN)) / 1_000;
        // What is as old as the question has no age that a case could tell; a second is as good.
        const age = `${Math.max(1, seconds)}s`;
        const assurance = key === 'service' ? ('service' as const) : ('pipeline' as const);
        return { stage, ...personOf(by), age, assurance, statement: `${stage} ${type} ${n}` };
      });
      const claims = records.map(({ type, n }): CaseClaim => ({ predicateType: TYPES[type], predicate: { n } }));
      const facts = { image: { shape: 'image' as const, layers: 0, bytes: 2 } };
      const judged = judgeCase(
        contract,
        { repository: 'shop/api', signatures: [personOf(builder)], attestations, facts, expect: { verdict: 'pass' } },
        claims,
      );
      assert(!('backwards' in judged));
      assert.deepEqual(outcomes(judged.checks), outcomes(result.checks), JSON.stringify(contract));
      assert.equal(judged.verdict, result.verdict);
      passed += result.verdict === 'pass' ? 1 : 0;
    }),
    { numRuns: 50, seed: 5 },
  );
  assert(passed >= 2, `${passed} passed`);
});
