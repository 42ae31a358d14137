import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createHttpApp } from '../../http/app.ts';
import { createHttpServer } from '../../http/http-server.ts';
import { openService } from '../../service/open-service.ts';
import type { Replica } from '../open-replica.ts';
import type { LedgerCopy } from '../scratch/ledger-copy.ts';

/** A replica of a copy, which may be served. */
export type Opened = AsyncDisposable & {
  readonly replica: Replica;
  /** Serves the replica over HTTP until it is disposed of. */
  readonly serve: () => Promise<{ readonly url: string }>;
};

/** A replica of the copy; closed, with everything that serves it, when it goes out of scope. */
export async function opened(copy: LedgerCopy): Promise<Opened> {
  const replica = await copy.open();
  const stops: (() => Promise<unknown>)[] = [];
  return {
    replica,
    serve: async () => {
      const server = createHttpServer(createHttpApp(openService(replica.context)));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      stops.push(async () => {
        server.close();
        server.closeAllConnections();
      });
      return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
    },
    [Symbol.asyncDispose]: async () => {
      for (const stop of stops) await stop();
      await replica.close();
    },
  };
}
