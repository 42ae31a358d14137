import { element } from './element.ts';
import { icon } from './icon.ts';

/** A strength that a claim has or lacks. */
export type AssuranceLine = {
  readonly holds: boolean;
  /** In a few words, for a line of all. */
  readonly short: string;
  readonly title: string;
  readonly text: string;
  /** Its lack is worth a second look. */
  readonly warns?: boolean;
};

/** The assurances, each with a plain yes or no. A "no" is no failure: it says what a reader still has to take on trust. */
export function assuranceList(lines: readonly AssuranceLine[]): HTMLElement {
  return element(
    'ul',
    { class: 'assurances' },
    ...lines.map(({ holds, title, text, warns = false }) =>
      element(
        'li',
        {},
        icon(holds ? 'pass' : warns ? 'warn' : 'neutral'),
        element(
          'div',
          {},
          element('div', {}, element('b', {}, `${title}: ${holds ? 'yes' : 'no'}`)),
          element('div', { class: 'quiet small' }, text),
        ),
      ),
    ),
  );
}
