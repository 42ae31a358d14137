import { requestWaiver } from '../../api/waivers.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { recordedReply } from '../reply.ts';

export const requestWaiverRoute = bindRoute(requestWaiver, async ({ caller, body, idempotencyKey }, edge) => {
  const asked = { ...body, breakGlass: body.breakGlass ?? false };
  const waiver = await edge.service.requestWaiver(caller, asked, idempotencyKey);
  return waiver.ok ? ok(recordedReply(edge, waiver.value, `/v1/waivers/${waiver.value.waiver}`)) : waiver;
});
