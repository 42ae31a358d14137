import { listPrincipals } from '../../api/principals.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const listPrincipalsRoute = bindRoute(listPrincipals, async ({ caller, query }, { service }) => {
  const page = await service.listPrincipals(caller, query);
  return page.ok ? ok(jsonReply(page.value)) : page;
});
