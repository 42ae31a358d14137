import { grantPrincipal } from '../../api/principals.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { recordedReply } from '../reply.ts';

export const grantPrincipalRoute = bindRoute(grantPrincipal, async ({ caller, body }, edge) => {
  const grant = await edge.service.grantPrincipal(caller, body);
  return grant.ok ? ok(recordedReply(edge, grant.value, `/v1/principals/${grant.value.principal}`)) : grant;
});
