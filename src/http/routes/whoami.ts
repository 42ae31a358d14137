import { whoami } from '../../api/principals.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const whoamiRoute = bindRoute(whoami, ({ caller, credential }) => {
  const { principal, role, repositories, stages, person } = caller;
  const named = person === undefined ? {} : { person };
  const browser = credential.kind === 'session' ? { session: credential.session } : {};
  return ok(jsonReply({ principal, role, repositories, stages, ...named, ...browser }));
});
