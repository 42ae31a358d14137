import type { Contract } from './contract.ts';
import type { Evaluated } from './evaluated.ts';
import { eachStatementOnce } from './first-records.ts';
import { meetsStage } from './look-at-stages.ts';

/**
 * Which of the statements that are sound set no vulnerability aside by VEX for the contract, by their places among them in
 * the ledger's order: those of which no record is of a stage in `vexFrom` and meets it. None without `vexFrom`.
 * Source: docs/spec/contract.md §3.6.
 */
export function settingNothingAside(
  { vexFrom, stages }: Pick<Contract, 'vexFrom' | 'stages'>,
  attestations: readonly Evaluated[],
): ReadonlySet<number> {
  if (vexFrom === undefined) return new Set();
  const named = stages.filter(({ stage }) => vexFrom.includes(stage));
  const sound = attestations.filter((one) => one.sound);
  const heard = new Set(
    sound.filter((one) => named.some((wanted) => meetsStage(wanted, one))).map(({ first }) => first.seq),
  );
  const places = eachStatementOnce(sound).flatMap(({ first }, place) => (heard.has(first.seq) ? [] : [place]));
  return new Set(places);
}
