import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import pg from 'pg';
import supertest from 'supertest';
import type { Route } from '../../src/api/route.ts';
import { type Operation, ROUTES } from '../../src/api/routes.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { openService } from '../../src/service/open-service.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';

export const MANIFEST = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: `sha256:${'1'.repeat(64)}`, size: 2 },
    layers: [],
  }),
);
export const DIGEST = `sha256:${createHash('sha256').update(MANIFEST).digest('hex')}`;
export const SARIF = JSON.stringify({ version: '2.1.0', runs: [{ tool: { driver: { name: 'lint' } }, results: [] }] });

export type Ask = {
  readonly target: string;
  /** The administrator's where absent. */
  readonly token?: string;
  readonly body?: string | Buffer;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** The HTTP edge over a service with a database of its own. */
export type EdgeUnderTest = Awaited<ReturnType<typeof openEdgeUnderTest>>;

export async function openEdgeUnderTest(options: Parameters<typeof openServiceUnderTest>[0] = {}) {
  const under = await openServiceUnderTest(options);
  const service = openService(under.context);
  const client = supertest(createHttpApp(service, { version: '1.2.3' }));
  const request = { principal: 'bootstrap-admin', title: 'test', lifetimeSeconds: 3_600 };
  const made = await service.createToken(under.admin, request);
  assert(made.ok, JSON.stringify(made));
  const admin = made.value.token;

  /** Sends a request and holds a JSON answer to the schema that the contract states for its status. */
  async function ask(operation: Operation, { target, token = admin, body, type, headers = {} }: Ask) {
    const route: Route = ROUTES[operation];
    const request = client[route.method](target).set({ ...headers, Authorization: `Bearer ${token}` });
    if (body !== undefined) request.set('Content-Type', type ?? 'application/json');
    const response = await (body === undefined ? request : request.send(body));
    const schema = route.answers[response.status]?.schema;
    if (schema !== undefined) {
      const read = schema.safeParse(JSON.parse(response.text));
      assert(
        read.success,
        `${operation} ${response.status}: ${read.error?.message} in ${response.text.slice(0, 2_000)}`,
      );
    }
    return response;
  }

  const reader = new pg.Client({ connectionString: under.database.ownerUrl });
  await reader.connect();

  return {
    service,
    store: under.context.store,
    client,
    ask,
    admin,
    /** Reads the database as its owner does. */
    query: (statement: string) => reader.query(statement),
    sign: (token = admin, repository = 'shop/api') => {
      const target = `/v1/images/sign?repository=${repository}&annotation=build%3D7`;
      return ask('signImage', { target, token, body: MANIFEST, type: 'application/octet-stream' });
    },
    attest: (stage: string, token = admin, body = SARIF) => {
      const target = `/v1/attestations?repository=shop/api&stage=${stage}&subject=${DIGEST}`;
      return ask('submitAttestation', { target, token, body, type: 'text/plain' });
    },
    /** A token for a new principal with that role and scope. */
    tokenFor: async (
      principal: string,
      role: string,
      repositories: readonly string[] = ['*'],
      stages: readonly string[] = ['*'],
    ): Promise<string> => {
      const grant = JSON.stringify({ principal, role, repositories, stages, title: 'a principal' });
      const granted = await ask('grantPrincipal', { target: '/v1/principals', body: grant });
      assert.equal(granted.status, 201, granted.text);
      const body = JSON.stringify({ principal, title: 't', lifetimeSeconds: 600 });
      const token = await ask('createToken', { target: '/v1/tokens', body });
      assert.equal(token.status, 201, token.text);
      return token.body.token;
    },
    [Symbol.asyncDispose]: async () => {
      await reader.end();
      await under[Symbol.asyncDispose]();
    },
  };
}
