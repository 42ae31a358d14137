import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import type { Role } from '../../src/core/entry/kinds/principal-granted.ts';
import { createHttpApp, type HttpOptions } from '../../src/http/app.ts';
import { createHttpServer } from '../../src/http/http-server.ts';
import { openService } from '../../src/service/open-service.ts';
import type { Service } from '../../src/service/service.ts';
import { openSuperuser } from '../../src/tamper/superuser.ts';
import { openServiceUnderTest, type ServiceUnderTest } from '../harness/service-under-test.ts';
import { openFollower } from './event-follower.ts';

/** An event, or whatever stands on a line. */
export type Line = { readonly [member: string]: unknown };

/** A service behind a port of its own; `stop` is what `waybill serve` does first when it is asked to stop. */
export async function listen(service: Service, options: HttpOptions = {}) {
  const stopping = new AbortController();
  const server = createHttpServer(createHttpApp(service, { stopping: stopping.signal, ...options }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    stop: () => stopping.abort(),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A service with its events, behind a port. */
export async function openEvents(options: HttpOptions = {}) {
  const under = await openServiceUnderTest();
  const service = openService(under.context);
  const served = await listen(service, options);
  const tokenOf = async (principal: string) => {
    const made = await service.createToken(under.admin, { principal, title: 'test', lifetimeSeconds: 3_600 });
    assert(made.ok, JSON.stringify(made));
    return made.value;
  };
  const admin = (await tokenOf('bootstrap-admin')).token;
  return {
    under,
    service,
    served,
    admin,
    tokenOf,
    grant: async (principal: string, role: Role, repositories: readonly string[]) => {
      const granted = await service.grantPrincipal(under.admin, { principal, role, repositories, stages: ['*'] });
      assert(granted.ok, JSON.stringify(granted));
    },
    page: async (query: string, token = admin, headers: Readonly<Record<string, string>> = {}) => {
      const response = await fetch(`${served.url}/v1/events${query}`, {
        headers: { authorization: `Bearer ${token}`, ...headers },
      });
      const text = await response.text();
      const isLines = response.headers.get('content-type') === 'application/x-ndjson';
      const lines = isLines ? text.split('\n').slice(0, -1) : [];
      return {
        status: response.status,
        code: isLines ? undefined : (JSON.parse(text) as { readonly code: string }).code,
        events: lines.map((line) => JSON.parse(line) as Line),
        reached: response.headers.get('waybill-reached'),
      };
    },
    follow: (query: string, token = admin, headers: Readonly<Record<string, string>> = {}) =>
      openFollower(`${served.url}/v1/events${query}`, { authorization: `Bearer ${token}`, ...headers }),
    [Symbol.asyncDispose]: async () => {
      await served[Symbol.asyncDispose]();
      await under[Symbol.asyncDispose]();
    },
  };
}

/** The bytes of every entry, as they stand in the database. */
export async function leavesOf(under: ServiceUnderTest): Promise<readonly Buffer[]> {
  const superuser = openSuperuser(under.database.adminUrl);
  try {
    const { rows } = await sql<{ leaf: Buffer }>`SELECT leaf FROM entry ORDER BY seq`.execute(superuser.database);
    return rows.map(({ leaf }) => leaf);
  } finally {
    await superuser.close();
  }
}
