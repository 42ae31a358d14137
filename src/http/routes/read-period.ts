import { readPeriod } from '../../api/period.ts';
import { fail, ok, type Result } from '../../core/fault.ts';
import type { PeriodBounds } from '../../core/period/period.ts';
import { bindRoute } from '../edge.ts';
import { bytesReply, savedAs } from '../reply.ts';

export const readPeriodRoute = bindRoute(readPeriod, async ({ caller, query }, { service }) => {
  const period = readBounds(query);
  if (!period.ok) return period;
  const proof = await service.provePeriod(caller, period.value);
  return proof.ok ? ok(bytesReply(proof.value, 'application/json', savedAs('period.json'))) : proof;
});

/** Both bounds are seqs, or both are times, which are the ones with a T. */
function readBounds({ from, to }: { readonly from: string; readonly to: string }): Result<PeriodBounds> {
  const isTime = from.includes('T');
  if (isTime !== to.includes('T'))
    return fail('http/malformed-parameter', 'Both bounds are seqs, or both are times.', 'query/to');
  const period: PeriodBounds = isTime ? { by: 'time', from, to } : { by: 'seq', from: Number(from), to: Number(to) };
  if (period.from < period.to) return ok(period);
  return fail('http/malformed-parameter', 'A period begins before it ends.', 'query/to');
}
