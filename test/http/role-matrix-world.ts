import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { ROLES, type Role } from '../../src/core/entry/kinds/principal-granted.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { createHttpServer } from '../../src/http/http-server.ts';
import { openService } from '../../src/service/open-service.ts';
import type { Service } from '../../src/service/service.ts';
import { openServiceUnderTest } from '../harness/service-under-test.ts';
import { DIGEST, MANIFEST } from './edge-under-test.ts';
import { OTHER_MANIFEST, type Things } from './role-matrix-requests.ts';
import { stubConsole } from './stub-service.ts';

/** Grants that reach `shop/api`, and some that only look as if they did. */
const INSIDE: readonly (readonly string[])[] = [['shop/api'], ['bank/api', 'shop/*'], ['*']];
const OUTSIDE: readonly (readonly string[])[] = [
  ['bank/api'],
  ['shop/ap'],
  ['shop/api2'],
  ['shop/api/x'],
  ['shop/api/*'],
  ['shop-api/*'],
  ['bank/*', 'shop'],
];

/** Somebody who calls: a role, what their grant reaches, and their token. */
export type MatrixCaller = {
  readonly role: Role;
  readonly repositories: readonly string[];
  readonly stages: readonly string[];
  /** Whether the grant reaches `shop/api`. */
  readonly isInside: boolean;
  readonly token: string;
};

/** A token that lets nobody in, and the answer that it gets. */
export type BadToken = { readonly header: string | undefined; readonly status: number; readonly code: string };

export type World = Awaited<ReturnType<typeof openWorld>>;

/** Far more than the matrix asks for: it is one client, and is about who may, not about how often. */
const PATIENT = { failedLogins: { points: 1_000_000, durationSeconds: 60 } };

/** A service that listens, an image with all that can be about it in `shop/api`, and every caller of the matrix. */
export async function openWorld() {
  const under = await openServiceUnderTest();
  const service = openService(under.context);
  const asAdmin = { principal: 'bootstrap-admin', title: 'test', lifetimeSeconds: 3_600 };
  const made = await service.createToken(under.admin, asAdmin);
  assert(made.ok);
  const admin = made.value.token;
  const closers: (() => Promise<void>)[] = [];

  /** The service, or one with a fault planted into it, behind a port of its own. */
  async function listen(served: Service = service): Promise<string> {
    const server = createHttpServer(createHttpApp(served, { limits: PATIENT, console: stubConsole() }));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const url = await listen();

  async function post(path: string, body: unknown, token = admin): Promise<Record<string, unknown>> {
    const isBytes = body instanceof Uint8Array;
    const response = await fetch(url + path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': isBytes ? 'application/octet-stream' : 'application/json',
      },
      body: isBytes ? new Uint8Array(body) : JSON.stringify(body),
    });
    const text = await response.text();
    assert(response.ok, `${path} ${response.status} ${text}`);
    return JSON.parse(text);
  }

  let granted = 0;
  async function callerFor(
    role: Role,
    repositories: readonly string[],
    isInside: boolean,
    stages: readonly string[] = ['*'],
  ): Promise<MatrixCaller> {
    granted += 1;
    const principal = `${role}-${granted}`;
    await post('/v1/principals', { principal, role, repositories, stages, person: principal });
    const { token } = await post('/v1/tokens', { principal, title: 'matrix', lifetimeSeconds: 600 });
    return { role, repositories, stages, isInside, token: String(token) };
  }

  const pipeline = await callerFor('pipeline', ['shop/api'], true);
  const things = await makeThings();
  const wanted = ROLES.flatMap((role) => {
    const inside = role === 'admin' ? [['*']] : INSIDE;
    const outside = role === 'admin' ? [] : OUTSIDE;
    return [
      ...inside.map((repositories) => callerFor(role, repositories, true)),
      ...outside.map((repositories) => callerFor(role, repositories, false)),
    ];
  });
  const callers = await Promise.all(wanted);
  const otherStage = await callerFor('pipeline', ['shop/api'], true, ['lin', 'lint2', 'test']);
  const badTokens = await makeBadTokens();

  async function makeThings(): Promise<Things> {
    await post('/v1/contracts', { contract: 'shop', repositories: ['shop/*'], stages: [{ stage: 'lint' }] });
    await post('/v1/contracts', { contract: 'spare', repositories: ['spare/*'], stages: [{ stage: 'lint' }] });
    const signed = await post('/v1/images/sign?repository=shop/api', MANIFEST, pipeline.token);
    await post('/v1/images/sign?repository=shop/api', OTHER_MANIFEST, pipeline.token);
    const predicate = { result: 'PASSED', configuration: [] };
    const predicateType = 'https://in-toto.io/attestation/test-result/v0.1';
    const lint = { subject: DIGEST, repository: 'shop/api', stage: 'lint', predicateType, predicate };
    await post('/v1/attestations', lint, pipeline.token);
    const manager = await callerFor('release-manager', ['shop/api'], true);
    await post(`/v1/images/${DIGEST}/release`, { environment: 'production' }, manager.token);
    // What awaits whoever mends things there: the newest image fails.
    const other = `sha256:${createHash('sha256').update(OTHER_MANIFEST).digest('hex')}`;
    await post('/v1/verifications', { subject: other, record: true }, pipeline.token);
    const run = await post('/v1/runs', { repository: 'shop/api', commit: '5b'.repeat(20) }, pipeline.token);
    const asked = { digest: DIGEST, contract: 'shop', check: 'contract/stage', stage: 'lint', reason: 'why not' };
    const expires = new Date(Date.now() + 3_600_000).toISOString();
    const waiver = await post('/v1/waivers', { ...asked, expires }, manager.token);
    const publicKeyPem = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' });
    const scope = { repositories: ['shop/api'], stages: ['lint'] };
    const signer = await post('/v1/signers', { publicKeyPem, ...scope });
    await post('/v1/principals', { principal: 'spare', role: 'auditor', repositories: ['*'], stages: ['*'] });
    const token = await post('/v1/tokens', { principal: 'spare', title: 'spare', lifetimeSeconds: 600 });
    const told = { url: 'https://waybill.invalid/hook', types: ['*'], repositories: ['shop/api'] };
    const webhook = await post('/v1/webhooks', told);
    const spareWebhook = await post('/v1/webhooks', told);
    return {
      run: String(run.run),
      waiver: String(waiver.waiver),
      signer: String(signer.signer),
      imageSigner: under.keys.image.signer,
      tokenId: String(token.id),
      webhook: String(webhook.webhook),
      spareWebhook: String(spareWebhook.webhook),
      publicKeyPem: String(publicKeyPem),
      seq: Number(signed.seq),
      // What the opening of the log left: an entry without a repository.
      trustSeq: 0,
      expires,
    };
  }

  async function makeBadTokens(): Promise<Readonly<Record<string, BadToken>>> {
    const out = await callerFor('auditor', ['*'], true);
    await post(`/v1/principals/auditor-${granted}/revoke`, {});
    const two = { principal: 'pipeline-1', title: 'revoked', lifetimeSeconds: 600 };
    const revoked = await post('/v1/tokens', two);
    await post(`/v1/tokens/${String(revoked.id)}/revoke`, {});
    // Made two hours ago: the service whose clock is right finds that its time is over.
    const now = () => new Date(Date.now() - 7_200_000);
    const early = openService({ ...under.context, now });
    const old = await early.createToken(under.admin, { principal: 'pipeline-1', title: 'old', lifetimeSeconds: 60 });
    assert(old.ok);
    const refused = (token: string, status: number, code: string) => ({ header: `Bearer ${token}`, status, code });
    const unknown = `${admin.slice(0, -1)}${admin.endsWith('A') ? 'B' : 'A'}`;
    return {
      'no token': { header: undefined, status: 401, code: 'auth/token-missing' },
      'another scheme': { header: `Basic ${admin}`, status: 401, code: 'auth/token-missing' },
      'no token at all': refused('wbt_nobody', 401, 'auth/token-unknown'),
      'the administrator’s, its last letter changed': refused(unknown, 401, 'auth/token-unknown'),
      expired: refused(old.value.token, 401, 'auth/token-expired'),
      revoked: refused(String(revoked.token), 401, 'auth/token-revoked'),
      'of a principal whose grant was revoked': refused(out.token, 403, 'auth/principal-revoked'),
    };
  }

  /** The headers that a browser's page of this service sends once it is signed in with that token. */
  async function signIn(token: string): Promise<Readonly<Record<string, string>>> {
    const response = await fetch(`${url}/v1/sessions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    assert.equal(response.status, 201, await response.text());
    const [cookie = ''] = (response.headers.get('set-cookie') ?? '').split(';', 1);
    return { cookie, origin: url, 'sec-fetch-site': 'same-origin', 'x-waybill-console': 'attended' };
  }

  return {
    service,
    url,
    admin,
    signIn,
    adminCaller: under.admin,
    listen,
    callers,
    otherStage,
    things,
    badTokens,
    post,
    size: async () => (await under.context.store.head()).frontier.size,
    [Symbol.asyncDispose]: async () => {
      for (const close of closers) await close();
      await under[Symbol.asyncDispose]();
    },
  };
}
