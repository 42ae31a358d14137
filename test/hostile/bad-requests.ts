import type { BadRequest } from '../http/bad-addresses.ts';

type Case = readonly [what: string, body: unknown, code: string, status?: number];

/** POSTs to one address, each with what it is, its body, and the code and status (400 unless told) that answer it. */
export function post(
  target: string,
  headers: Readonly<Record<string, string>>,
  cases: readonly Case[],
): readonly BadRequest[] {
  return cases.map(([what, body, code, status = 400]) => ({
    what,
    method: 'POST',
    target,
    headers,
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    status,
    code,
  }));
}
