import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { COLOURS } from '../../src/report/style/colours.ts';
import { PAGE_STYLE } from '../../src/report/style/page-style.ts';
import { PAPER } from '../../src/report/style/paper.ts';

const [day = '', night = ''] = COLOURS.split('@media');

/** Foregrounds and the grounds that they stand on. */
const PAIRS = [
  ...['paper', 'card', 'faint'].flatMap((ground) => [
    ['ink', ground],
    ['quiet', ground],
    ['accent', ground],
  ]),
  ['accent', 'accent-ground'],
  ...['pass', 'warn', 'fail'].flatMap((tone) => [
    [tone, `${tone}-ground`],
    ['ink', `${tone}-ground`],
    ['quiet', `${tone}-ground`],
    [tone, 'card'],
    [tone, 'paper'],
  ]),
] as const;

describe('the style of pages', () => {
  for (const [name, text] of [
    ['by day', day],
    ['by night', night],
    ['on paper', PAPER],
  ] as const) {
    it(`has readable colours ${name}: at least 4.5 to 1 (WCAG 2.2 AA)`, () => {
      const colours = new Map(
        [...text.matchAll(/--([a-z-]+): (#[0-9a-f]{6})/g)].map(([, key = '', hex = '']) => [key, hex]),
      );
      for (const [foreground = '', ground = ''] of PAIRS) {
        const ratio = contrast(colours.get(foreground) ?? '', colours.get(ground) ?? '');
        assert(ratio >= 4.5, `${foreground} on ${ground}: ${ratio.toFixed(2)}`);
      }
    });
  }

  it('fetches nothing and cannot end its own block', () => {
    assert(!/url\(|@import|<|expression\(/.test(PAGE_STYLE));
  });
});

/** Contrast ratio of WCAG 2.2, "relative luminance". */
function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  assert.match(hex, /^#[0-9a-f]{6}$/);
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
