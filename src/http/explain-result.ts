import type { Check } from '../core/custody/check.ts';
import { type Explanation, explainCheck } from '../core/custody/explain-check.ts';
import type { CustodyResult } from '../core/custody/verify-custody.ts';

/** Not-run for want of what only a reader can bring; no verdict hangs on it. */
const BEARABLE: readonly (string | undefined)[] = ['origin/not-confirmed', 'checkpoint/pin-not-comparable'];

/** Why the answer is no: every check that failed, and every one that had to run and could not. */
export function reasonsOf(result: CustodyResult): readonly (Check & { readonly text: string })[] {
  return result.checks
    .filter(({ outcome, reason }) => outcome === 'fail' || (outcome === 'not-run' && !BEARABLE.includes(reason)))
    .map((check) => ({ ...check, text: sentencesOf(check) }));
}

/** Each check in words, in the checks' order. */
export function explanationsOf(result: CustodyResult): readonly Explanation[] {
  return result.checks.map(explainCheck);
}

function sentencesOf(check: Check): string {
  const { title, text, advice } = explainCheck(check);
  const about = check.detail === undefined ? '' : ` (${check.detail})`;
  return [`${title}: ${text}${about}`, advice].filter((part) => part !== undefined).join(' ');
}
