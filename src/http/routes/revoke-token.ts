import { revokeToken } from '../../api/tokens.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const revokeTokenRoute = bindRoute(revokeToken, async ({ caller, params }, { service }) => {
  const token = await service.revokeToken(caller, params.id);
  return token.ok ? ok(jsonReply(token.value)) : token;
});
