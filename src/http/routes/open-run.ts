import { openRun } from '../../api/runs.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { recordedReply } from '../reply.ts';

export const openRunRoute = bindRoute(openRun, async ({ caller, body, idempotencyKey }, edge) => {
  const opened = await edge.service.openRun(caller, body, idempotencyKey);
  return opened.ok ? ok(recordedReply(edge, opened.value, `/v1/runs/${opened.value.run}`)) : opened;
});
