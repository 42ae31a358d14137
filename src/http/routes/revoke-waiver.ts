import { revokeWaiver } from '../../api/waivers.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { changedReply } from '../reply.ts';

export const revokeWaiverRoute = bindRoute(revokeWaiver, async ({ caller, params, idempotencyKey: key }, edge) => {
  const waiver = await edge.service.revokeWaiver(caller, params.waiver, { key });
  return waiver.ok ? ok(changedReply(edge, waiver.value)) : waiver;
});
