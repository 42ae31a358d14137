import type { WaiverRequested } from '../entry/kinds/waiver-requested.ts';
import type { Check } from './check.ts';

/** Whether anybody can waive the check: what belongs to a contract that is read, and nothing else. */
export function isWaivable({ code }: Pick<Check, 'code'>): boolean {
  return code.startsWith('contract/') && code !== 'contract/covers';
}

/** The rule or limit that a check is about, by which a waiver of it names it. */
export function ruleOf({ code, detail }: Pick<Check, 'code' | 'detail'>): string | undefined {
  return code === 'contract/rule' || code === 'contract/limits' ? detail : undefined;
}

/** Whether the waiver names exactly this check; that of a rule or of a limit names it as its detail. */
export function covers(waiver: Pick<WaiverRequested, 'check' | 'contract' | 'stage' | 'rule'>, check: Check): boolean {
  const { code, contract, stage } = check;
  return (
    waiver.check === code && waiver.contract === contract && waiver.stage === stage && waiver.rule === ruleOf(check)
  );
}
