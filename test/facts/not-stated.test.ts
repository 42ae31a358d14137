import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PredicateTypeName } from '../../src/core/statement/predicate-types.ts';
import { COMMIT, factsOf } from './facts-under-test.ts';

describe('a document without its list', () => {
  const refused: readonly (readonly [type: PredicateTypeName, member: string, predicate: object])[] = [
    ['sarif', 'runs', { version: '2.1.0' }],
    ['grype', 'matches', {}],
    ['gitlab-security-report', 'vulnerabilities', { version: '15.0.0', scan: { type: 'sast' } }],
    ['github-code-scanning', 'alerts', {}],
    ['github-dependabot', 'alerts', {}],
    ['openvex', 'statements', { '@context': 'https://openvex.dev/ns' }],
    ['pull-request-review', 'reviews', { change: { commit: COMMIT }, authors: ['p-a'] }],
    ['vulns', 'scanner', {}],
  ];
  for (const [type, member, predicate] of refused) {
    test(`of the type ${type} states no zero (facts/not-stated)`, () => {
      assert.equal(factsOf(type, predicate), 'facts/not-stated');
      assert.equal(factsOf(type, { ...predicate, [member]: null }), 'facts/not-stated');
    });
  }

  test('states no components where bills list none, not even an empty list', () => {
    const bills: readonly (readonly [PredicateTypeName, object])[] = [
      ['cyclonedx', { specVersion: '1.6' }],
      ['cyclonedx', { specVersion: '1.6', components: null }],
      ['spdx', { spdxVersion: 'SPDX-2.3' }],
      ['spdx', { spdxVersion: 'SPDX-2.3', packages: null }],
      ['spdx-v3', { '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld', '@graph': [] }],
    ];
    for (const [type, bill] of bills) assert.deepEqual(factsOf(type, bill), {}, type);
  });

  test('of every type states nothing where it is an empty object', () => {
    const types: readonly PredicateTypeName[] = [
      ...([
        'cobertura',
        'cosign-vuln',
        'csaf',
        'cyclonedx',
        'cyclonedx-xml',
        'github-code-scanning',
        'github-dependabot',
      ] as const),
      ...(['gitlab-security-report', 'grype', 'jacoco', 'junit', 'openvex', 'pull-request-review', 'sarif'] as const),
      ...(['slsa-provenance', 'slsa-provenance-v0.2', 'spdx', 'spdx-v2.3', 'spdx-v3', 'test-result', 'trivy'] as const),
      ...(['vulns', 'vulns-v0.1'] as const),
    ];
    for (const type of types) assert.match(String(factsOf(type, {})), /^facts\//, type);
    // It has no version, and an empty list of results is one of a scan that looked at nothing.
    assert.deepEqual(factsOf('twistcli', {}), {});
  });
});
