import { listReleases } from '../../api/releases.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const listReleasesRoute = bindRoute(listReleases, async ({ caller, query }, { service }) => {
  const { cursor, limit, ...filter } = query;
  const page = await service.listReleases(caller, filter, { limit, ...(cursor === undefined ? {} : { cursor }) });
  return page.ok ? ok(jsonReply(page.value)) : page;
});
