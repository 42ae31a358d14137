import type { Contract, ContractRule } from '../../core/contract/contract.ts';
import type { Check } from '../../core/custody/check.ts';
import { REASONS } from '../../core/custody/reasons.ts';
import { limitWords, runWords, stageWords, vexWords } from './contract-words.ts';
import { type Child, element } from './element.ts';
import { entryLink, entryLinks } from './entry-reference.ts';
import { icon, type Tone } from './icon.ts';

const OF_RUNS: readonly string[] = ['contract/run', 'contract/expected-stages', 'contract/attempts'];

/** A contract in force, as the evidence proved it. */
export type ContractShown = { readonly contract: Contract; readonly version: number; readonly seq: number };

/** The contracts that cover the repository, and for everything that they ask for whether it is there. */
export function contractList(contracts: readonly ContractShown[], checks: readonly Check[]): HTMLElement {
  return element('div', {}, ...contracts.map((shown) => contractCard(shown, checks)));
}

function contractCard({ contract, version, seq }: ContractShown, checks: readonly Check[]): HTMLElement {
  const { stages, limits = {}, rules = [] } = contract;
  const own = checks.filter((check) => check.contract === contract.contract && check.code.startsWith('contract/'));
  const ofWhole = (code: Check['code'], detail: string) =>
    own.filter((check) => check.code === code && check.stage === undefined && check.detail === detail);
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
        `${contract.contract} · version ${version} · entry `,
        entryLink(seq),
        ` · covers ${contract.repositories.join(', ')}`,
        contract.from !== undefined && ` · takes images from ${contract.from.join(', ')}`,
        contract.vexFrom !== undefined && ` · ${vexWords(contract.vexFrom)}`,
      ),
    ),
    element(
      'ul',
      { class: 'stages' },
      requirementLine('Image signature', 'signed by the service’s image key', ofCode(own, ['contract/signature'])),
      ...stages.map((stage) =>
        requirementLine(
          stage.stage,
          stageWords(stage),
          own.filter((check) => check.stage === stage.stage && !OF_RUNS.includes(check.code)),
          ...ruleWords(stage.rules ?? []),
        ),
      ),
      ...Object.entries(limits).map(([name, limit]) =>
        requirementLine(`Limit ${name}`, limitWords(name, limit), ofWhole('contract/limits', name)),
      ),
      ...rules.map((rule) =>
        requirementLine(
          `Rule ${rule.rule}`,
          rule.title ?? '',
          ofWhole('contract/rule', rule.rule),
          element('code', {}, rule.expression),
        ),
      ),
      ...runLine(contract, ofCode(own, OF_RUNS)),
    ),
  );
}

function ofCode(checks: readonly Check[], codes: readonly string[]): readonly Check[] {
  return checks.filter(({ code }) => codes.includes(code));
}

/** What is asked of runs, and what is asked of an image that names one without being asked. */
function runLine({ runs }: Contract, checks: readonly Check[]): readonly HTMLElement[] {
  return checks.length === 0 ? [] : [requirementLine('Run of the pipeline', runWords(runs), checks)];
}

/** A stage's rules, each as it is written: whoever is asked to keep one must be able to read it. */
function ruleWords(rules: readonly ContractRule[]): readonly HTMLElement[] {
  return rules.map(({ rule, title, expression }) =>
    element(
      'div',
      { class: 'small' },
      element('span', { class: 'quiet' }, `${rule}${title === undefined ? '' : `, ${title}`}: `),
      element('code', {}, expression),
    ),
  );
}

const STATE_TONES = { met: 'pass', waived: 'warn', 'not met': 'fail', 'not checked': 'neutral' } as const;

function stateOf(checks: readonly Check[]): keyof typeof STATE_TONES {
  if (checks.some(({ outcome }) => outcome === 'fail')) return 'not met';
  if (checks.length === 0 || checks.some(({ outcome }) => outcome === 'not-run')) return 'not checked';
  return checks.some(({ outcome }) => outcome === 'waived') ? 'waived' : 'met';
}

function requirementLine(
  name: string,
  text: string,
  checks: readonly Check[],
  ...rules: readonly HTMLElement[]
): HTMLElement {
  const state = stateOf(checks);
  const tone: Tone = STATE_TONES[state];
  const seqs = checks.flatMap(({ seq }) => (seq === undefined ? [] : [seq]));
  const evidence: readonly Child[] =
    seqs.length === 0 ? [] : [` · ${state === 'met' ? 'by' : 'see'} `, ...entryLinks(seqs)];
  return element(
    'li',
    {},
    icon(tone),
    element(
      'div',
      {},
      element(
        'div',
        {},
        element('b', {}, name),
        element('span', { class: 'quiet' }, ` · ${state}`),
        element('span', { class: 'quiet' }, ...evidence),
      ),
      text !== '' && element('div', { class: 'quiet small' }, text),
      ...rules,
      ...failuresOf(checks),
    ),
  );
}

/** What is not met, and why, each reason once. */
function failuresOf(checks: readonly Check[]): readonly HTMLElement[] {
  const found = new Map<string, HTMLElement>();
  for (const { outcome, reason, waiver } of checks) {
    if (outcome === 'pass' || reason === undefined) continue;
    const by = waiver === undefined ? '' : ` Waived by ${waiver}.`;
    const text = `${REASONS[reason]?.text ?? ''}${by} `;
    found.set(`${reason} ${by}`, element('div', { class: 'small' }, text, element('code', {}, reason)));
  }
  return [...found.values()];
}
