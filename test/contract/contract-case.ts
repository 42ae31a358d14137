import { type Contract, readContract } from '../../src/core/contract/contract.ts';
import { evaluateContract } from '../../src/core/contract/evaluate-contract.ts';
import type { Evaluated, PreviousImage } from '../../src/core/contract/evaluated.ts';
import { eachStatementOnce, FirstRecords } from '../../src/core/contract/first-records.ts';
import { settingNothingAside } from '../../src/core/contract/vex-from.ts';
import { isJsonObject, type Json } from '../../src/core/encoding/json.ts';
import { formatTime, parseTime } from '../../src/core/entry/time.ts';
import { combineRead, readSources } from '../../src/core/facts/combine-facts.ts';
import type { Facts } from '../../src/core/facts/facts.ts';
import { VERDICT_STEPS_MAX } from '../../src/core/limits.ts';

const IMAGE = `sha256:${'a1'.repeat(32)}`;
const BEFORE = `sha256:${'b2'.repeat(32)}`;

/** What was recorded, as a case spells it: what it leaves out is a sound attestation by a pipeline's own key. */
type CaseRecord = Partial<Omit<Evaluated, 'seq' | 'first'>> & {
  /** Seq of the entry; one more than that of the record before unless told. */
  readonly seq?: number;
  /** Time of the entry; a minute after that of the record before unless told. */
  readonly time?: string;
  readonly principal?: string;
  readonly person?: string;
  /** Records with the same text have the same statement; each has its own unless told. */
  readonly statement?: string;
};

/** One named case: a contract, what was recorded, and every requirement with its outcome. */
export type ContractCase = {
  readonly name: string;
  /** Members of the contract; its name and `repositories` are those of the shop unless told. */
  readonly contract: { readonly [member: string]: Json };
  /** One signature by the builder unless told. */
  readonly signatures?: readonly CaseRecord[];
  readonly records?: readonly CaseRecord[];
  /** Facts of the image; those that the predicates of the records state unless told. */
  readonly facts?: { readonly [member: string]: Json };
  /** The image that was released before, or why it cannot be told; there was none unless told. */
  readonly previous?: PreviousImage;
  /** What was recorded of the image before, in place of its facts. */
  readonly previousRecords?: readonly CaseRecord[];
  /** The time of the last record unless told. */
  readonly evaluatedAt?: string;
};

const FIRST_TIME_MS = parseTime('2026-03-01T12:00:00.000Z') ?? 0;

/**
 * The outcome of a case in lines: for each requirement its name, its stage, what came of it, its detail and the entry that
 * it was decided by; at the end until when it holds. For a contract that is refused the code and the place.
 */
export function runContractCase({
  contract,
  signatures = [{ person: 'builder' }],
  records = [],
  facts,
  previous = {},
  previousRecords,
  evaluatedAt,
}: ContractCase): string[] {
  const read = readContract({ contract: 'shop', repositories: ['shop/*'], stages: [], ...contract });
  if (!read.ok) return [`${read.fault.code} ${read.fault.at ?? ''}`.trim()];
  const all = complete([...signatures, ...records]);
  const evaluatedAtMs = parseTime(evaluatedAt ?? all.at(-1)?.first.time ?? '');
  const findings = evaluateContract({
    contract: read.value,
    signatures: all.slice(0, signatures.length),
    attestations: all.slice(signatures.length),
    image: { digest: IMAGE, repository: 'shop/api' },
    facts: () => (facts as Facts | undefined) ?? factsOf(read.value, all.slice(signatures.length), IMAGE),
    previous: () =>
      previousRecords === undefined
        ? previous
        : { digest: BEFORE, facts: factsOf(read.value, complete(previousRecords), BEFORE) },
    purse: { left: VERDICT_STEPS_MAX },
    ...(evaluatedAtMs === undefined ? {} : { evaluatedAtMs }),
  });
  const lines = findings.map(({ requirement, stage, reason = 'pass', detail, seq }) =>
    [
      requirement,
      stage,
      reason,
      detail === undefined ? undefined : `(${detail})`,
      seq === undefined ? undefined : `@${seq}`,
    ]
      .filter((word) => word !== undefined)
      .join(' '),
  );
  const untils = findings.flatMap(({ untilMs }) => (untilMs === undefined ? [] : [untilMs]));
  return untils.length === 0 ? lines : [...lines, `until ${formatTime(Math.min(...untils))}`];
}

function factsOf(contract: Contract, attestations: readonly Evaluated[], digest: string): Facts {
  const stating = eachStatementOnce(attestations.filter(({ sound }) => sound));
  const read = readSources(stating.map(({ predicate = {}, ...one }) => ({ ...one, predicate })));
  return combineRead(read, { digest }, settingNothingAside(contract, attestations)).combined;
}

function complete(records: readonly CaseRecord[]): readonly Evaluated[] {
  const firsts = new FirstRecords();
  let last = { seq: 0, timeMs: FIRST_TIME_MS };
  return records.map((record, index) => {
    const { seq = last.seq + 1, time, principal = 'shop-ci', person, statement = `own ${index}`, ...rest } = record;
    last = { seq, timeMs: time === undefined ? last.timeMs + 60_000 : (parseTime(time) ?? Number.NaN) };
    const named = person === undefined ? {} : { person };
    const own = { seq, time: formatTime(last.timeMs), ...named, filing: { seq, principal, ...named } };
    const place = { stage: rest.stage, statement };
    firsts.note(place, own);
    const first = firsts.of(place) ?? own;
    const usual = {
      repository: 'shop/api',
      predicateType: 'urn:test',
      signer: 'd4'.repeat(32),
      assurance: 'pipeline',
      sound: true,
    };
    return { ...usual, ...rest, seq, first };
  });
}

/** The case in a JSON value that a file of cases holds. */
export function contractCase(value: Json): ContractCase {
  if (!isJsonObject(value) || typeof value.name !== 'string' || !isJsonObject(value.contract))
    throw new Error('no case');
  return value as unknown as ContractCase;
}
