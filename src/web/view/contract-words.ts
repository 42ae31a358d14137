import type { Contract, ContractStage } from '../../core/contract/contract.ts';
import { predicateTypeByUri } from '../../core/statement/predicate-types.ts';
import { grouped } from './count-words.ts';
import { shortDigest } from './short-digest.ts';

/** What a stage must bring, in words. */
export function stageWords(stage: ContractStage): string {
  const { predicateTypes, signers, assurance, after, count, on, threshold, distinctFrom, distinctFromBuilder, maxAge } =
    stage;
  const types = predicateTypes?.map((uri) => predicateTypeByUri(uri)?.title ?? uri);
  const apart = [...(distinctFrom ?? []).map((name) => `those behind ${name}`)];
  if (distinctFromBuilder === true) apart.push('those who had the image signed');
  return together([
    types === undefined ? 'any type of statement' : types.join(' or '),
    on === 'source' ? 'about the commit' : undefined,
    assurance === 'pipeline' ? 'by the pipeline’s own key' : undefined,
    signers === undefined ? undefined : `by ${signers.map(shortDigest).join(' or ')}`,
    after === undefined ? undefined : `after ${after.join(', ')}`,
    threshold === undefined ? undefined : `by ${threshold} different ${threshold === 1 ? 'person' : 'people'}`,
    apart.length === 0 ? undefined : `by others than ${apart.join(' and ')}`,
    maxAge === undefined ? undefined : `no older than ${maxAge}`,
    count === 'latest' ? 'the newest counts' : undefined,
  ]);
}

/** What is asked of the run that the image comes from, in words. */
export function runWords(runs: Contract['runs']): string {
  const { required = false, attemptsMax, failedAttemptsMax } = runs ?? {};
  return together([
    required ? 'from a run that closed as succeeded' : 'not from a run that was lost, cancelled or failed',
    attemptsMax === undefined ? undefined : `no later than attempt ${attemptsMax}`,
    failedAttemptsMax === undefined ? undefined : `at most ${failedAttemptsMax} attempts before it without success`,
  ]);
}

/** Whose statements of VEX set vulnerabilities aside, in words. */
export function vexWords(vexFrom: readonly string[]): string {
  if (vexFrom.length === 0) return 'nobody’s VEX sets vulnerabilities aside';
  return `only stage ${vexFrom.join(' or ')} sets vulnerabilities aside by VEX`;
}

/** What the image may be at most, or may be built upon, in words. */
export function limitWords(name: string, limit: number | readonly string[]): string {
  if (typeof limit !== 'number') return `built upon ${limit.join(' or ')}`;
  const unit = { imageBytesMax: ' bytes', layersMax: ' layers', componentsMax: ' components' }[name] ?? '';
  return `at most ${grouped(limit)}${unit}`;
}

function together(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' · ');
}
