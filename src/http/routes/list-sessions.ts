import { listSessions } from '../../api/sessions.ts';
import { ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const listSessionsRoute = bindRoute(listSessions, async ({ caller }, { service }) => {
  const sessions = await service.listSessions(caller);
  return sessions.ok ? ok(jsonReply({ items: sessions.value })) : sessions;
});
