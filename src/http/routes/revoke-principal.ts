import { revokePrincipal } from '../../api/principals.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { changedReply } from '../reply.ts';

export const revokePrincipalRoute = bindRoute(revokePrincipal, async ({ caller, params, body }, edge) => {
  const principal = await edge.service.revokePrincipal(caller, params.principal, body.control);
  return principal.ok ? ok(changedReply(edge, principal.value)) : principal;
});
