import { listSigners } from '../../api/signers.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const listSignersRoute = bindRoute(listSigners, async ({ caller, query }, { service }) => {
  const page = await service.listSigners(caller, query);
  return page.ok ? ok(jsonReply(page.value)) : page;
});
