import { listWaivers } from '../../api/waivers.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const listWaiversRoute = bindRoute(listWaivers, async ({ caller, query }, { service }) => {
  const { cursor, limit, ...filter } = query;
  const page = await service.listWaivers(caller, filter, { limit, ...(cursor === undefined ? {} : { cursor }) });
  return page.ok ? ok(jsonReply(page.value)) : page;
});
