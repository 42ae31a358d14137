import type { Contract, ContractStage } from '../../core/contract/contract.ts';
import type { Check } from '../../core/custody/check.ts';
import { outcomeText } from './compare-case.ts';

/**
 * What the contract asks for and no case sees fail, in the words of cases: it could be dropped, and no case would notice.
 */
export function unseenFailures(contract: Contract, checks: readonly Check[]): readonly string[] {
  const seen = checks.filter(({ outcome }) => outcome === 'fail' || outcome === 'waived').map(outcomeText);
  return failuresOf(contract).filter((one) => !seen.some((text) => text === one || text.startsWith(`${one} `)));
}

/** Every way in which an image can miss what the contract asks for, one for each member. */
function failuresOf({ stages, limits = {}, rules = [], runs }: Contract): readonly string[] {
  const { baseImages, ...numbers } = limits;
  return [
    'contract/signature-missing',
    ...stages.flatMap(failuresOfStage),
    ...Object.keys(numbers).map((limit) => `contract/limit-exceeded ${limit}`),
    ...(baseImages === undefined ? [] : ['contract/base-image-not-allowed baseImages']),
    ...rules.map(({ rule }) => `contract/rule-violated ${rule}`),
    ...(runs?.required === true ? ['contract/run-missing', 'contract/expected-stage-missing'] : []),
    ...(runs?.attemptsMax === undefined ? [] : ['contract/too-many-attempts']),
    ...(runs?.failedAttemptsMax === undefined ? [] : ['contract/too-many-failed-attempts']),
  ];
}

function failuresOfStage(stage: ContractStage): readonly string[] {
  const { predicateTypes, signers, assurance, after, threshold, distinctFrom, distinctFromBuilder, maxAge } = stage;
  const asked = {
    'contract/stage-missing': true,
    'contract/wrong-predicate-type': predicateTypes !== undefined,
    'contract/wrong-signer': signers !== undefined,
    'contract/wrong-assurance': assurance === 'pipeline',
    'contract/stage-too-early': after !== undefined,
    'contract/too-few-people': threshold !== undefined && threshold > 1,
    'contract/same-person': distinctFrom !== undefined || distinctFromBuilder !== undefined,
    'contract/stale': maxAge !== undefined,
  };
  const reasons = Object.entries(asked).flatMap(([reason, isAsked]) => (isAsked ? [reason] : []));
  return [
    ...reasons.map((reason) => `${reason} ${stage.stage}`),
    ...(stage.rules ?? []).map(({ rule }) => `contract/rule-violated ${stage.stage} ${rule}`),
  ];
}
