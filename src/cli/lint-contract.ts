import { type Contract, rulesOf } from '../core/contract/contract.ts';
import { readContractFile, type Trouble } from './contract-file.ts';

/** What is wrong with a contract, or worth a thought: where it stands in the file, counted from 1. */
export type LintFinding = Trouble & { readonly level: 'error' | 'warning' };

/** Everything that can be said of a contract in YAML or JSON without a service. An error would be refused when it is published. */
export function lintContract(bytes: Uint8Array): readonly LintFinding[] {
  const read = readContractFile(bytes);
  if (!read.ok) return [{ level: 'error', ...read.trouble }];
  return warningsOf(read.contract).map(([pointer, code, message]) => ({
    level: 'warning',
    code,
    message,
    ...read.placeOf(pointer),
  }));
}

type Warning = readonly [pointer: string, code: string, message: string];

/** What reads, and does less than it seems to, or more. */
function warningsOf(contract: Contract): readonly Warning[] {
  const whole: Warning[] = [];
  if (contract.stages.length === 0 && contract.rules === undefined && contract.limits === undefined)
    whole.push(['/stages', 'lint/asks-for-nothing', 'Nothing is asked for but a signature.']);
  if (contract.repositories.includes('*'))
    whole.push(['/repositories', 'lint/everywhere', 'It applies to every repository there is and will be.']);
  if (contract.limits?.baseImages?.includes('*') === true)
    whole.push(['/limits/baseImages', 'lint/any-base-image', '"*" allows every base image that has a name.']);
  if (contract.vexFrom !== undefined && !rulesOf(contract).some(({ rule }) => rule.expression.includes('facts')))
    whole.push(['/vexFrom', 'lint/vex-of-nothing', 'No rule speaks of facts: whose VEX counts makes no difference.']);
  return [...whole, ...contract.stages.flatMap((stage, index) => stageWarnings(stage, `/stages/${index}`))];
}

function stageWarnings(stage: Contract['stages'][number], at: string): readonly Warning[] {
  const { threshold = 0, distinctFrom, distinctFromBuilder, maxAge, rules, predicateTypes } = stage;
  const warnings: Warning[] = [];
  if (threshold > 1 && stage.count !== 'latest')
    warnings.push([
      `${at}/threshold`,
      'lint/no-second-word',
      'Whoever attested once cannot change their word: every attestation counts. Say count: latest if they may.',
    ]);
  if (threshold > 0 || distinctFrom !== undefined || distinctFromBuilder !== undefined)
    warnings.push([at, 'lint/needs-people', 'Principals without a person count for nobody: grant them one first.']);
  if (maxAge !== undefined && stage.count !== 'latest')
    warnings.push([
      `${at}/maxAge`,
      'lint/old-failures-stay',
      'A newer result makes the stage recent, and an older one that failed still counts. Say count: latest if it should not.',
    ]);
  if (rules !== undefined && predicateTypes === undefined)
    warnings.push([
      `${at}/rules`,
      'lint/rules-of-any-type',
      'Rules meet documents of any type: name the predicateTypes that they are written for.',
    ]);
  return warnings;
}
