import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { digest, globs, repository, time, title, wholeNumber } from '../../src/api/fields.ts';
import { PROBLEM_TYPE_BASE, problem } from '../../src/api/problem.ts';
import type { Route } from '../../src/api/route.ts';
import { ROUTES } from '../../src/api/routes.ts';

const routes = Object.entries<Route>(ROUTES);

test('each route stands under its own operation, with its own method and path', () => {
  for (const [name, { operation }] of routes) assert.equal(operation, name);
  assert.equal(new Set(routes.map(([, { method, path }]) => `${method} ${path}`)).size, routes.length);
});

/** What browsers are shown: the root leads to the console, whose pages lie below it. */
const FOLDERS = new Set(['/', '/console/']);

test('paths have no colon verbs, no trailing slash, and exactly the parameters of their schema', () => {
  for (const [name, { path, params }] of routes) {
    if (!FOLDERS.has(path)) assert.match(path, /^(?:\/[a-z0-9.{}+-]+)+$/i, name);
    assert.deepEqual(
      [...path.matchAll(/\{\+?(\w+)\}/g)].map(([, parameter]) => parameter),
      Object.keys(params.shape),
      name,
    );
  }
});

test('parameters and JSON bodies are strict: what they do not name is refused', () => {
  for (const [name, { params, query, body }] of routes) {
    for (const schema of [params, query, ...(body?.form === 'json' ? [body.schema] : [])]) {
      const read = schema.safeParse({ surprise: 1 });
      assert(!read.success && read.error.issues.some(({ code }) => code === 'unrecognized_keys'), name);
    }
  }
});

test('only GET is free of a body, and every route states what it answers', () => {
  for (const [name, { method, body, answers }] of routes) {
    assert.equal(body === undefined, method === 'get', name);
    assert(Object.keys(answers).length > 0, name);
    if (method === 'post') assert(answers[200] !== undefined || answers[201] !== undefined, name);
  }
});

test('a whole number has one spelling, and comes back as it was', () => {
  const schema = wholeNumber({ min: 0 }, 'any');
  fc.assert(
    fc.property(fc.maxSafeNat(), (number) => {
      assert.equal(schema.parse(String(number)), number);
      for (const other of [`0${number}`, `+${number}`, ` ${number}`, `${number}.0`, `${number}e0`, `-${number}`]) {
        assert(!schema.safeParse(other).success, other);
      }
    }),
  );
  assert(!schema.safeParse('9007199254740992').success);
});

test('names are anchored at both ends, line breaks included', () => {
  const good = `sha256:${'a'.repeat(64)}`;
  assert(digest.safeParse(good).success && repository.safeParse('shop/api').success);
  for (const bad of [`${good}\n`, `\n${good}`, `${good} `]) assert(!digest.safeParse(bad).success);
  for (const bad of ['shop/api\n', '/shop', 'shop/', 'shop//api', 'Shop', ''])
    assert(!repository.safeParse(bad).success, bad);
  assert(!time.safeParse('2026-01-02T03:04:05.678Z\n').success);
  assert(!globs.safeParse(['shop/**']).success && globs.safeParse(['*', 'shop/*']).success);
});

test('titles hold no control characters and no line separators', () => {
  for (const bad of ['', 'a\u0000', 'a\nb', 'a\u001bb', 'a\u0085', 'a\u2028b', 'a\u007f'])
    assert(!title.safeParse(bad).success);
  for (const good of ['CI', 'Größe <b>', '日本語', '👍']) assert(title.safeParse(good).success, good);
});

test('a problem needs all of its members, and has no others', () => {
  const good = {
    type: `${PROBLEM_TYPE_BASE}auth/token-missing`,
    title: 'x',
    status: 401,
    code: 'auth/token-missing',
    detail: 'x',
    remedy: 'x',
    requestId: 'x',
  };
  assert(problem.safeParse(good).success && problem.safeParse({ ...good, at: '/x' }).success);
  assert(!problem.safeParse({ ...good, status: 200 }).success && !problem.safeParse({ ...good, more: 1 }).success);
});
