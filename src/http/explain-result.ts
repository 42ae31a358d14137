import type { CustodyResult } from '../core/custody/verify-custody.ts';

type Check = CustodyResult['checks'][number];

/** Why the answer is no: every check that failed, and every one that could not be run. */
export function reasonsOf(result: CustodyResult): readonly object[] {
  return result.checks
    .filter(({ outcome }) => outcome === 'fail' || outcome === 'not-run')
    .map((check) => {
      const { code, outcome, reason, stage, contract, seq } = check;
      return { code, outcome, reason, stage, contract, seq, text: explain(check) };
    });
}

/** A sentence for each check, in the checks' order. */
export function explanationsOf(result: CustodyResult): readonly string[] {
  return result.checks.map(explain);
}

function explain(check: Check): string {
  return check.detail ?? check.reason ?? check.code;
}
