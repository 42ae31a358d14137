import { listRuns } from '../../api/runs.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const listRunsRoute = bindRoute(listRuns, async ({ caller, query: { cursor, limit, ...filter } }, edge) => {
  const runs = await edge.service.listRuns(caller, filter, { limit, ...(cursor === undefined ? {} : { cursor }) });
  return runs.ok ? ok(jsonReply(runs.value)) : runs;
});
