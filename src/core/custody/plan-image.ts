import type { Contract } from '../contract/contract.ts';
import type { Verdict } from '../entry/kinds/verdict-recorded.ts';
import type { Check } from './check.ts';
import { type CustodyQuestion, verifyCustody } from './verify-custody.ts';

/** An image under the contracts in force, and as if a proposal was one of them. */
export type PlannedVerdict = {
  readonly before: Verdict;
  readonly after: Verdict;
  /** Checks of contracts that fail under the proposal and did not before. */
  readonly broken: readonly Check[];
};

/** What publishing the proposal would do to the image in question, at one instant. */
export function planImage(asked: Omit<CustodyQuestion, 'proposal'>, proposal: Contract): PlannedVerdict {
  const before = verifyCustody(asked);
  const after = verifyCustody({ ...asked, proposal });
  const known = new Set(failing(before.checks).map(nameOf));
  const broken = failing(after.checks).filter((check) => !known.has(nameOf(check)));
  return { before: before.verdict, after: after.verdict, broken };
}

function failing(checks: readonly Check[]): readonly Check[] {
  return checks.filter(({ code, outcome }) => outcome === 'fail' && code.startsWith('contract/'));
}

function nameOf({ code, contract, stage, detail, reason }: Check): string {
  return JSON.stringify([code, contract, stage, reason, code === 'contract/rule' ? detail : '']);
}
