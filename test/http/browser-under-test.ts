import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpApp, type HttpOptions } from '../../src/http/app.ts';
import { createHttpServer } from '../../src/http/http-server.ts';
import type { ServiceContext } from '../../src/service/context.ts';
import { openService } from '../../src/service/open-service.ts';

export type Said = {
  readonly status: number;
  readonly code: string;
  readonly body: Record<string, unknown>;
  readonly setCookie: string | undefined;
};

type Sent = { readonly body?: string; readonly headers?: Readonly<Record<string, string>> };

/** The service behind a port of its own, asked header by header, as a browser, an attacker's page or a thief would. */
export async function openBrowserUnderTest(context: ServiceContext, options: HttpOptions = {}) {
  const server = createHttpServer(createHttpApp(openService(context), options));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;

  async function ask(method: 'GET' | 'POST', path: string, { body, headers = {} }: Sent = {}): Promise<Said> {
    const sent = { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers };
    const request = send({ port, host: '127.0.0.1', method, path, headers: { connection: 'close', ...sent } });
    request.end(body);
    const [response] = await once(request, 'response');
    let text = '';
    for await (const part of response) text += String(part);
    const parsed = text.startsWith('{') ? JSON.parse(text) : {};
    return {
      status: response.statusCode,
      code: parsed.code ?? '',
      body: parsed,
      setCookie: response.headers['set-cookie']?.[0],
    };
  }

  /** What a page of this service sends of its own accord. */
  const ownPage = { origin, 'sec-fetch-site': 'same-origin', 'x-waybill-console': 'attended' };

  return {
    port,
    origin,
    ask,
    ownPage,
    /** Signs in as the console does, and answers the cookie as the browser sends it from then on. */
    signIn: async (token: string, headers: Readonly<Record<string, string>> = {}): Promise<string> => {
      const said = await ask('POST', '/v1/sessions', {
        body: '{}',
        headers: { ...ownPage, ...headers, authorization: `Bearer ${token}` },
      });
      assert.equal(said.status, 201, JSON.stringify(said.body));
      return said.setCookie?.split(';', 1)[0] ?? '';
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
