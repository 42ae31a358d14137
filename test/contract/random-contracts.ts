import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Contract, readContract } from '../../src/core/contract/contract.ts';
import type { Evaluated, Situation } from '../../src/core/contract/evaluated.ts';
import type { Json } from '../../src/core/encoding/json.ts';
import { formatTime } from '../../src/core/entry/time.ts';
import type { RunState } from '../../src/core/run/run-state.ts';

const ID = 'd4'.repeat(32);
const STAGES = ['a', 'b', 'c'] as const;
/** Absent three times of four, so that images pass now and then. */
const member = <T>(values: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: values });
const some = <T>(...values: readonly T[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });
const rules = fc.uniqueArray(
  fc.constantFrom(
    { rule: 'small', expression: 'predicate.n < 2' },
    { rule: 'other', expression: 'predicate.n < 1' },
    { rule: 'alike', expression: 'predicate.n < 2' },
  ),
  { minLength: 1, maxLength: 2, selector: ({ rule }) => rule },
);

/** Every member that a stage may have; it follows those before it alone. */
const members = (index: number) => ({
  predicateTypes: member(some('urn:x', 'urn:y')),
  assurance: member(fc.constantFrom('pipeline', 'service')),
  after: index === 0 ? fc.constant(undefined) : member(some(...STAGES.slice(0, index))),
  count: member(fc.constantFrom('all', 'latest')),
  threshold: member(fc.integer({ min: 1, max: 2 })),
  distinctFrom: member(some(...STAGES.filter((_, other) => other !== index))),
  distinctFromBuilder: member(fc.constant(true)),
  maxAge: member(fc.constantFrom('60m', '1h', '2h')),
  // The name of a rule stands once in a contract.
  rules: index === 1 ? member(rules) : fc.constant(undefined),
});
const MEMBERS = Object.keys(members(0)) as readonly (keyof ReturnType<typeof members>)[];

/** A contract over three stages, as a document. */
const DOCUMENTS = fc.record({
  stages: fc.tuple(...STAGES.map((stage, index) => fc.record({ stage: fc.constant(stage), ...members(index) }))),
  runs: member(
    fc.record({
      required: fc.boolean(),
      attemptsMax: member(fc.integer({ min: 1, max: 3 })),
      failedAttemptsMax: member(fc.integer({ min: 0, max: 2 })),
    }),
  ),
  limits: member(
    fc.record({ layersMax: member(fc.integer({ min: 1, max: 3 })), baseImages: member(some('r/a', 'r/*', 'r/b')) }),
  ),
});

function contractOf(document: object): Contract {
  const read = readContract(JSON.parse(JSON.stringify({ contract: 'shop', repositories: ['*'], ...document })) as Json);
  assert(read.ok, JSON.stringify(read));
  return read.value;
}

const NOW_MS = 1_800_000_000_000;
const PEOPLE = ['ana', 'ben', 'cem', undefined] as const;

const often = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
const record = (stage: fc.Arbitrary<string>) =>
  fc.record({
    stage,
    person: fc.constantFrom(...PEOPLE),
    predicateType: often('urn:x', 'urn:y'),
    n: often(0, 1, 2),
    assurance: often('pipeline', 'service'),
    ageMs: often(1_800_000, 5_400_000, 9_000_000),
    sound: often(true, false),
  });

/** What images have: attestations of the same stages, by the same few people. */
export const SITUATIONS: fc.Arbitrary<Omit<Situation, 'contract' | 'purse'>> = fc
  .record({
    // One of each stage and a few more, so that many images have whatever is asked for.
    records: fc
      .tuple(
        fc.tuple(...STAGES.map((stage) => record(fc.constant(stage)))),
        fc.array(record(fc.constantFrom(...STAGES)), { maxLength: 3 }),
      )
      .map(([each, more]) => [...each, ...more]),
    builder: fc.constantFrom(...PEOPLE),
    layers: fc.integer({ min: 1, max: 3 }),
    base: fc.constantFrom('r/a', 'r/b', 's'),
    run: member(
      fc.record({
        outcome: often<RunState>('succeeded', 'failed', 'open'),
        stages: fc.uniqueArray(fc.constantFrom(...STAGES)),
        number: fc.integer({ min: 1, max: 3 }),
        failedBefore: fc.integer({ min: 0, max: 2 }),
      }),
    ),
  })
  .map(({ records, builder, layers, base, run }) => {
    const evaluated = (seq: number, person: (typeof PEOPLE)[number], timeMs: number): Evaluated => ({
      seq,
      repository: 'shop/api',
      predicateType: 'urn:x',
      signer: ID,
      assurance: 'pipeline',
      sound: true,
      first: {
        seq,
        time: formatTime(timeMs),
        ...(person === undefined ? {} : { person }),
        filing: { seq, principal: 'ci', ...(person === undefined ? {} : { person }) },
      },
    });
    const oldestFirst = records.toSorted((one, other) => other.ageMs - one.ageMs);
    return {
      signatures: [evaluated(1, builder, NOW_MS)],
      attestations: oldestFirst.map(({ stage: name, person, predicateType, n, assurance, ageMs, sound }, index) => ({
        ...evaluated(index + 2, person, NOW_MS - ageMs),
        stage: name,
        predicateType,
        predicate: { n },
        assurance,
        sound,
      })),
      runs:
        run === undefined
          ? []
          : [
              {
                seq: 1,
                run: 'r-1',
                outcome: run.outcome,
                expires: formatTime(NOW_MS + 1),
                stages: run.stages,
                attempt: { number: run.number, failedBefore: Math.min(run.failedBefore, run.number - 1) },
              },
            ],
      image: { digest: 'sha256:00', repository: 'shop/api' },
      facts: () => ({ image: { shape: 'image' as const, layers, bytes: 1 }, baseImage: { name: base } }),
      previous: () => ({}),
      evaluatedAtMs: NOW_MS,
    };
  });

/** A contract, and the same with a few members taken from another, dropped where that has none, or with its runs and limits. */
export const PAIRS = fc
  .tuple(
    DOCUMENTS,
    DOCUMENTS,
    fc.array(fc.tuple(fc.nat({ max: STAGES.length - 1 }), fc.constantFrom(...MEMBERS)), { minLength: 1, maxLength: 3 }),
    fc.nat({ max: 5 }),
  )
  .map(([one, other, taken, choice]): readonly [Contract, Contract] => {
    const stages = one.stages.map((stage, index) => {
      const names = taken.filter(([of]) => of === index).map(([, name]) => name);
      return { ...stage, ...Object.fromEntries(names.map((name) => [name, other.stages[index]?.[name]])) };
    });
    const whole = choice === 0 ? { runs: other.runs, limits: other.limits } : {};
    return [contractOf(one), contractOf({ ...one, stages, ...whole })];
  });
