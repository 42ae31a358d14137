import { openSession } from '../../api/sessions.ts';
import { invariant, ok } from '../../core/fault.ts';
import { bindRoute } from '../edge.ts';
import { jsonReply } from '../reply.ts';

/** A new secret each time, and the session that the browser had is ended: nobody chooses the session of another. */
export const openSessionRoute = bindRoute(openSession, async ({ credential, browser, vouchFor }, { service }) => {
  invariant(credential.kind === 'token', 'a session opens no session');
  const allowed = browser.maySignIn();
  if (!allowed.ok) return allowed;
  const opened = await service.openSession(credential.token);
  if (!opened.ok) return opened;
  const { cookie, ...session } = opened.value;
  vouchFor(cookie);
  const before = browser.secret === undefined ? undefined : await service.authenticateSession(browser.secret, false);
  if (before?.ok === true) await service.endSession(before.value.caller, before.value.session.id);
  return ok(jsonReply(session, 201, { 'set-cookie': browser.giveCookie(cookie, session.expiresAt) }));
});
