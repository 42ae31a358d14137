import assert from 'node:assert/strict';
import { test } from 'node:test';
import supertest from 'supertest';
import type { Route } from '../../src/api/route.ts';
import { type Operation, ROUTES } from '../../src/api/routes.ts';
import { ROLES, type Role } from '../../src/core/entry/kinds/principal-granted.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { SAMPLE_REQUESTS } from './sample-requests.ts';
import { bearer, stubConsole, stubService } from './stub-service.ts';

const client = supertest(createHttpApp(stubService(), { console: stubConsole() }));
const routes = Object.entries(ROUTES) as [Operation, Route][];

/** What answers without a token; the list is written out, so that a route opened by mistake is noticed. */
const PUBLIC: readonly Operation[] = [
  'readCheckpoint',
  'readTile',
  'readHealth',
  'readReadiness',
  'readOpenapi',
  'readDocs',
  'readDocsAsset',
  'readTrustFile',
  'readRoot',
  'readConsoleRoot',
  'readConsole',
  'readConsoleAsset',
  'readConsolePage',
];

/** What answers with where to go. */
const LEADING_ELSEWHERE: readonly Operation[] = ['readRoot', 'readConsoleRoot'];

/** Who may call what, written out once more: the table must not be able to change it unnoticed. */
const ALLOWED: Readonly<Partial<Record<Operation, readonly Role[]>>> = {
  signImage: ['pipeline', 'admin'],
  submitAttestation: ['pipeline', 'admin'],
  submitAttestations: ['pipeline', 'admin'],
  openRun: ['pipeline', 'admin'],
  closeRun: ['pipeline', 'admin'],
  listEntries: ['auditor', 'operator', 'admin'],
  readEntryBundle: ['auditor', 'operator', 'admin'],
  readPeriod: ['auditor', 'operator', 'admin'],
  exportPeriod: ['auditor', 'operator', 'admin'],
  registerSigner: ['admin'],
  rotateSigner: ['admin'],
  revokeSigner: ['admin'],
  publishContract: ['admin'],
  withdrawContract: ['admin'],
  changeControlKeys: ['admin'],
  proposeChange: ['admin'],
  listChanges: ['auditor', 'admin'],
  changeSettings: ['admin'],
  releaseImage: ['release-manager', 'admin'],
  retireImage: ['release-manager', 'admin'],
  requestWaiver: ['release-manager', 'admin'],
  approveWaiver: ['release-manager', 'admin'],
  revokeWaiver: ['release-manager', 'admin'],
  grantPrincipal: ['admin'],
  revokePrincipal: ['admin'],
  listPrincipals: ['auditor', 'admin'],
  readPrincipal: ['auditor', 'admin'],
  createToken: ['admin'],
  revokeToken: ['admin'],
  listTokens: ['auditor', 'admin'],
  createWebhook: ['operator', 'admin'],
  listWebhooks: ['auditor', 'operator', 'admin'],
  readWebhook: ['auditor', 'operator', 'admin'],
  removeWebhook: ['operator', 'admin'],
  disableWebhook: ['operator', 'admin'],
  enableWebhook: ['operator', 'admin'],
  rotateWebhook: ['operator', 'admin'],
  testWebhook: ['operator', 'admin'],
  listDeliveries: ['auditor', 'operator', 'admin'],
  redeliverNotices: ['operator', 'admin'],
  readMetrics: ['operator', 'admin'],
};

function send(operation: Operation, headers: Record<string, string> = {}) {
  const { target, body, contentType } = SAMPLE_REQUESTS[operation];
  const request = client[ROUTES[operation].method](target).set(headers);
  if (body === undefined) return request;
  return request.set('Content-Type', contentType ?? 'application/json').send(body);
}

test('every route without a token answers 401 with a challenge, except those that are public', async () => {
  for (const [operation] of routes) {
    const response = await send(operation);
    if (PUBLIC.includes(operation)) {
      assert.equal(response.status, LEADING_ELSEWHERE.includes(operation) ? 303 : 200, operation);
      continue;
    }
    assert.equal(response.status, 401, operation);
    assert.equal(response.body.code, 'auth/token-missing');
    assert.equal(response.headers['www-authenticate'], 'Bearer realm="waybill"');
    assert.equal(response.headers['content-type'], 'application/problem+json');
  }
});

test('a token that nobody knows answers 401 on every route that asks for one (auth/token-unknown)', async () => {
  const limits = { failedLogins: { points: 1_000, durationSeconds: 60 } };
  const patient = supertest(createHttpApp(stubService(), { limits }));
  for (const [operation, route] of routes.filter(([, { access }]) => access !== 'public')) {
    const { target } = SAMPLE_REQUESTS[operation];
    const response = await patient[route.method](target).set('Authorization', 'Bearer wbt_nobody');
    assert.equal(response.status, 401, operation);
    assert.equal(response.body.code, 'auth/token-unknown');
    assert.match(response.headers['www-authenticate'] ?? '', /error="invalid_token"/);
  }
});

for (const role of ROLES) {
  test(`${role} meets 403 exactly where the matrix does not name that role (auth/role-not-allowed)`, async () => {
    for (const [operation] of routes) {
      const response = await send(operation, bearer(role));
      const allowed = PUBLIC.includes(operation) || (ALLOWED[operation] ?? ROLES).includes(role);
      assert.equal(response.status === 403, !allowed, `${operation} answers ${response.status}`);
      if (!allowed) assert.equal(response.body.code, 'auth/role-not-allowed');
      // Allowed, the request reaches the service, which here finds nothing; the edge itself refuses none of it.
      else
        assert(
          [200, 303].includes(response.status) || response.body.code === 'service/not-found',
          `${operation}: ${response.text}`,
        );
    }
  });
}

/** What a public log opens beyond that, written out as well. */
const OPENED: readonly Operation[] = ['readEntryBundle', 'listCheckpoints', 'readPublishedCheckpoint'];

test('bundles and checkpoints of the past answer everyone where the log is public, and nothing else opens', async () => {
  const open = supertest(createHttpApp(stubService(), { publicLog: true }));
  for (const [operation, route] of routes) {
    const response = await open[route.method](SAMPLE_REQUESTS[operation].target);
    const isOpen = PUBLIC.includes(operation) || OPENED.includes(operation);
    assert.equal(response.status === 401, !isOpen, operation);
  }
});

test('each address answers 405 with Allow to methods it does not have, 204 to OPTIONS, and HEAD as GET', async () => {
  for (const [operation, route] of routes) {
    const { target } = SAMPLE_REQUESTS[operation];
    const wrong = await client.delete(target).set(bearer('admin'));
    assert.equal(wrong.status, 405, operation);
    assert.equal(wrong.body.code, 'http/method-not-allowed');
    assert((wrong.headers.allow ?? '').split(', ').includes(route.method.toUpperCase()), operation);
    const options = await client.options(target);
    assert.equal(options.status, 204);
    assert.equal(options.headers.allow, wrong.headers.allow);
    if (route.method !== 'get') continue;
    const [head, get] = [await client.head(target).set(bearer('admin')), await send(operation, bearer('admin'))];
    assert.equal(head.status, get.status, operation);
    if (operation !== 'readMetrics' && get.status === 200) {
      assert.equal(head.headers['content-length'], get.headers['content-length'], operation);
    }
  }
});

test('an address that nothing answers is 404, with or without a token (http/not-found)', async () => {
  for (const target of ['/v1', '/v1/', '/V1/whoami', '/v1/whoami/', '/v2/images', '/log/tile', '//v1/whoami']) {
    const response = await client.get(target).set(bearer('admin'));
    assert.equal(response.status, 404, target);
    assert.equal(response.body.code, 'http/not-found');
    assert.equal((await client.get(target)).status, 404);
  }
});
