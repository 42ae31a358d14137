import { readPrincipal } from '../../api/principals.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const readPrincipalRoute = bindRoute(readPrincipal, async ({ caller, params }, { service }) => {
  const principal = await service.readPrincipal(caller, params.principal);
  return principal.ok ? ok(jsonReply(principal.value)) : principal;
});
