import { counted } from './count-words.ts';
import { element } from './element.ts';
import { icon, type Tone } from './icon.ts';

/** A reason under a verdict: a sentence, what to do and who can, and the stable code of the check that gives it. */
export type Reason = {
  readonly sentence: string;
  readonly advice?: string;
  readonly who?: string;
  readonly code: string;
};

export type Banner = {
  readonly tone: Tone;
  readonly title: string;
  readonly text: string;
  readonly reasons: readonly Reason[];
  /** How many further reasons stand with their checks. */
  readonly more?: number;
};

/** The verdict in words, with an icon beside its colour, announced to screen readers when it changes. */
export function banner({ tone, title, text, reasons, more = 0 }: Banner): HTMLElement {
  return element(
    'section',
    { class: `banner ${tone}`, 'aria-label': `Verdict: ${title}` },
    icon(tone),
    element(
      'div',
      {},
      element('h1', { tabindex: -1 }, title),
      element('p', {}, text),
      reasons.length > 0 && element('ul', { class: 'reasons' }, ...reasons.map(reasonItem)),
      more > 0 &&
        element(
          'p',
          { class: 'small' },
          element('a', { href: '#checks' }, `${counted(more, 'more reason', 'more reasons')}, with every check`),
        ),
    ),
  );
}

function reasonItem({ sentence, advice, who, code }: Reason): HTMLElement {
  return element(
    'li',
    {},
    element('div', {}, sentence),
    element('div', { class: 'small' }, advice !== undefined && `${advice} `, element('code', {}, code)),
    who !== undefined && element('div', { class: 'small' }, element('b', {}, 'Can act: '), `${who}.`),
  );
}
