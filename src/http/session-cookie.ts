import type { Request } from 'express';

/**
 * How a request reached the service, as far as a cookie is safe on the way: over TLS, by the word of the socket or of a
 * trusted proxy; over plain HTTP on the machine itself; or in the clear.
 */
export type Transport = 'secure' | 'loopback' | 'clear';

/**
 * Names of the cookie. Browsers keep `__Host-` for cookies that are `Secure`, of this very host and of its root, so that
 * no neighbour can set one. On the machine itself there is no TLS to ask for; the port keeps two services apart.
 * Source: draft-ietf-httpbis-rfc6265bis section 4.1.3.2.
 */
const SECURE_NAME = '__Host-waybill-session';
const loopbackName = (request: Request) => `waybill-session-${request.socket.localPort ?? 0}`;

/** What a proxy adds: with any of these the request does not come from the machine itself, whatever its address is. */
const OF_PROXIES = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'];

const LOOPBACK_ADDRESS = /^(?:::ffff:)?127(?:\.[0-9]{1,3}){3}$|^::1$/;
const LOOPBACK_HOST = /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]{1,5})?$/i;

/**
 * Plain HTTP counts only from a loopback address to a name that means loopback: a foreign name that was made to lead here
 * (DNS rebinding) is none.
 */
export function transportOf(request: Request): Transport {
  if (request.secure) return 'secure';
  const isProxied = OF_PROXIES.some((name) => request.headers[name] !== undefined);
  const isLocal =
    LOOPBACK_ADDRESS.test(request.socket.remoteAddress ?? '') && LOOPBACK_HOST.test(request.headers.host ?? '');
  return isLocal && !isProxied ? 'loopback' : 'clear';
}

/** The secret of the session's cookie; undefined where there is none, or the way here is not safe. */
export function readSessionCookie(request: Request): string | undefined {
  const transport = transportOf(request);
  return transport === 'clear' ? undefined : readCookie(request.headers.cookie ?? '', nameFor(transport, request));
}

/**
 * The value of a cookie out of a `Cookie` header; undefined where it is not there. One that stands twice is worth as little
 * as an empty one, which it is read as: somebody else may have set the other.
 */
export function readCookie(header: string, name: string): string | undefined {
  const values = header.split(';').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at > 0 && pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : [];
  });
  return values.length < 2 ? values[0] : '';
}

/** `Set-Cookie` for a session; with the lifetime `Max-Age=0` the browser forgets it. */
export function sessionCookie(request: Request, value: string, lifetime: string): string {
  const transport = transportOf(request);
  const attributes = ['Path=/', lifetime, 'HttpOnly', 'SameSite=Strict'];
  if (transport === 'secure') attributes.push('Secure');
  return [`${nameFor(transport, request)}=${value}`, ...attributes].join('; ');
}

function nameFor(transport: Transport, request: Request): string {
  return transport === 'secure' ? SECURE_NAME : loopbackName(request);
}
