import { drawn } from './element.ts';

/** What a step's mark says: who vouched for it. Distinct without colour: filled, open, ringed, diamond, square, square struck out, discs in a pile. */
export type Mark = 'own' | 'service' | 'image' | 'decision' | 'withdrawn' | 'several' | 'other';

/** The mark of a step around (x, y); a broken one is a filled octagon with a cross, whatever it was. */
export function mark(kind: Mark, broken: boolean, x: number, y: number): SVGElement {
  if (broken) {
    const d = `M${x - 3} ${y - 8}h6l5 5v6l-5 5h-6l-5-5v-6Z`;
    const cross = `M${x - 3} ${y - 3}l6 6m0-6l-6 6`;
    return drawn(
      'g',
      {},
      drawn('path', { class: 'node broken', d }),
      drawn('path', { class: 'cross', d: cross, fill: 'none' }),
    );
  }
  const square = () => drawn('rect', { class: 'node other', x: x - 5, y: y - 5, width: 10, height: 10, rx: 2 });
  if (kind === 'other') return square();
  if (kind === 'decision') return drawn('path', { class: 'node', d: `M${x} ${y - 7.5}l7.5 7.5l-7.5 7.5l-7.5-7.5Z` });
  if (kind === 'withdrawn') {
    const stroke = drawn('path', { class: 'struck', d: `M${x - 9} ${y + 9}L${x + 9} ${y - 9}` });
    return drawn('g', {}, square(), stroke);
  }
  if (kind === 'image') {
    return drawn(
      'g',
      {},
      drawn('circle', { class: 'node', cx: x, cy: y, r: 8.5 }),
      drawn('circle', { class: 'node own', cx: x, cy: y, r: 3.5 }),
    );
  }
  if (kind === 'several') {
    const discs = [5, 0, -5].map((down) => drawn('circle', { class: 'node', cx: x, cy: y + down, r: 6 }));
    return drawn('g', {}, ...discs);
  }
  return drawn('circle', { class: kind === 'own' ? 'node own' : 'node', cx: x, cy: y, r: 6 });
}

/** A mark by itself, for the legend. */
export function sample(kind: Mark | 'broken' | 'via'): SVGSVGElement {
  if (kind === 'via') {
    const bend = drawn('path', { class: 'branch', d: 'M3 5C14 5 18 8 18 19' });
    return drawn('svg', { viewBox: '0 0 22 22', 'aria-hidden': 'true' }, bend);
  }
  const shape = kind === 'broken' ? mark('other', true, 11, 11) : mark(kind, false, 11, 11);
  return drawn('svg', { viewBox: '0 0 22 22', 'aria-hidden': 'true' }, shape);
}
