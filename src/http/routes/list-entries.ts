import { listEntries } from '../../api/entries.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const listEntriesRoute = bindRoute(listEntries, async ({ caller, query }, { service }) => {
  const page = await service.listEntries(caller, query);
  return page.ok ? ok(jsonReply(page.value)) : page;
});
