import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Express } from 'express';
import type { Route } from '../../src/api/route.ts';
import { ROUTES } from '../../src/api/routes.ts';
import { createHttpApp } from '../../src/http/app.ts';
import { FAULTS } from '../../src/http/faults/faults.ts';
import { buildOpenapiDocument } from '../../src/http/openapi-document.ts';
import { expressPath } from '../../src/http/register-route.ts';
import { stubService } from './stub-service.ts';

type Json = { [name: string]: Json };
const document = JSON.parse(JSON.stringify(buildOpenapiDocument('9.8.7'))) as Json;
const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

/** What Express answers, by its own router: method and path of every layer that is not a refusal of methods. */
function servedRoutes(app: Express): readonly string[] {
  return app.router.stack.flatMap(({ route }) => {
    const methods = Object.keys((route as unknown as { methods?: object } | undefined)?.methods ?? {});
    return methods.length === 1 ? [`${methods[0]} ${route?.path}`] : [];
  });
}

test('every route that Express serves is in the document, and the other way round', () => {
  const served = servedRoutes(createHttpApp(stubService()));
  const table = Object.values<Route>(ROUTES);
  assert.deepEqual([...served].sort(), table.map(({ method, path }) => `${method} ${expressPath(path)}`).sort());
  const described = operations.map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(described.sort(), table.map(({ method, path }) => `${method} ${path.replace('{+', '{')}`).sort());
  assert.equal(operations.length, 90);
});

test('the document is OpenAPI 3.1 with title, version, licence, bearer scheme and tags', () => {
  assert.match(String(document.openapi), /^3\.1\.\d+$/);
  assert.deepEqual([document.info?.title, document.info?.version], ['Waybill', '9.8.7']);
  assert.equal(document.info?.license?.identifier, 'Apache-2.0');
  const scheme = document.components?.securitySchemes?.bearer;
  assert.deepEqual([scheme?.type, scheme?.scheme], ['http', 'bearer']);
  const tags = Object.values(document.tags ?? {}).map(({ name }) => String(name));
  for (const { operation } of operations) assert(tags.includes(String(operation.tags?.['0'])));
});

test('each operation has its own id, a summary, its parameters, its answers and its problems', () => {
  const ids = operations.map(({ operation }) => String(operation.operationId));
  assert.equal(new Set(ids).size, ids.length);
  for (const { path, operation } of operations) {
    const id = String(operation.operationId);
    const route: Route = ROUTES[id as keyof typeof ROUTES];
    assert(String(operation.summary).length > 5, id);
    const parameters = Object.values(operation.parameters ?? {});
    const inPath = parameters.filter((parameter) => String(parameter.in) === 'path');
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    assert.deepEqual(
      inPath.map(({ name }) => String(name)),
      named,
      id,
    );
    const inQuery = parameters.filter((parameter) => String(parameter.in) === 'query');
    assert.deepEqual(
      inQuery.map(({ name }) => String(name)),
      Object.keys(route.query.shape),
      id,
    );
    const statuses = Object.keys(operation.responses ?? {});
    for (const status of Object.keys(route.answers)) assert(statuses.includes(status), `${id} ${status}`);
    assert.equal(statuses.includes('401'), route.access !== 'public', id);
    assert.equal(Object.keys(operation.security ?? { any: 1 }).length === 0, route.access === 'public', id);
    assert.equal(operation.requestBody !== undefined, route.body !== undefined, id);
  }
});

test('every fault code stands in the response of its status, with its meaning', () => {
  const responses = document.components?.responses ?? {};
  for (const [code, [status, meaning]] of Object.entries(FAULTS)) {
    const description = String(responses[`Problem${status}`]?.description);
    assert(description.includes(`- \`${code}\`: ${meaning}`), code);
  }
});

test('every reference leads somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)];
  assert(references.length > 50);
  for (const [, path = ''] of references) {
    const found = path.split('/').reduce<Json | undefined>((at, part) => at?.[part], document);
    assert(found !== undefined, path);
  }
});

test('objects of requests and answers name all their members, but for those of foreign formats', () => {
  const open = Object.entries(document.components?.schemas ?? {})
    .filter(([, schema]) => String(schema.type) === 'object' && String(schema.additionalProperties) !== 'false')
    .map(([name]) => name);
  assert.deepEqual(open, ['Receipt']);
});

test('examples are of the form that the schemas ask for', () => {
  for (const route of Object.values<Route>(ROUTES)) {
    const schemas = { ...route.params.shape, ...route.query.shape };
    for (const [name, schema] of Object.entries(schemas)) {
      const { meta, safeParse } = schema as {
        meta: () => { example?: unknown } | undefined;
        safeParse: (value: unknown) => { success: boolean };
      };
      const example = meta.call(schema)?.example;
      if (example !== undefined) assert(safeParse.call(schema, example).success, `${route.operation} ${name}`);
    }
  }
});
