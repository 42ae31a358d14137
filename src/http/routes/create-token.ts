import { createToken } from '../../api/tokens.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const createTokenRoute = bindRoute(createToken, async ({ caller, body }, { service }) => {
  const token = await service.createToken(caller, body);
  return token.ok ? ok(jsonReply(token.value, 201)) : token;
});
