import { whoami } from '../../api/principals.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const whoamiRoute = bindRoute(whoami, ({ caller }) => {
  const { principal, role, repositories, stages } = caller;
  return ok(jsonReply({ principal, role, repositories, stages }));
});
