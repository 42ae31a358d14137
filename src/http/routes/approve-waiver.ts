import { approveWaiver } from '../../api/waivers.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { changedReply } from '../reply.ts';

export const approveWaiverRoute = bindRoute(approveWaiver, async ({ caller, params, body }, edge) => {
  const waiver = await edge.service.approveWaiver(caller, params.waiver, body.control);
  return waiver.ok ? ok(changedReply(edge, waiver.value)) : waiver;
});
