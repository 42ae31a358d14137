import type { Check } from '../../core/custody/check.ts';
import { explainCheck } from '../../core/custody/explain-check.ts';
import { whoCanAct } from '../../core/custody/who-can-act.ts';
import { CHECK_GROUPS, GROUP_OF } from './check-groups.ts';
import { checkPlaces } from './check-places.ts';
import { grouped } from './count-words.ts';
import { element } from './element.ts';
import { icon, type Tone } from './icon.ts';

const OUTCOME_WORDS = { pass: 'holds', fail: 'failed', waived: 'waived', 'not-run': 'not checked' } as const;
const TONES: Readonly<Record<Check['outcome'], Tone>> = {
  pass: 'pass',
  fail: 'fail',
  waived: 'warn',
  'not-run': 'neutral',
};

/** Every check by what it is about, each with its sentence; a group with anything but passes stands open. */
export function checkList(checks: readonly Check[]): HTMLElement {
  const groups = CHECK_GROUPS.map((title) => ({ title, of: checks.filter(({ code }) => GROUP_OF[code] === title) }));
  return element('div', {}, tally(checks), ...groups.filter(({ of }) => of.length > 0).map(group));
}

function tally(checks: readonly Check[]): HTMLElement {
  const lines = (['pass', 'fail', 'waived', 'not-run'] as const).map((outcome) => {
    const count = checks.filter((check) => check.outcome === outcome).length;
    if (count === 0) return undefined;
    const word = outcome === 'pass' ? 'hold' : OUTCOME_WORDS[outcome];
    return element('li', {}, icon(TONES[outcome]), `${grouped(count)} ${word}`);
  });
  return element('ul', { class: 'tally', 'aria-label': 'Checks by outcome' }, ...lines);
}

function group({ title, of }: { readonly title: string; readonly of: readonly Check[] }): HTMLElement {
  const open = of.filter(({ outcome }) => outcome !== 'pass').length;
  const tone: Tone = of.some(({ outcome }) => outcome === 'fail') ? 'fail' : open > 0 ? 'neutral' : 'pass';
  const count =
    open === 0 ? `all ${grouped(of.length)} hold` : `${grouped(of.length - open)} of ${grouped(of.length)} hold`;
  return element(
    'details',
    { class: 'group card', open: open > 0 },
    element(
      'summary',
      {},
      icon(tone, tone === 'pass' ? 'holds' : tone === 'fail' ? 'failed' : 'not all checked'),
      element('div', {}, element('h3', {}, title)),
      element('span', { class: 'count' }, count),
    ),
    element('ul', { class: 'checks' }, ...kinds(of).map(line)),
  );
}

/** Checks that say the same of different entries or lists become one line with its places below. */
function kinds(checks: readonly Check[]): readonly (readonly [Check, ...Check[]])[] {
  const lines = new Map<string, [Check, ...Check[]]>();
  for (const check of checks) {
    const { code, outcome, reason = '' } = check;
    const own = /^(?:contract|waiver)\//.test(code) ? `${check.contract} ${check.stage}` : '';
    const name = `${code} ${outcome} ${reason} ${own}`;
    const known = lines.get(name);
    if (known === undefined) lines.set(name, [check]);
    else known.push(check);
  }
  return [...lines.values()].sort(([a], [b]) => rank(a) - rank(b));
}

function rank({ outcome }: Check): number {
  return ['fail', 'not-run', 'waived', 'pass'].indexOf(outcome);
}

function line(checks: readonly [Check, ...Check[]]): HTMLElement {
  const [first] = checks;
  const { title, text, advice } = explainCheck(first);
  const codes = first.reason === undefined ? first.code : `${first.code} · ${first.reason}`;
  return element(
    'li',
    {},
    icon(TONES[first.outcome], OUTCOME_WORDS[first.outcome]),
    element(
      'div',
      {},
      element('div', {}, element('b', {}, title), stageOf(first)),
      element('div', { class: 'small' }, text),
      advice !== undefined && element('div', { class: 'quiet small' }, advice),
      first.outcome === 'fail' && element('div', { class: 'quiet small' }, `Can act: ${whoCanAct(first).who}.`),
      element('div', { class: 'code mono' }, codes),
      checkPlaces(checks),
    ),
  );
}

/** Checks of a contract are about one stage each, which belongs beside the title. */
function stageOf({ code, stage }: Check): string {
  return /^(?:contract|waiver)\//.test(code) && stage !== undefined ? ` · ${stage}` : '';
}
