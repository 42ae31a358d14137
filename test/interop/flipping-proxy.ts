import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A way to a log on which one bit of one resource is changed. */
export type FlippingProxy = {
  readonly url: string;
  /** From now on the answer at exactly this path has one bit flipped, in the middle; all others pass as they are. */
  flip(path: string): void;
  /** How often that was done. */
  readonly flips: () => number;
  [Symbol.asyncDispose](): Promise<void>;
};

export async function openFlippingProxy(target: string): Promise<FlippingProxy> {
  let [flipped, flips] = ['', 0];
  const server = createServer((asked, answer) => {
    const { 'accept-encoding': _compressed, ...headers } = asked.headers;
    const sent = request(new URL(asked.url ?? '/', target), { headers, method: asked.method ?? 'GET' }, (received) => {
      const parts: Buffer[] = [];
      received.on('data', (part: Buffer) => parts.push(part));
      received.on('end', () => {
        const body = Buffer.concat(parts);
        const middle = Math.floor(body.length / 2);
        if (asked.url === flipped && received.statusCode === 200) {
          body[middle] = (body[middle] ?? 0) ^ 0x01;
          flips += 1;
        }
        answer.writeHead(received.statusCode ?? 502, received.headers).end(body);
      });
    });
    sent.on('error', () => answer.writeHead(502).end());
    sent.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    flip: (path) => {
      [flipped, flips] = [path, 0];
    },
    flips: () => flips,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
