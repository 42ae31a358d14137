import { search } from '../../api/search.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const searchRoute = bindRoute(search, async ({ caller, query }, { service }) => {
  const found = await service.search(caller, query.q, query.limit);
  return found.ok ? ok(jsonReply(found.value)) : found;
});
