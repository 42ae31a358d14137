import { closeRun } from '../../api/runs.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { changedReply } from '../reply.ts';

export const closeRunRoute = bindRoute(closeRun, async ({ caller, params, body }, edge) => {
  const closed = await edge.service.closeRun(caller, params.run, body.outcome);
  return closed.ok ? ok(changedReply(edge, closed.value)) : closed;
});
