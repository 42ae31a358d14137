import type { Check } from '../../core/custody/check.ts';
import type { Verdict } from '../../core/entry/kinds/verdict-recorded.ts';
import type { CaseOutcome, ContractCase } from './contract-case.ts';
import type { JudgedCase } from './judge-case.ts';

/** Where what was found is not what was expected; nothing in it where all is. */
export type CaseDifference = {
  readonly verdict?: { readonly expected: Verdict; readonly found: Verdict };
  /** Expected to fail, or to be waived, and not found so, in the words of the case. */
  readonly missing: readonly string[];
  /** Failed, or was waived, and is not expected to. */
  readonly unexpected: readonly Check[];
};

/** How what was found differs from what the case expects; undefined where it does not. */
export function compareCase({ expect }: ContractCase, { verdict, checks }: JudgedCase): CaseDifference | undefined {
  const of = (outcome: Check['outcome'], expected: readonly CaseOutcome[]) => {
    const found = checks.filter((check) => check.outcome === outcome);
    return {
      missing: expected.filter((one) => !found.some((check) => isNamedBy(check, one))).map(({ text }) => text),
      unexpected: found.filter((check) => !expected.some((one) => isNamedBy(check, one))),
    };
  };
  const failing = of('fail', expect.failing ?? []);
  const waived = expect.waived === undefined ? { missing: [], unexpected: [] } : of('waived', expect.waived);
  const difference = {
    ...(verdict === expect.verdict ? {} : { verdict: { expected: expect.verdict, found: verdict } }),
    missing: [...failing.missing, ...waived.missing],
    unexpected: [...failing.unexpected, ...waived.unexpected],
  };
  const same = difference.verdict === undefined && difference.missing.length + difference.unexpected.length === 0;
  return same ? undefined : difference;
}

/** The check or its reason, and whatever else is said: its stage, its rule or limit. */
function isNamedBy({ code, reason, stage, detail }: Check, expected: CaseOutcome): boolean {
  const names = [code, reason].includes(expected.code as Check['code']);
  return names && expected.about.every((one) => one === stage || one === detail);
}

/** A check as a case would name it: by the reason, and what it is about. */
export function outcomeText({ code, reason, stage, detail }: Check): string {
  const isNamed = code === 'contract/rule' || code === 'contract/limits';
  return [reason ?? code, stage, isNamed ? detail : undefined].filter((word) => word !== undefined).join(' ');
}
