import { changeSettings } from '../../api/changes.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { changedReply } from '../reply.ts';

export const changeSettingsRoute = bindRoute(changeSettings, async ({ caller, body }, edge) => {
  const changed = await edge.service.changeSettings(caller, body);
  return changed.ok ? ok(changedReply(edge, changed.value)) : changed;
});
