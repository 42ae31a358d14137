import { readChanges } from '../../api/releases.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const readChangesRoute = bindRoute(readChanges, async ({ caller, params, query }, { service }) => {
  const { environment, ...rest } = query;
  const changes = await service.readChanges(caller, { ...params, ...rest }, environment);
  return changes.ok ? ok(jsonReply(changes.value)) : changes;
});
