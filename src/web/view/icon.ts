import { drawn } from './element.ts';

/** How something stands: by shape first, by colour second. */
export type Tone = 'pass' | 'fail' | 'warn' | 'neutral';

/** A tick in a disc, a cross in an octagon, an exclamation mark in a triangle, a dash in a ring. */
export const SHAPES: Readonly<Record<Tone, readonly string[]>> = {
  pass: ['M12 2.5a9.5 9.5 0 1 1 0 19a9.5 9.5 0 0 1 0-19Z', 'm7.6 12.4 3 3 5.8-6.3'],
  fail: ['M8 2.7h8L21.3 8v8L16 21.3H8L2.7 16V8Z', 'm8.7 8.7 6.6 6.6m0-6.6-6.6 6.6'],
  warn: ['M12 3.2 22 20.5H2Z', 'M12 9.4v5.2m0 2.7v.2'],
  neutral: ['M12 2.5a9.5 9.5 0 1 1 0 19a9.5 9.5 0 0 1 0-19Z', 'M8 12h8'],
};

/** The icon of an outcome. `label` is what a screen reader says; without one the icon is decoration. */
export function icon(tone: Tone, label?: string): SVGSVGElement {
  const [outline, mark] = SHAPES[tone].map((d) =>
    drawn('path', {
      d,
      fill: 'none',
      stroke: 'currentColor',
      'stroke-width': 2,
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round',
    }),
  );
  return drawn(
    'svg',
    {
      class: `icon ${tone}`,
      viewBox: '0 0 24 24',
      ...(label === undefined ? { 'aria-hidden': 'true' } : { role: 'img', 'aria-label': label }),
    },
    outline,
    mark,
  );
}

/** The mark of Waybill: links of a chain, closed. */
export function wordmark(): HTMLElement {
  const mark = drawn(
    'svg',
    { viewBox: '0 0 24 24', 'aria-hidden': 'true', fill: 'none', stroke: 'currentColor', 'stroke-width': 2.2 },
    drawn('rect', { x: 2.2, y: 6.5, width: 11, height: 11, rx: 5.5 }),
    drawn('rect', { x: 10.8, y: 6.5, width: 11, height: 11, rx: 5.5 }),
  );
  const name = document.createElement('p');
  name.className = 'wordmark';
  name.append(mark, 'Waybill');
  return name;
}
