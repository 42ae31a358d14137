import { listRepositories } from '../../api/repositories.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const listRepositoriesRoute = bindRoute(listRepositories, async ({ caller, query }, { service }) => {
  const page = await service.listRepositories(caller, query);
  return page.ok ? ok(jsonReply(page.value)) : page;
});
