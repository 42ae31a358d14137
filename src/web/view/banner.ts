import { element } from './element.ts';
import { icon, type Tone } from './icon.ts';

/** A reason under a verdict: a sentence, and the stable code of the check that gives it. */
export type Reason = { readonly sentence: string; readonly advice?: string; readonly code: string };

export type Banner = {
  readonly tone: Tone;
  readonly title: string;
  readonly text: string;
  readonly reasons: readonly Reason[];
};

/** The verdict in words, with an icon beside its colour, announced to screen readers when it changes. */
export function banner({ tone, title, text, reasons }: Banner): HTMLElement {
  return element(
    'section',
    { class: `banner ${tone}`, 'aria-label': 'Verdict' },
    icon(tone),
    element(
      'div',
      {},
      element('h1', {}, title),
      element('p', {}, text),
      reasons.length > 0 && element('ul', { class: 'reasons' }, ...reasons.map(reasonItem)),
    ),
  );
}

function reasonItem({ sentence, advice, code }: Reason): HTMLElement {
  return element(
    'li',
    {},
    element('div', {}, sentence),
    element('div', { class: 'small' }, advice !== undefined && `${advice} `, element('code', {}, code)),
  );
}
