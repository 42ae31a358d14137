import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Route } from '../../src/api/route.ts';
import { ROUTE_SCOPES, type RouteScope, STAGE_BOUND } from '../../src/api/route-scopes.ts';
import { type Operation, ROUTES } from '../../src/api/routes.ts';
import { ROLES, type Role } from '../../src/core/entry/kinds/principal-granted.ts';
import type { Service } from '../../src/service/service.ts';
import { type Answered, deviationOf, type RoleTable, send, walkMatrix, withoutAuthorisation } from './role-matrix.ts';
import { DANGEROUS, PUBLIC, READS } from './role-matrix-by-hand.ts';
import { type MatrixRequest, matrixRequests } from './role-matrix-requests.ts';
import { type MatrixCaller, openWorld, type World } from './role-matrix-world.ts';

const OPERATIONS = Object.keys(ROUTES) as Operation[];

/** The table as it is. */
const TABLE: RoleTable = {
  access: Object.fromEntries(OPERATIONS.map((operation) => [operation, ROUTES[operation].access])) as never,
  scopes: ROUTE_SCOPES,
};

/** What takes a token and no session, written out as well. */
const TOKEN_ONLY: readonly Operation[] = ['openSession', 'createToken', 'createWebhook', 'rotateWebhook'];

/** What is no repository's name at all: as a parameter, in a body, and in what a body of bytes says. */
const MALFORMED = /^http\/(?:malformed-parameter|invalid-body)$|^encoding\/pattern-mismatch$/;

/** The use case behind a route, where its name is another. */
const METHODS: Readonly<Partial<Record<Operation, keyof Service>>> = {
  verifyImage: 'verifyCustody',
  readPeriod: 'provePeriod',
  listEvents: 'readEvents',
  submitAttestations: 'submitAttestation',
};

test('the table says of what is dangerous what is written here by hand, and of each route what its methods do', () => {
  for (const [operation, [roles, scope]] of Object.entries(DANGEROUS) as [Operation, [string, RouteScope]][]) {
    const access = TABLE.access[operation];
    assert.deepEqual(access === 'public' ? 'public' : [...access].join(' '), roles, operation);
    assert.equal(TABLE.scopes[operation], scope, operation);
  }
  for (const [operation, scope] of Object.entries(READS) as [Operation, RouteScope][]) {
    assert.deepEqual(TABLE.access[operation], ROLES, operation);
    assert.equal(TABLE.scopes[operation], scope, operation);
  }
  const open = OPERATIONS.filter((operation) => TABLE.access[operation] === 'public');
  assert.deepEqual(new Set(open), new Set(PUBLIC));
  const judging: Operation[] = ['verifyImage'];
  const writing = OPERATIONS.filter((operation) => ROUTES[operation].method === 'post' && !judging.includes(operation));
  assert.deepEqual(
    writing.filter((operation) => DANGEROUS[operation] === undefined),
    [],
    'whatever writes is dangerous',
  );
  assert.deepEqual(STAGE_BOUND, ['submitAttestation', 'submitAttestations']);
});

describe('over a service that listens', () => {
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world[Symbol.asyncDispose]());

  test('whoever may not is refused on every route with its code, and leaves nothing in the ledger', async () => {
    const size = await world.size();
    assert.deepEqual(await walkMatrix(world, TABLE, OPERATIONS, 'refused'), []);
    assert.equal(await world.size(), size);
  });

  test('a token that lets nobody in gets 401 on every route that is not public, or 403 where the grant is revoked', async () => {
    const size = await world.size();
    const requests = matrixRequests(world.things);
    for (const operation of OPERATIONS) {
      const [request] = requests[operation] as [MatrixRequest];
      for (const [what, { header, status, code }] of Object.entries(world.badTokens)) {
        const answered = await send(world.url, operation, request, header);
        const said = PUBLIC.includes(operation)
          ? deviationOf(operation, request, 'reached', answered)
          : deviationOf(operation, request, `${status as 401 | 403} ${code}`, answered);
        assert.equal(said, undefined, `${operation} with a token: ${what}`);
      }
    }
    assert.equal(await world.size(), size);
  });

  test('a repository whose name only resembles that of the grant is refused, and one that is none is malformed', async () => {
    const requests = matrixRequests(world.things);
    const near = ['shop/api2', 'shop/ap', 'shop/api/x', 'shop/api-x', 'shop', 'bank/shop/api'];
    const malformed = ['Shop/api', 'shop/Api', 'shop/api/', '/shop/api', 'shop//api', 'shop/api%20', 'shop/*', '*'];
    for (const role of ROLES.filter((each) => each !== 'admin')) {
      const caller = world.callers.find((each) => each.role === role && each.repositories.join() === 'shop/api');
      assert(caller !== undefined, role);
      const header = `Bearer ${caller.token}`;
      for (const operation of OPERATIONS) {
        const access = TABLE.access[operation];
        if (access === 'public' || !access.includes(role)) continue;
        for (const request of requests[operation].filter(({ isNamed }) => isNamed)) {
          for (const name of near) {
            const answered = await send(world.url, operation, request, header, name);
            assert.equal(codeOf(answered), 'auth/repository-out-of-scope', `${operation} ${role} ${name}`);
          }
          for (const name of malformed) {
            const answered = await send(world.url, operation, request, header, name);
            assert.match(codeOf(answered), MALFORMED, `${operation} ${role} ${name}`);
          }
        }
      }
    }
  });

  test('what is no repository cannot be granted, so that no grant reaches by accident', async () => {
    for (const repositories of [['Shop/api'], ['shop/'], ['*/api'], ['shop*'], ['shop/**'], [' shop/api'], ['']]) {
      const body = JSON.stringify({ principal: 'near', role: 'pipeline', repositories, stages: ['*'] });
      const request: MatrixRequest = { isNamed: false, target: () => '/v1/principals', body: () => body };
      const { status } = await send(world.url, 'grantPrincipal', request, `Bearer ${world.admin}`);
      assert.equal(status, 400, repositories.join());
    }
  });

  test('a browser that is signed in may on every route what its token may, and nothing that takes a token', async () => {
    const browsers = new Map<MatrixCaller, Readonly<Record<string, string>>>();
    for (const caller of world.callers) browsers.set(caller, await world.signIn(caller.token));
    const show = (caller: MatrixCaller) => browsers.get(caller);
    const both = OPERATIONS.filter((operation) => !TOKEN_ONLY.includes(operation) && operation !== 'endSession');
    const size = await world.size();
    assert.deepEqual(await walkMatrix(world, TABLE, both, 'refused', show), []);
    assert.equal(await world.size(), size);
    const reading = both.filter((operation) => ROUTES[operation].method === 'get');
    assert.deepEqual(await walkMatrix(world, TABLE, reading, 'reached', show), []);
    const tokenOnly = OPERATIONS.filter((operation) => (ROUTES[operation] as Route).tokenOnly === true);
    assert.deepEqual(new Set(tokenOnly), new Set(TOKEN_ONLY));
    const admin = world.callers.find(({ role }) => role === 'admin');
    assert(admin !== undefined);
    for (const operation of TOKEN_ONLY) {
      const [request] = matrixRequests(world.things)[operation] as [MatrixRequest];
      assert.equal(codeOf(await send(world.url, operation, request, show(admin))), 'session/token-needed', operation);
    }
  });

  test('beyond the table: recording a verdict, breaking the glass, and entries of trust ask for more', async () => {
    const { trustSeq } = world.things;
    const asRole = async (role: Role, operation: Operation, request: MatrixRequest) => {
      const caller = world.callers.find((each) => each.role === role && each.isInside);
      assert(caller !== undefined, role);
      return codeOf(await send(world.url, operation, request, `Bearer ${caller.token}`));
    };
    const requests = matrixRequests(world.things);
    const adding = (operation: Operation, more: object): MatrixRequest => {
      const [request] = requests[operation] as [MatrixRequest];
      return { ...request, body: (name) => JSON.stringify({ ...JSON.parse(String(request.body?.(name))), ...more }) };
    };
    const at = (target: string): MatrixRequest => ({ isNamed: false, target: () => target });
    const refused = async (operation: Operation, request: MatrixRequest, code = 'auth/role-not-allowed') => {
      const codes = await Promise.all(ROLES.map((role) => asRole(role, operation, request)));
      return ROLES.filter((_role, place) => codes[place] === code);
    };
    assert.deepEqual(await refused('verifyImage', adding('verifyImage', { record: true })), ['auditor', 'operator']);
    assert.deepEqual(
      await refused('requestWaiver', adding('requestWaiver', { breakGlass: true })),
      ROLES.filter((role) => role !== 'release-manager'),
    );
    for (const target of [`/v1/entries/${trustSeq}`, `/v1/entries/${trustSeq}/receipt`])
      assert.deepEqual(await refused(target.endsWith('t') ? 'readReceipt' : 'readEntry', at(target)), ['pipeline']);
    const ofTrust = at('/v1/proofs/completeness?key=trust');
    assert.deepEqual(await refused('proveCompleteness', ofTrust, 'service/not-found'), [], 'its keys are public');
    for (const key of ['contract:shop', 'principal:spare'])
      assert.deepEqual(
        await refused('proveCompleteness', at(`/v1/proofs/completeness?key=${key}`), 'service/not-found'),
        ['pipeline'],
      );
  });

  test('a stage that is not the pipeline’s is refused where a stage is asked for, and nowhere else', async () => {
    const { otherStage } = world;
    const of = { url: world.url, things: world.things, callers: [otherStage] };
    assert.deepEqual(await walkMatrix(of, TABLE, OPERATIONS), []);
    // Stages bind pipelines alone: nobody else writes what has one, and an administrator is one for every stage.
    const requests = matrixRequests(world.things);
    for (const operation of STAGE_BOUND) {
      const [request] = requests[operation] as [MatrixRequest];
      const answered = await send(world.url, operation, request, `Bearer ${otherStage.token}`);
      assert.equal(codeOf(answered), 'auth/stage-out-of-scope', operation);
    }
  });

  test('a use case that forgets to authorise is caught, whichever it is', async () => {
    // Refused at the edge by the role alone, they concern no repository: the edge is what a fault would have to be in.
    const bound = OPERATIONS.filter((operation) => TABLE.scopes[operation] !== 'none');
    let forgetting: keyof Service = 'queue';
    const url = await world.listen(withoutAuthorisation(world, () => forgetting));
    const callers = world.callers.filter(({ repositories }) => repositories.join() === 'shop/api2');
    assert.deepEqual(await walkMatrix({ url, things: world.things, callers }, TABLE, bound), []);
    const caught: string[] = [];
    for (const operation of bound) {
      forgetting = METHODS[operation] ?? (operation as keyof Service);
      const deviations = await walkMatrix({ url, things: world.things, callers }, TABLE, [operation]);
      if (deviations.length > 0) caught.push(operation);
    }
    assert.deepEqual(caught, bound);
  });

  test('a table that opens what is closed, or closes what is open, is caught', async () => {
    const wrong: readonly (readonly [Operation, RoleTable])[] = [
      ['listTokens', { ...TABLE, access: { ...TABLE.access, listTokens: ROLES } }],
      ['readRun', { ...TABLE, access: { ...TABLE.access, readRun: ['admin'] } }],
      ['readRun', { ...TABLE, scopes: { ...TABLE.scopes, readRun: 'none' } }],
      ['whoami', { ...TABLE, scopes: { ...TABLE.scopes, whoami: 'refused' } }],
    ];
    for (const [operation, table] of wrong) assert.notDeepEqual(await walkMatrix(world, table, [operation]), []);
  });

  test('whoever may gets as far as the use case, on every route', async () => {
    assert.deepEqual(await walkMatrix(world, TABLE, OPERATIONS, 'reached'), []);
  });
});

/** The code of a refusal; of a batch, that of its line. */
function codeOf({ code, status, text }: Answered): string {
  if (code !== '' || status !== 200) return code;
  return text.endsWith('\n') ? (JSON.parse(text).problem?.code ?? '') : '';
}
