/** Ranges of code points, both ends included. */
export type CodePoints = readonly (readonly [from: number, to: number])[];

const POINT_MAX = 0x10ffff;

const DIGITS: CodePoints = [[0x30, 0x39]];
const WORDS: CodePoints = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
/** Tab, newline, form feed, carriage return, space: what RE2 calls `\s`. */
const SPACES: CodePoints = [
  [9, 10],
  [12, 13],
  [32, 32],
];

/** Escapes that stand for many code points; ASCII only, as in RE2. */
export const CLASS_ESCAPES: ReadonlyMap<string, CodePoints> = new Map([
  ['d', DIGITS],
  ['D', negated(DIGITS)],
  ['w', WORDS],
  ['W', negated(WORDS)],
  ['s', SPACES],
  ['S', negated(SPACES)],
]);

/** An escape that stands for one code point: `\t`, `\n`, `\r`, and every punctuation character of ASCII for itself. */
export function literalEscape(letter: string): CodePoints | undefined {
  const control = { t: 9, n: 10, r: 13 }[letter];
  const point = control ?? (/^[!-/:-@[-`{-~]$/.test(letter) ? letter.charCodeAt(0) : undefined);
  return point === undefined ? undefined : [[point, point]];
}

/** Every code point that is in none of the ranges. */
export function negated(points: CodePoints): CodePoints {
  const left: (readonly [number, number])[] = [];
  let next = 0;
  for (const [from, to] of points.toSorted((a, b) => a[0] - b[0])) {
    if (from > next) left.push([next, from - 1]);
    next = Math.max(next, to + 1);
  }
  return next > POINT_MAX ? left : [...left, [next, POINT_MAX]];
}

export function hasPoint(points: CodePoints, point: number): boolean {
  return points.some(([from, to]) => from <= point && point <= to);
}
