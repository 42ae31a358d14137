import { listDeliveries } from '../../api/webhooks.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const listDeliveriesRoute = bindRoute(listDeliveries, async ({ caller, params, query }, { service }) => {
  const { state, ...request } = query;
  const page = await service.listDeliveries(caller, params.webhook, state === undefined ? {} : { state }, request);
  return page.ok ? ok(jsonReply(page.value)) : page;
});
