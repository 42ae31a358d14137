import { readControlKeys } from '../../api/control-keys.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const readControlKeysRoute = bindRoute(readControlKeys, async ({ caller }, edge) => {
  const keys = await edge.service.readControlKeys(caller);
  return keys.ok ? ok(jsonReply(keys.value)) : keys;
});
