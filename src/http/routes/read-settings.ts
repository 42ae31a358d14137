import { readSettings } from '../../api/changes.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const readSettingsRoute = bindRoute(readSettings, async ({ caller }, edge) => {
  const settings = await edge.service.readSettings(caller);
  return settings.ok ? ok(jsonReply(settings.value)) : settings;
});
