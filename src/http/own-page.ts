import type { Request } from 'express';
import { fail, ok, type Result } from '../core/fault.ts';
import type { Browser } from './edge.ts';
import { readSessionCookie, sessionCookie, transportOf } from './session-cookie.ts';

/**
 * The header that the console puts on what it sends, `attended` or `unattended`: a page of another origin can put it on
 * nothing without asking first, and is told no. `unattended` says that no person asked, so that an open page alone
 * does not keep a session alive.
 */
export const CONSOLE_HEADER = 'x-waybill-console';

/** Whether a person is behind a request of a session. A stream of events stays open by itself, and can say nothing of it. */
export function isAttended({ headers }: Request): boolean {
  return headers[CONSOLE_HEADER] !== 'unattended' && headers.accept?.includes('text/event-stream') !== true;
}

/**
 * Whether a request that uses a session comes from a page of this service. Reads must not come from another site; what
 * writes must come from this origin, by the browser's word, and carry the console's header.
 * Fault: `session/cross-site`. Source: W3C Fetch Metadata; RFC 6454 section 7.
 */
export function checkOwnPage(request: Request, isWrite: boolean): Result<void> {
  const site = request.headers['sec-fetch-site'];
  if (!isWrite) {
    if (site === undefined || site === 'same-origin' || site === 'none') return ok(undefined);
    return fail('session/cross-site', 'A page of another site may not read with a session.', 'header/sec-fetch-site');
  }
  const header = request.headers[CONSOLE_HEADER];
  if (header !== 'attended' && header !== 'unattended')
    return fail('session/cross-site', `A write with a session carries ${CONSOLE_HEADER}.`, `header/${CONSOLE_HEADER}`);
  return requireSameOrigin(request);
}

/** The browser behind a request. */
export function browserOf(request: Request): Browser {
  return {
    get secret() {
      return readSessionCookie(request);
    },
    maySignIn: () => checkSignIn(request),
    giveCookie: (secret, expiresAt) => sessionCookie(request, secret, `Expires=${new Date(expiresAt).toUTCString()}`),
    takeCookie: () => sessionCookie(request, '', 'Max-Age=0'),
  };
}

/**
 * Whether a browser may sign in: over a way that is safe for a cookie, and from a page of this service, so that no page
 * elsewhere signs anybody in as somebody else. What is no browser sends neither header.
 */
function checkSignIn(request: Request): Result<void> {
  const { origin } = request.headers;
  if (transportOf(request) === 'clear')
    return fail('session/insecure-transport', 'The cookie of a session would travel in the clear.');
  if (origin === undefined && request.headers['sec-fetch-site'] === undefined) return ok(undefined);
  return requireSameOrigin(request);
}

function requireSameOrigin(request: Request): Result<void> {
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const isOwn = origin === `${request.protocol}://${host}`;
  // Behind a proxy the name may have changed on the way; on the machine itself it is what keeps others out.
  const isSame = transportOf(request) === 'secure' ? site === 'same-origin' || (site === undefined && isOwn) : isOwn;
  if (isSame && (site === undefined || site === 'same-origin')) return ok(undefined);
  return fail('session/cross-site', 'The request does not come from a page of this service.', 'header/origin');
}
