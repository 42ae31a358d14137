import type { Contract, ContractStage } from '../../core/contract/contract.ts';
import type { Check } from '../../core/custody/check.ts';
import { predicateTypeByUri } from '../../core/statement/predicate-types.ts';
import { element } from './element.ts';
import { icon } from './icon.ts';
import { shortDigest } from './short-digest.ts';

const OF_RUNS: readonly string[] = ['contract/run', 'contract/expected-stages', 'contract/attempts'];

/** A contract in force, as the evidence proved it. */
export type ContractShown = { readonly contract: Contract; readonly version: number; readonly seq: number };

/** The contracts that cover the repository, and for each stage that they ask for whether it is there. */
export function contractList(contracts: readonly ContractShown[], checks: readonly Check[]): HTMLElement {
  return element('div', {}, ...contracts.map((shown) => contractCard(shown, checks)));
}

function contractCard({ contract, version, seq }: ContractShown, checks: readonly Check[]): HTMLElement {
  const own = checks.filter((check) => check.contract === contract.contract);
  return element(
    'article',
    { class: 'contract card' },
    element(
      'header',
      {},
      element('h3', {}, contract.title ?? contract.contract),
      element(
        'p',
        { class: 'quiet small' },
        `${contract.contract} · version ${version} · entry #${seq} · covers ${contract.repositories.join(', ')}${contract.from === undefined ? '' : ` · takes images from ${contract.from.join(', ')}`}`,
      ),
    ),
    element(
      'ul',
      { class: 'stages' },
      stageLine(
        'Image signature',
        'signed by the service’s image key',
        own.filter(({ code }) => code === 'contract/signature'),
      ),
      ...contract.stages.map((stage) =>
        stageLine(
          stage.stage,
          requirements(stage),
          own.filter((check) => check.stage === stage.stage),
        ),
      ),
      ...runLine(contract, own),
    ),
  );
}

/** What is asked of runs, and what is asked of an image that names one without being asked. */
function runLine({ runs }: Contract, own: readonly Check[]): readonly HTMLElement[] {
  const checks = own.filter(({ code }) => OF_RUNS.includes(code));
  if (checks.length === 0) return [];
  const { required = false, attemptsMax, failedAttemptsMax } = runs ?? {};
  const parts = [
    required ? 'from a run that closed as succeeded' : 'not from a run that was lost, cancelled or failed',
    attemptsMax === undefined ? undefined : `no later than attempt ${attemptsMax}`,
    failedAttemptsMax === undefined ? undefined : `at most ${failedAttemptsMax} attempts before it without success`,
  ];
  return [stageLine('Run of the pipeline', parts.filter((part) => part !== undefined).join(' · '), checks)];
}

function stageLine(name: string, text: string, checks: readonly Check[]): HTMLElement {
  const failed = checks.find(({ outcome }) => outcome === 'fail');
  const met = checks.length > 0 && checks.every(({ outcome }) => outcome === 'pass' || outcome === 'waived');
  const at = checks.find(({ seq }) => seq !== undefined)?.seq;
  const waived = met && checks.some(({ outcome }) => outcome === 'waived');
  const state = waived ? 'waived' : met ? 'met' : failed === undefined ? 'not checked' : 'not met';
  return element(
    'li',
    {},
    icon(waived ? 'warn' : met ? 'pass' : failed === undefined ? 'neutral' : 'fail', state),
    element(
      'div',
      {},
      element(
        'div',
        {},
        element('b', {}, name),
        element('span', { class: 'quiet' }, ` · ${state}${at === undefined ? '' : ` at entry #${at}`}`),
      ),
      element('div', { class: 'quiet small' }, text),
      failed?.reason !== undefined && element('div', { class: 'small' }, element('code', {}, failed.reason)),
    ),
  );
}

/** What a stage must bring, in words. */
function requirements({ predicateTypes, signers, assurance, after, count, on }: ContractStage): string {
  const types = predicateTypes?.map((uri) => predicateTypeByUri(uri)?.title ?? uri);
  const parts = [
    types === undefined ? 'any type of statement' : types.join(' or '),
    on === 'source' ? 'about the commit' : undefined,
    assurance === 'pipeline' ? 'by the pipeline’s own key' : undefined,
    signers === undefined ? undefined : `by ${signers.map(shortDigest).join(' or ')}`,
    after === undefined ? undefined : `after ${after.join(', ')}`,
    count === 'latest' ? 'the newest counts' : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}
