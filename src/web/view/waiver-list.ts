import type { Waiver } from '../../core/custody/check-waivers.ts';
import { waiverWords } from '../../core/custody/waiver-words.ts';
import { element } from './element.ts';
import { icon } from './icon.ts';
import { headlineTone } from './verdict-words.ts';

/** Every waiver that was asked for about the image, in force or not; glass that somebody broke stays in sight for ever. */
export function waiverList(waivers: readonly Waiver[]): HTMLElement {
  return element('ul', { class: 'stages card waivers' }, ...waivers.map(waiverLine));
}

function waiverLine(waiver: Waiver): HTMLElement {
  const { tone, title, text } = waiverWords(waiver);
  const { seq } = waiver.requested;
  return element(
    'li',
    {},
    icon(headlineTone(tone), title),
    element(
      'div',
      {},
      element('div', {}, element('b', {}, title), element('span', { class: 'quiet' }, ` · entry #${seq}`)),
      element('div', { class: 'small' }, text.slice(title.length + 2)),
      element('div', { class: 'code mono' }, waiver.waiver),
    ),
  );
}
