import { changeControlKeys } from '../../api/control-keys.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { changedReply } from '../reply.ts';

export const changeControlKeysRoute = bindRoute(changeControlKeys, async ({ caller, body }, edge) => {
  const changed = await edge.service.changeControlKeys(caller, body);
  return changed.ok ? ok(changedReply(edge, changed.value)) : changed;
});
