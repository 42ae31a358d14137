import { readPeriod } from '../../api/period.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { readPeriodBounds } from '../period-bounds.ts';
import { bytesReply, savedAs } from '../reply.ts';

export const readPeriodRoute = bindRoute(readPeriod, async ({ caller, query }, { service }) => {
  const period = readPeriodBounds(query);
  if (!period.ok) return period;
  const proof = await service.provePeriod(caller, period.value);
  return proof.ok ? ok(bytesReply(proof.value, 'application/json', savedAs('period.json'))) : proof;
});
