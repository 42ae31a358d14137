import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { join } from 'node:path';

/** A way to a Postgres server that can be made to lose a connection exactly around a COMMIT. */
export type CuttingProxy = {
  /** The same database and role, through this proxy. */
  readonly url: string;
  /** Drops the connection of the next COMMIT: before the server hears of it, or after it answered and nobody heard. */
  cutNextCommit(when: 'before' | 'after'): void;
  readonly cuts: () => number;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Simple query message `commit`, in the letter case of the query builder. */
const COMMIT = Buffer.from([0x51, 0, 0, 0, 11, ...Buffer.from('commit'), 0]);

export async function openCuttingProxy(url: string): Promise<CuttingProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let armed: 'before' | 'after' | undefined;
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = connectTo(target);
    const cut = () => {
      cuts += 1;
      client.destroy();
      upstream.destroy();
    };
    let answerCut = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (bytes: Buffer) => {
      if (armed !== undefined && bytes.includes(COMMIT)) {
        const when = armed;
        armed = undefined;
        if (when === 'before') return cut();
        answerCut = true;
      }
      upstream.write(bytes);
    });
    // The answer to COMMIT is there, so that it is durable; the client will never know.
    upstream.on('data', (bytes: Buffer) => (answerCut ? cut() : client.write(bytes)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String((server.address() as AddressInfo).port);
  through.searchParams.delete('host');
  return {
    url: through.href,
    cutNextCommit: (when) => {
      armed = when;
    },
    cuts: () => cuts,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A host that is a path is the folder of a Unix socket. */
function connectTo(target: URL): Socket {
  const host = target.searchParams.get('host') ?? decodeURIComponent(target.hostname);
  const port = target.port === '' ? '5432' : target.port;
  return host.startsWith('/')
    ? createConnection(join(host, `.s.PGSQL.${port}`))
    : createConnection({ host, port: Number(port) });
}
