import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createHttpApp } from '../../src/http/app.ts';
import { writeBootstrapToken } from '../../src/main/bootstrap-token.ts';
import { openService } from '../../src/service/open-service.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';

/** A service over a database of its own that answers on a port, with its log key and the bootstrap admin's token. */
export async function openHttpService(options: Parameters<typeof openServiceUnderTest>[0] = {}) {
  const under = await openServiceUnderTest(options);
  const tokenFile = join(mkdtempSync(join(under.folder, 'token-')), 'admin.token');
  await writeBootstrapToken(under.context, tokenFile);
  const service = openService(under.context);
  const server = createServer(createHttpApp(service));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: readFileSync(tokenFile, 'utf8').trim(),
    logKey: service.logVkey,
    under,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      await under[Symbol.asyncDispose]();
    },
  };
}
