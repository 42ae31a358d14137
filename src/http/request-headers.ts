import type { IncomingMessage } from 'node:http';
import type { Route } from '../api/route.ts';
import { fail, ok, type Result } from '../core/fault.ts';

/** More than any client, proxy and tracing agent together send. */
export const HEADERS_MAX = 64;

/** Headers on which two readers disagree where they stand twice: Node keeps the first, proxies may keep the last. */
const STAND_ONCE = new Set(['authorization', 'content-encoding', 'content-type', 'expect', 'host', 'idempotency-key']);

/**
 * Looks at the headers before anything relies on them: Node drops what is one too many without a word.
 * Faults: `http/headers-too-large` (over 64 of them), `http/duplicate-header`, `http/expectation-not-supported`,
 * `http/malformed-request` (HTTP/0.9).
 */
export function checkHeaders({ rawHeaders, headers, httpVersionMajor }: IncomingMessage): Result<void> {
  // Node answers a bare `GET /path` too, as HTTP/0.9 had it.
  if (httpVersionMajor !== 1) return fail('http/malformed-request', 'This is not an HTTP/1.1 request.');
  if (rawHeaders.length > 2 * HEADERS_MAX) {
    return fail('http/headers-too-large', `A request has at most ${HEADERS_MAX} headers.`);
  }
  let seen = '';
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    if (!STAND_ONCE.has(name)) continue;
    if (seen.includes(`${name},`)) return fail('http/duplicate-header', `${name} stands twice.`, `header/${name}`);
    seen += `${name},`;
  }
  if (headers.expect !== undefined && headers.expect.toLowerCase() !== '100-continue') {
    return fail('http/expectation-not-supported', 'Nothing but 100-continue can be expected.', 'header/expect');
  }
  return ok(undefined);
}

/** The caller's own name for a request, of a route that takes one: 1 to 128 visible ASCII characters. Fault: `http/malformed-header`. */
export function readIdempotencyKey(route: Route, { headers }: IncomingMessage): Result<string | undefined> {
  const key = headers['idempotency-key'];
  if (route.idempotencyKey === undefined || key === undefined) return ok(undefined);
  return typeof key === 'string' && /^[!-~]{1,128}$/.test(key)
    ? ok(key)
    : fail('http/malformed-header', 'An Idempotency-Key has 1 to 128 visible characters.', 'header/idempotency-key');
}
