import { type Child, element } from './element.ts';
import type { Tone } from './icon.ts';

/** A numbered part of a report. */
export type Part = {
  /** Its place in the page's address space: unique, lower-case. */
  readonly id: string;
  readonly title: string;
  /** What a reader finds there, in a sentence or two. */
  readonly text: string;
  readonly body: readonly Child[];
  /** How many things stand there, for the contents; absent where that says nothing. */
  readonly count?: number;
  /** How it stands, where it stands somehow. */
  readonly tone?: Tone;
};

/** The part as a section with its number in front of its title, which people cite and paper keeps. */
export function partSection({ id, title, text, body }: Part, number: number): HTMLElement {
  return element(
    'section',
    { class: 'part', id, 'aria-labelledby': `${id}-title` },
    element('h2', { id: `${id}-title`, tabindex: -1 }, element('span', { class: 'number' }, `${number} `), title),
    element('p', {}, text),
    element('div', { class: 'body' }, ...body),
  );
}
