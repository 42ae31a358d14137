import { retireImage } from '../../api/releases.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { changedReply } from '../reply.ts';

export const retireImageRoute = bindRoute(retireImage, async ({ caller, params, body }, edge) => {
  const retired = await edge.service.retireImage(caller, { ...params, ...body });
  return retired.ok ? ok(changedReply(edge, retired.value)) : retired;
});
