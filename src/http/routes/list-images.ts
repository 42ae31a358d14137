import { listImages } from '../../api/images.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const listImagesRoute = bindRoute(listImages, async ({ caller, query }, { service }) => {
  const { cursor, limit, ...filter } = query;
  const page = await service.listImages(caller, filter, { limit, ...(cursor === undefined ? {} : { cursor }) });
  return page.ok ? ok(jsonReply(page.value)) : page;
});
