import { readImage } from '../../api/images.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const readImageRoute = bindRoute(readImage, async ({ caller, params, query }, { service }) => {
  const image = await service.readImage(caller, { ...params, ...query });
  return image.ok ? ok(jsonReply(image.value)) : image;
});
