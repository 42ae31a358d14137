import { isNode, LineCounter, parseDocument } from 'yaml';
import { checkRules } from '../core/contract/check-rules.ts';
import { type Contract, readContract } from '../core/contract/contract.ts';
import type { Json } from '../core/encoding/json.ts';

/** What is wrong with a contract, or worth a thought: where it stands in the file, counted from 1. */
export type LintFinding = {
  readonly level: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly line: number;
  readonly column: number;
};

type Place = Pick<LintFinding, 'line' | 'column'>;

/** Everything that can be said of a contract in YAML or JSON without a service. An error would be refused when it is published. */
export function lintContract(text: string): readonly LintFinding[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { version: '1.2', lineCounter: lines, prettyErrors: false });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const [trouble] = document.errors;
  if (trouble !== undefined) {
    return [{ level: 'error', code: 'http/malformed-yaml', message: trouble.message, ...at(trouble.pos[0]) }];
  }
  const placeOf = (pointer: string): Place => {
    const path = pointer.split('/').slice(1);
    for (let length = path.length; length > 0; length -= 1) {
      const node: unknown = document.getIn(path.slice(0, length).map(indexed), true);
      if (isNode(node) && node.range) return at(node.range[0]);
    }
    return at(0);
  };
  const read = readContract(document.toJS({ maxAliasCount: 0 }) as Json);
  const checked = read.ok ? checkRules(read.value) : read;
  if (!checked.ok) {
    const { code, message, at: pointer = '', cause } = checked.fault;
    const said = code === 'contract/malformed' && cause !== undefined ? cause.message : message;
    return [{ level: 'error', code, message: said, ...placeOf(pointer) }];
  }
  return warningsOf(checked.value).map(([pointer, code, message]) => ({
    level: 'warning',
    code,
    message,
    ...placeOf(pointer),
  }));
}

function indexed(token: string): string | number {
  return /^(?:0|[1-9][0-9]*)$/.test(token) ? Number(token) : token.replaceAll('~1', '/').replaceAll('~0', '~');
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
