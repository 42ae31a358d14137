import { readTrend } from '../../api/repositories.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const readTrendRoute = bindRoute(readTrend, async ({ caller, query }, { service }) => {
  const page = await service.readTrend(caller, query);
  return page.ok ? ok(jsonReply(page.value)) : page;
});
