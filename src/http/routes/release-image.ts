import { releaseImage } from '../../api/releases.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { recordedReply } from '../reply.ts';

export const releaseImageRoute = bindRoute(releaseImage, async ({ caller, params, body, idempotencyKey }, edge) => {
  const released = await edge.service.releaseImage(caller, { ...params, ...body }, idempotencyKey);
  return released.ok ? ok(recordedReply(edge, released.value, `/v1/entries/${released.value.seq}`)) : released;
});
