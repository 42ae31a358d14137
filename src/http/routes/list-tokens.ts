import { listTokens } from '../../api/tokens.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const listTokensRoute = bindRoute(listTokens, async ({ caller, query }, { service }) => {
  const page = await service.listTokens(caller, query);
  return page.ok ? ok(jsonReply(page.value)) : page;
});
