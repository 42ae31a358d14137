import type { Verdict } from '../entry/kinds/verdict-recorded.ts';
import type { Check } from './check.ts';
import type { Coverage } from './contracts-in-force.ts';

/** Checks that belong to contracts; all others are about whether the material is true. */
export function isOfContract({ code }: Check): boolean {
  return code.startsWith('contract/');
}

/** What follows from all checks: never a pass because nothing was required. Source: docs/spec/custody-checks.md. */
export function verdictOf(
  checks: readonly Check[],
  coverage: Pick<Coverage, 'complete'> & { readonly contracts: readonly unknown[] },
  intact: boolean,
): Verdict {
  if (!intact || !coverage.complete) return 'fail';
  if (coverage.contracts.length === 0) return 'unjudged';
  const required = checks.filter(isOfContract);
  if (required.length === 0 || !required.every(({ outcome }) => outcome === 'pass' || outcome === 'waived'))
    return 'fail';
  return required.some(({ outcome }) => outcome === 'waived') ? 'waived' : 'pass';
}
