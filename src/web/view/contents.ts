import { grouped } from './count-words.ts';
import { element } from './element.ts';
import { icon } from './icon.ts';
import type { Part } from './report-part.ts';

/** The contents of a report: each part by number and title, how many things it holds, and how it stands. */
export function contents(parts: readonly Part[]): HTMLElement {
  return element('nav', { class: 'contents', 'aria-label': 'Contents' }, element('ol', {}, ...parts.map(line)));
}

const TONE_WORDS = { pass: 'in order', fail: 'failed', warn: 'look here', neutral: 'open' } as const;

function line({ id, title, count, tone }: Part, index: number): HTMLElement {
  return element(
    'li',
    {},
    element(
      'a',
      { href: `#${id}` },
      element('span', { class: 'number' }, `${index + 1}`),
      element('span', { class: 'title' }, title),
      count !== undefined && element('span', { class: 'count' }, grouped(count)),
      tone !== undefined && icon(tone, TONE_WORDS[tone]),
    ),
  );
}
