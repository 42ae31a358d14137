import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DIGEST, type EdgeUnderTest, openEdgeUnderTest } from './edge-under-test.ts';

describe('what the console looks things up by', () => {
  let edge: EdgeUnderTest;
  let token = '';
  before(async () => {
    edge = await openEdgeUnderTest();
    token = await edge.tokenFor('reader', 'auditor', ['shop/*']);
    for (const repository of ['shop/api', 'bank/api'])
      assert.equal((await edge.sign(edge.admin, repository)).status, 201);
  });
  after(() => edge[Symbol.asyncDispose]());

  test('a search answers hits within the caller’s repositories, as the contract says', async () => {
    const found = await edge.ask('search', { target: `/v1/search?q=${DIGEST.slice(0, 20)}`, token });
    assert.equal(found.status, 200, found.text);
    assert.deepEqual(
      found.body.items.map(({ type, digest, repository }: Record<string, string>) => [type, digest, repository]),
      [['image', DIGEST, 'shop/api']],
    );
    const both = await edge.ask('search', { target: `/v1/search?q=${DIGEST}&limit=1` });
    assert.deepEqual([both.body.items.length, both.body.more], [1, ['image']]);
    const named = await edge.ask('search', { target: '/v1/search?q=shop%2F', token });
    assert.deepEqual(named.body.items, [{ type: 'repository', repository: 'shop/api' }]);
  });

  test('a search for too little, or for what nothing is called, is refused with its place (422)', async () => {
    for (const [q, code] of [
      ['s', 'search/too-short'],
      ['sha256:8b4', 'search/too-short'],
      ['%25', 'search/not-searchable'],
      ['a+b', 'search/not-searchable'],
    ] as const) {
      const refused = await edge.ask('search', { target: `/v1/search?q=${q}`, token });
      assert.deepEqual([refused.status, refused.body.code, refused.body.at], [422, code, 'query/q'], q);
    }
    for (const [query, at] of [
      ['q=', 'query/q'],
      [`q=${'a'.repeat(401)}`, 'query/q'],
      ['q=shop&limit=51', 'query/limit'],
    ] as const) {
      const refused = await edge.ask('search', { target: `/v1/search?${query}`, token });
      assert.deepEqual(
        [refused.status, refused.body.code, refused.body.at],
        [400, 'http/malformed-parameter', at],
        query,
      );
    }
  });

  test('repositories and their trends answer page by page, as the contract says', async () => {
    const listed = await edge.ask('listRepositories', { target: '/v1/repositories?limit=1' });
    assert.deepEqual(
      [listed.body.items[0].repository, listed.body.items[0].newest.digest, listed.body.items[0].images],
      ['bank/api', DIGEST, 1],
    );
    const next = await edge.ask('listRepositories', { target: `/v1/repositories?limit=1&cursor=${listed.body.next}` });
    assert.deepEqual([next.body.items[0].repository, next.body.next], ['shop/api', undefined]);
    const trend = await edge.ask('readTrend', { target: '/v1/repositories/trend?repository=shop/api', token });
    assert.deepEqual(
      trend.body.items.map(({ digest, facts }: { digest: string; facts: object }) => [digest, facts]),
      [[DIGEST, { bytes: 2, layers: 0 }]],
    );
    const refused = await edge.ask('readTrend', { target: '/v1/repositories/trend?repository=bank/api', token });
    assert.deepEqual([refused.status, refused.body.code], [403, 'auth/repository-out-of-scope']);
    for (const [operation, target, at] of [
      ['readTrend', '/v1/repositories/trend', 'query/repository'],
      ['search', '/v1/search', 'query/q'],
    ] as const) {
      const none = await edge.ask(operation, { target, token });
      assert.deepEqual([none.status, none.body.code, none.body.at], [400, 'http/parameter-missing', at]);
    }
  });

  test('an inbox answers what awaits the caller, as the contract says', async () => {
    const empty = await edge.ask('readInbox', { target: '/v1/inbox', token });
    assert.deepEqual([empty.status, empty.body.items, empty.body.more], [200, [], []]);
    const contract = JSON.stringify({ contract: 'shop', repositories: ['shop/*'], stages: [{ stage: 'scan' }] });
    assert.equal((await edge.ask('publishContract', { target: '/v1/contracts', body: contract })).status, 201);
    const judged = JSON.stringify({ subject: DIGEST, repository: 'shop/api', record: true });
    assert.equal((await edge.ask('verifyImage', { target: '/v1/verifications', body: judged })).status, 201);
    const { body } = await edge.ask('readInbox', { target: '/v1/inbox?days=1&limit=5' });
    assert.deepEqual(
      body.items.map(({ kind, repository }: Record<string, string>) => [kind, repository]),
      [['image-fails', 'shop/api']],
    );
    for (const query of ['days=0', 'days=91', 'limit=51', 'days=x'])
      assert.equal((await edge.ask('readInbox', { target: `/v1/inbox?${query}` })).status, 400, query);
  });
});
