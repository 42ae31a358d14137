import type { NotProved } from '../../core/custody/not-proved.ts';
import { element } from './element.ts';
import { icon } from './icon.ts';

/** What a report does not show, each with the reason and, where there is one, the way to show it. */
export function notProvedList(things: readonly NotProved[]): HTMLElement {
  return element(
    'ul',
    { class: 'assurances' },
    ...things.map(({ title, why, remedy }) =>
      element(
        'li',
        {},
        icon('neutral'),
        element(
          'div',
          {},
          element('div', {}, element('b', {}, title)),
          element('div', { class: 'small' }, why),
          remedy !== undefined && element('div', { class: 'quiet small' }, remedy),
        ),
      ),
    ),
  );
}
