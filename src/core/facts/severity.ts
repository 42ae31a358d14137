import type { Json } from '../encoding/json.ts';
import { RATING_CHARACTERS_MAX } from '../limits.ts';
import { cvss2VectorTenths, cvssVectorTenths } from './cvss.ts';
import { cvss4VectorTenths } from './cvss4.ts';
import { type Level, SEVERITIES, type Severity } from './facts.ts';

/** Words of the tools, in lower case. What is not here is `unknown`. Source: docs/spec/facts.md §4.2. */
const WORDS: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  high: 'high',
  important: 'high',
  medium: 'medium',
  moderate: 'medium',
  low: 'low',
  minor: 'low',
  negligible: 'negligible',
  unimportant: 'negligible',
  none: 'negligible',
  info: 'negligible',
  informational: 'negligible',
};

const SCORE = /^(10(?:\.0{1,2})?|[0-9](?:\.[0-9]{1,2})?)$/;

/** The severity that a tool's word names, whatever its case. */
export function severityOfWord(word: string): Severity {
  const folded = word.length > RATING_CHARACTERS_MAX ? '' : word.toLowerCase();
  return Object.hasOwn(WORDS, folded) ? (WORDS[folded] ?? 'unknown') : 'unknown';
}

/**
 * The severity of a CVSS score in tenths, by the scale of version 3.1 and 4.0: none, low, medium, high, critical. Version 2 has
 * no scale of its own; a score says the same whatever gave it.
 */
export function severityOfScore(tenths: number): Severity {
  if (tenths >= 90) return 'critical';
  if (tenths >= 70) return 'high';
  if (tenths >= 40) return 'medium';
  return tenths >= 1 ? 'low' : 'negligible';
}

/** What a rating says, be it a word, a score from 0 to 10 as number or text, or a vector of CVSS 2, 3 or 4. */
export function severityOfRating(rating: Json | undefined): Severity {
  if (typeof rating === 'number') {
    return rating >= 0 && rating <= 10 ? severityOfScore(Math.round(rating * 10)) : 'unknown';
  }
  if (typeof rating !== 'string' || rating.length > RATING_CHARACTERS_MAX) return 'unknown';
  if (SCORE.test(rating)) return severityOfScore(Math.round(Number(rating) * 10));
  const tenths = cvssVectorTenths(rating) ?? cvss4VectorTenths(rating) ?? cvss2VectorTenths(rating);
  return tenths === undefined ? severityOfWord(rating) : severityOfScore(tenths);
}

/** The gravest of two; anything that is known is graver than `unknown`. */
export function graver(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) <= SEVERITIES.indexOf(b) ? a : b;
}

/** The level of a finding for which a tool names a severity instead: nothing that is unknown becomes less than a warning. */
export function levelOfSeverity(severity: Severity): Level {
  if (severity === 'critical' || severity === 'high') return 'error';
  return severity === 'medium' || severity === 'unknown' ? 'warning' : 'note';
}
