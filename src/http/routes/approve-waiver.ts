import { approveWaiver } from '../../api/waivers.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { changedReply } from '../reply.ts';

export const approveWaiverRoute = bindRoute(
  approveWaiver,
  async ({ caller, params, body, idempotencyKey: key }, edge) => {
    const waiver = await edge.service.approveWaiver(caller, params.waiver, { control: body.control, key });
    return waiver.ok ? ok(changedReply(edge, waiver.value)) : waiver;
  },
);
