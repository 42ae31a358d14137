import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** What a receiver was sent. */
export type Received = {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly id: string;
};

/** How it answers the n-th request, from 0: a status with headers, or as the function does. */
export type Answering =
  | number
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | ((response: ServerResponse, received: Received) => void);

/** A receiver on this machine. It answers `answers` one after the other, the last of them for ever. */
export async function openReceiver(...answers: readonly Answering[]) {
  const received: Received[] = [];
  let open = 0;
  let openMax = 0;
  let wake = () => {};
  const server = createServer((request, response) => {
    open += 1;
    openMax = Math.max(openMax, open);
    response.once('close', () => {
      open -= 1;
    });
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.once('end', () => {
      const one = {
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(parts).toString(),
        id: String(request.headers['webhook-id']),
      };
      const answer = answers[Math.min(received.length, answers.length - 1)] ?? 204;
      received.push(one);
      if (typeof answer === 'function') answer(response, one);
      else {
        const { status, headers = {} } = typeof answer === 'number' ? { status: answer } : answer;
        response.writeHead(status, headers).end();
      }
      wake();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    received,
    /** Most requests that it had at the same time. */
    openMax: () => openMax,
    until: async (count: number) => {
      while (received.length < count)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The body, where a library that is not ours finds it signed with the secret. Throws where it does not. */
export function verified(
  secret: string,
  { headers, body }: Pick<Received, 'headers' | 'body'>,
): {
  readonly type: string;
  readonly timestamp: string;
  readonly data: { readonly [member: string]: unknown };
} {
  return new Webhook(secret).verify(body, headers as Record<string, string>) as never;
}
