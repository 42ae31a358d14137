import fc from 'fast-check';
import { processorMs } from '../harness/processor-time.ts';
import { pick, type Random } from './mutate.ts';

/** A regular expression as it stands in the source. */
export type SourcePattern = { readonly at: string; readonly pattern: RegExp };

/** Where an expression may begin, so that a slash there opens a pattern and does not divide. */
const LITERAL =
  /(?<=[(,=:[!&|?{};>]\s*|return\s+|^\s*)\/((?:[^/\\[\n*]|\\.|\[(?:[^\]\\\n]|\\.)*\])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])*)\/([dgimsuvy]*)/gm;

/** The patterns in a source text. Text in comments that looks like one is compiled and tried as well. */
export function patternsIn(file: string, source: string): readonly SourcePattern[] {
  return [...source.matchAll(LITERAL)].flatMap((match) => {
    try {
      const line = source.slice(0, match.index).split('\n').length;
      return [{ at: `${file}:${line}`, pattern: new RegExp(match[1] ?? '', (match[2] ?? '').replace('y', '')) }];
    } catch {
      return [];
    }
  });
}

const GENERIC = [
  'a',
  '0',
  ' ',
  '-',
  '/',
  '.',
  '_',
  'a-',
  'a/',
  'a.',
  '\n',
  '\t',
  '<',
  '<a',
  '[',
  '{',
  '"',
  '\\',
  'é',
  '+',
  '=',
  'x001/',
  '- ',
  '? ',
];

/**
 * Texts of about `length` characters on which a pattern that backtracks takes long: parts of what it matches repeated,
 * and then an end that it does not expect.
 */
function attacksOf(matches: readonly string[], random: Random, length: number): readonly string[] {
  const pumped = (before: string, part: string, after: string) =>
    (before + part.repeat(Math.ceil(length / part.length))).slice(0, length) + after.slice(0, 2);
  const attacks = GENERIC.map((part) => pumped('', part, '\u0001'));
  for (const match of matches) {
    for (let attempt = 0; attempt < 4 && match.length > 0; attempt += 1) {
      const from = Math.floor(random() * match.length);
      const to = from + 1 + Math.floor(random() * Math.min(8, match.length - from));
      attacks.push(pumped(match.slice(0, from), match.slice(from, to), pick(random, ['\u0001', '!', '', match])));
    }
  }
  return attacks;
}

/** Texts that match, where fast-check knows how to make some. */
function matchesOf(pattern: RegExp, random: Random): readonly string[] {
  try {
    const matching = fc.stringMatching(pattern, { size: 'small' });
    return fc.sample(matching, { numRuns: 4, seed: Math.floor(random() * 2 ** 31) });
  } catch {
    return [];
  }
}

/** Milliseconds of the slowest attack: short ones first, so that what grows without measure is met while it is small. */
export function slowestAttack(pattern: RegExp, random: Random, millisecondsMax: number): { ms: number; text: string } {
  let slowest = { ms: 0, text: '' };
  const matches = matchesOf(pattern, random);
  for (const length of [8, 12, 15, 18, 21, 24, 27, 30, 20_000]) {
    for (const text of attacksOf(matches, random, length)) {
      const first = timeOf(pattern, text, () => performance.now());
      // This machine may have been busy with something else: to ask for processor time is slow, and tells.
      const ms = first > millisecondsMax ? Math.min(...[0, 1, 2].map(() => timeOf(pattern, text, processorMs))) : first;
      if (ms > slowest.ms) slowest = { ms, text };
      if (ms > millisecondsMax) return slowest;
    }
  }
  return slowest;
}

function timeOf(pattern: RegExp, text: string, now: () => number): number {
  const started = now();
  pattern.lastIndex = 0;
  pattern.test(text);
  return now() - started;
}
