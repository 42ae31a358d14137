import { readChain } from '../../api/images.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const readChainRoute = bindRoute(readChain, async ({ caller, params, query }, { service }) => {
  const { cursor, limit, ...image } = query;
  const page = { limit, ...(cursor === undefined ? {} : { cursor }) };
  const chain = await service.readChain(caller, { ...params, ...image }, page);
  return chain.ok ? ok(jsonReply(chain.value)) : chain;
});
