import { listChanges } from '../../api/changes.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const listChangesRoute = bindRoute(listChanges, async ({ caller, query }, edge) => {
  const page = await edge.service.listChanges(caller, query);
  return page.ok ? ok(jsonReply(page.value)) : page;
});
