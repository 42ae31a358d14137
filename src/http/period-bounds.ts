import { fail, ok, type Result } from '../core/fault.ts';
import type { PeriodBounds } from '../core/period/period.ts';

/** The bounds of a period as two parameters name them: both are seqs, or both are times, which are the ones with a T. */
export function readPeriodBounds({ from, to }: { readonly from: string; readonly to: string }): Result<PeriodBounds> {
  const isTime = from.includes('T');
  if (isTime !== to.includes('T'))
    return fail('http/malformed-parameter', 'Both bounds are seqs, or both are times.', 'query/to');
  const period: PeriodBounds = isTime ? { by: 'time', from, to } : { by: 'seq', from: Number(from), to: Number(to) };
  if (period.from < period.to) return ok(period);
  return fail('http/malformed-parameter', 'A period begins before it ends.', 'query/to');
}
