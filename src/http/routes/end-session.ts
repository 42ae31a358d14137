import { endSession } from '../../api/sessions.ts';
import { fail, ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

export const endSessionRoute = bindRoute(endSession, async ({ caller, credential, browser, params }, { service }) => {
  const current = credential.kind === 'session' ? credential.session.id : undefined;
  const id = params.session === 'current' ? current : params.session;
  if (id === undefined) return fail('session/not-found', 'A token asks, and no session.', 'path/session');
  const ended = await service.endSession(caller, id);
  if (!ended.ok) return ended;
  return ok(jsonReply({ id, ended: true }, 200, id === current ? { 'set-cookie': browser.takeCookie() } : {}));
});
