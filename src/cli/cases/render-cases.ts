import { explainCheck } from '../../core/custody/explain-check.ts';
import type { Json } from '../../core/encoding/json.ts';
import { plain } from '../layout-text.ts';
import { outcomeText } from './compare-case.ts';
import type { CaseResult } from './run-cases.ts';

export type CaseOutcomeWord = 'ok' | 'differs' | 'unreadable';

export function outcomeOf(result: CaseResult): CaseOutcomeWord {
  if ('trouble' in result) return 'unreadable';
  return result.difference === undefined ? 'ok' : 'differs';
}

/** A case as JSON: what was found, and where that differs from what was expected. */
export function caseJson(result: CaseResult): Json {
  const { file, name } = result;
  const about = { case: name, file, outcome: outcomeOf(result) };
  if ('trouble' in result) return { ...about, error: { ...result.trouble } };
  const { judged, difference } = result;
  return {
    ...about,
    verdict: judged.verdict,
    checks: judged.checks.map((check) => ({ ...check })),
    ...(difference === undefined
      ? {}
      : {
          difference: {
            ...(difference.verdict === undefined ? {} : { verdict: difference.verdict }),
            missing: difference.missing,
            unexpected: difference.unexpected.map(outcomeText),
          },
        }),
  };
}

/** A case for people: a line where all is as expected, otherwise below it what differs. */
export function caseLines(result: CaseResult): readonly string[] {
  const mark = { ok: 'ok       ', differs: 'DIFFERS  ', unreadable: 'UNREADABLE' }[outcomeOf(result)];
  return [`  ${mark} ${plain(result.name)}`, ...differenceLines(result).map((line) => `      ${line}`)];
}

/** What differs: `-` was expected and is not so, `+` is so and was not expected. */
export function differenceLines(result: CaseResult): readonly string[] {
  if ('trouble' in result) {
    const { line, column, message, code } = result.trouble;
    return [plain(`${result.file}:${line}:${column}: ${message} (${code})`)];
  }
  const { judged, difference } = result;
  if (difference === undefined) return [];
  const { verdict, missing, unexpected } = difference;
  const blocked = judged.checks.filter(({ outcome }) => outcome === 'not-run');
  return [
    plain(result.file),
    ...(verdict === undefined ? [] : [`- verdict ${verdict.expected}`, `+ verdict ${verdict.found}`]),
    ...missing.map((text) => `- ${plain(text)}`),
    ...unexpected.map((check) => `+ ${plain(outcomeText(check))}: ${plain(explainCheck(check).text)}`),
    ...blocked.map((check) => `  ${check.code} ${plain(check.stage ?? '')} was not tested`.trimEnd()),
  ];
}
