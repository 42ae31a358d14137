import { sha256 } from '#sha256';
import { FirstRecords } from '../contract/first-records.ts';
import { formatHex } from '../encoding/hex.ts';
import type { CheckList } from './check.ts';
import { type CommitAttempt, checkRuns, type Runs } from './check-runs.ts';
import { type ContractInForce, fromOf } from './contracts-in-force.ts';
import { type Counted, checkCounted } from './counted.ts';
import type { Question } from './evidence.ts';
import type { Material } from './material.ts';
import { imagesInQuestion } from './needed-lists.ts';
import type { TrustState } from './trust-state.ts';

/** What counts of the image in another repository, and the runs there. */
export type Promoted = { readonly counted: readonly Counted[]; readonly runs: Runs };

/** What was recorded of the image in each repository that a contract in force takes images from, by its name. */
export type Promotions = ReadonlyMap<string, Promoted>;

/**
 * What is known of the same image in the repositories that contracts in force name in `from`, each checked as what is known of
 * it here: by the repository that it was filed in, so that a signer, a principal and a run must be allowed there.
 * Source: docs/spec/custody-checks.md §4.1.
 */
export function checkPromotions(
  question: Question,
  contracts: readonly ContractInForce[],
  material: Material,
  trust: TrustState,
  checks: CheckList,
): Promotions {
  const repositories = new Set(contracts.flatMap(({ contract }) => fromOf(contract, question.repository)));
  return new Map(
    [...repositories].sort().map((repository) => {
      const there = { ...question, repository };
      const entries = [...material.entries.values()].map(({ entry }) => entry);
      const own = { ...material, images: imagesInQuestion(there, entries) };
      const runs = checkRuns(there, own, trust, checks);
      return [repository, { runs, counted: checkCounted(there, own, trust, runs, checks) }];
    }),
  );
}

/** Every attempt at the commits that the image comes from in those repositories, by repository, each with its name. */
export function promotedAttempts(promotions: Promotions): readonly CommitAttempt[] {
  return [...promotions].flatMap(([promotedFrom, { runs }]) =>
    runs.attempts.map((attempt) => ({ ...attempt, promotedFrom })),
  );
}

/** What counts here and what counts of these repositories, in the ledger's order. */
export function withPromoted(
  counted: readonly Counted[],
  promotions: Promotions,
  from: Iterable<string> = promotions.keys(),
): readonly Counted[] {
  const more = [...from].flatMap((repository) => promotions.get(repository)?.counted ?? []);
  return more.length === 0 ? counted : recordedFirst([...counted, ...more].sort((a, b) => a.entry.seq - b.entry.seq));
}

/** An envelope that was recorded there and is posted here again is as old as it was there, and counts once. */
function recordedFirst(counted: readonly Counted[]): readonly Counted[] {
  const firsts = new FirstRecords();
  const records = counted.flatMap((one) =>
    one.content === undefined
      ? []
      : [{ one, record: { stage: one.entry.stage, statement: formatHex(sha256(one.content.envelope.payload)) } }],
  );
  for (const { one, record } of records) firsts.note(record, one.first);
  const found = new Map(records.map(({ one, record }) => [one, firsts.of(record)]));
  return counted.map((one) => ({ ...one, first: found.get(one) ?? one.first }));
}
