import { listCheckpoints } from '../../api/log.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const listCheckpointsRoute = bindRoute(listCheckpoints, async ({ caller, query }, { service }) => {
  const page = await service.listCheckpoints(caller, query);
  return page.ok ? ok(jsonReply(page.value)) : page;
});
