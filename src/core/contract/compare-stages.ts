import { compareRules } from './compare-rules.ts';
import type { ContractStage } from './contract.ts';
import {
  type ContractChange,
  compareAllowed,
  compareAsked,
  compareMember,
  type Direction,
  type MemberChange,
  moreLoosens,
} from './contract-change.ts';
import { durationMs } from './duration.ts';
import { excludesPeople } from './people-of.ts';

/** Stages by their names: one that is new is stricter, one that is gone looser, whatever it asks for. */
export function compareStages(
  before: readonly ContractStage[],
  after: readonly ContractStage[],
): readonly ContractChange[] {
  const named = (stages: readonly ContractStage[], name: string) => stages.find(({ stage }) => stage === name);
  const isFollowed = (name: string) => [...before, ...after].some((stage) => stage.after?.includes(name) === true);
  return [
    ...after.flatMap((stage): readonly ContractChange[] => {
      const old = named(before, stage.stage);
      if (old === undefined)
        return [{ direction: 'tightened', member: 'stage', stage: stage.stage, after: stage.stage }];
      const isEither = isFollowed(stage.stage) || excludesPeople(old) || excludesPeople(stage);
      return compareStage(old, stage, isEither).map((change) => ({ ...change, stage: stage.stage }));
    }),
    ...before.flatMap(({ stage }): readonly ContractChange[] =>
      named(after, stage) === undefined ? [{ direction: 'loosened', member: 'stage', stage, before: stage }] : [],
    ),
  ];
}

function compareStage(before: ContractStage, after: ContractStage, isEither: boolean): readonly ContractChange[] {
  const builder = ({ distinctFromBuilder }: ContractStage) => distinctFromBuilder;
  return [
    ...compareAllowed('predicateTypes', before.predicateTypes, after.predicateTypes),
    ...compareAllowed('signers', before.signers, after.signers),
    ...compareMember('assurance', ownKey(before), ownKey(after), () => 'neutral'),
    ...compareAsked('after', before.after, after.after),
    ...compareCount(before, after, isEither),
    ...compareOn(before, after),
    ...compareThreshold(before, after, isEither),
    ...compareAsked('distinctFrom', before.distinctFrom, after.distinctFrom),
    ...compareMember('distinctFromBuilder', builder(before), builder(after), () => 'neutral'),
    ...compareMember('maxAge', before.maxAge, after.maxAge, compareAges),
    ...compareRules(before.rules, after.rules),
  ];
}

/** The weaker assurance is what counts where none is named. */
function ownKey({ assurance }: ContractStage): 'pipeline' | undefined {
  return assurance === 'pipeline' ? assurance : undefined;
}

function compareAges(before: string, after: string): Direction {
  const [was, is] = [durationMs(before), durationMs(after)];
  return was === is ? 'neutral' : moreLoosens(was, is);
}

/**
 * More attestations that are looked at are stricter for their stage. But the first of them is then earlier, so that what comes after
 * the stage is in order more easily, and more people are behind them, of whom one is none of those that do not count: where
 * others follow the stage, or people are told apart, it may be either.
 */
function ofMore(isMore: boolean, isEither: boolean): Direction {
  if (isEither) return 'unclear';
  return isMore ? 'tightened' : 'loosened';
}

function compareCount(before: ContractStage, after: ContractStage, isEither: boolean): readonly MemberChange[] {
  const [was, is] = [before.count ?? 'all', after.count ?? 'all'];
  return was === is ? [] : [{ direction: ofMore(is === 'all', isEither), member: 'count', before: was, after: is }];
}

function compareOn(before: ContractStage, after: ContractStage): readonly MemberChange[] {
  const [was, is] = [before.on ?? 'image', after.on ?? 'image'];
  return was === is ? [] : [{ direction: 'unclear', member: 'on', before: was, after: is }];
}

/** With `latest`, a threshold lets the newest word of each person count, and not the newest alone. */
function compareThreshold(before: ContractStage, after: ContractStage, isEither: boolean): readonly MemberChange[] {
  const [was, is] = [before.threshold, after.threshold];
  const changes = compareMember('threshold', was, is, (less, more) => (more > less ? 'tightened' : 'loosened'));
  const isLatest = before.count === 'latest' || after.count === 'latest';
  if (!isLatest || (was === undefined) === (is === undefined)) return changes;
  return changes.map((change) => ({ ...change, direction: ofMore(was === undefined, isEither) }));
}
