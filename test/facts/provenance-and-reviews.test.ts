import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { COMMIT, factsOf, statedBy } from './facts-under-test.ts';

const SHA = 'ab'.repeat(32);
const OTHER = 'd0'.repeat(20);

describe('provenance', () => {
  test('of version 1 states builder, sources and consumed images', () => {
    const facts = statedBy('slsa-provenance', {
      buildDefinition: {
        resolvedDependencies: [
          { uri: 'git+https://git.example/shop/api@refs/heads/main#dir', digest: { gitCommit: COMMIT } },
          { uri: 'git+https://git.example/shop/api@refs/heads/main#dir', digest: { gitCommit: COMMIT } },
          { uri: 'pkg:docker/library/alpine@3.20?platform=linux%2Famd64', digest: { sha256: SHA } },
          { uri: `oci://gcr.io/kaniko@sha256:${SHA}` },
          { uri: 'https://example.com/file.tgz', digest: { sha256: SHA } },
        ],
      },
      runDetails: { builder: { id: 'https://builder.example/v1' } },
    });
    assert.deepEqual(facts, {
      builders: ['https://builder.example/v1'],
      sources: [{ repository: 'https://git.example/shop/api', commit: COMMIT }],
      inputImages: [
        { name: 'gcr.io/kaniko', digest: `sha256:${SHA}` },
        { name: 'library/alpine', digest: `sha256:${SHA}` },
      ],
    });
  });

  test('of version 0.2 states the same of its own members', () => {
    const facts = statedBy('slsa-provenance-v0.2', {
      builder: { id: 'https://builder.example/v0' },
      invocation: { configSource: { uri: 'https://git.example/shop/ci', digest: { sha1: OTHER } } },
      materials: [{ uri: 'git+ssh://git@git.example/shop/api.git', digest: { sha1: COMMIT } }],
    });
    assert.deepEqual(facts, {
      builders: ['https://builder.example/v0'],
      sources: [
        { repository: 'ssh://git@git.example/shop/api.git', commit: COMMIT },
        { repository: 'https://git.example/shop/ci', commit: OTHER },
      ],
    });
  });

  test('without a builder is refused', () => {
    assert.equal(factsOf('slsa-provenance', { runDetails: {} }), 'facts/malformed-document');
    assert.equal(factsOf('slsa-provenance-v0.2', { builder: { id: '' } }), 'facts/malformed-document');
  });
});

describe('reviews of a change', () => {
  const reviews = (...list: readonly (readonly [reviewer: string, decision: string, commit?: string])[]) => ({
    change: { repository: 'https://git.example/shop/api', number: 7, commit: COMMIT },
    authors: ['p-author'],
    reviews: list.map(([reviewer, decision, commit = COMMIT]) => ({ reviewer, decision, commit })),
  });

  test('count each reviewer by their last one, and no author', () => {
    const facts = statedBy(
      'pull-request-review',
      reviews(
        ['p-one', 'changes-requested'],
        ['p-one', 'approved'],
        ['p-two', 'approved'],
        ['p-two', 'dismissed'],
        ['p-author', 'approved'],
        ['p-three', 'changes-requested'],
      ),
    );
    const change = { commit: COMMIT, authors: ['p-author'], approvers: ['p-one'], objectors: ['p-three'] };
    assert.deepEqual(facts.approvals, { count: 1, approvers: ['p-one'], objectors: ['p-three'], changes: [change] });
  });

  test('of an earlier commit approve nothing, and object still', () => {
    const { approvals } = statedBy(
      'pull-request-review',
      reviews(['p-one', 'approved', OTHER], ['p-two', 'changes-requested', OTHER]),
    );
    assert.deepEqual([approvals?.count, approvals?.objectors], [0, ['p-two']]);
  });

  test('are refused with free text in the place of a pseudonym, and malformed', () => {
    assert.equal(factsOf('pull-request-review', reviews(['Ada Lovelace', 'approved'])), 'facts/malformed-document');
    assert.equal(factsOf('pull-request-review', reviews(['p-one', 'lgtm'])), 'facts/malformed-document');
    assert.equal(factsOf('pull-request-review', reviews(['p-one', 'approved', 'main'])), 'facts/malformed-document');
    assert.equal(factsOf('pull-request-review', { ...reviews(), authors: [] }), 'facts/malformed-document');
    assert.equal(factsOf('pull-request-review', { ...reviews(), change: {} }), 'facts/malformed-document');
    assert.equal(statedBy('pull-request-review', reviews()).approvals?.count, 0);
  });
});
