import { readWaiver } from '../../api/waivers.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const readWaiverRoute = bindRoute(readWaiver, async ({ caller, params }, { service }) => {
  const waiver = await service.readWaiver(caller, params.waiver);
  return waiver.ok ? ok(jsonReply(waiver.value)) : waiver;
});
