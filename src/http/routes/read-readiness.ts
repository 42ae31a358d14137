import { readReadiness } from '../../api/operation.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const readReadinessRoute = bindRoute(readReadiness, async (_request, { service }) => {
  const state = await service.readiness();
  return ok(jsonReply(state, state.ready ? 200 : 503, state.ready ? {} : { 'retry-after': '1' }));
});
