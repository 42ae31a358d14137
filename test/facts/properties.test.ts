import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { combineFacts, type FactsSource } from '../../src/core/facts/combine-facts.ts';
import { compareFacts } from '../../src/core/facts/compare-facts.ts';
import { formatFacts, VEX_STATUSES } from '../../src/core/facts/facts.ts';
import { type PredicateTypeName, predicateTypeUri } from '../../src/core/statement/predicate-types.ts';
import { checkFacts } from './check-facts.ts';
import { DIGEST } from './facts-under-test.ts';

const source = (type: PredicateTypeName, predicate: object): FactsSource => ({
  stage: type,
  predicateType: predicateTypeUri(type),
  predicate: JSON.parse(JSON.stringify(predicate)),
});

const id = fc.constantFrom('CVE-2024-0001', 'CVE-2024-0002', 'GHSA-1');
const name = fc.constantFrom('a', 'b', '@s/c');
const version = fc.constantFrom('1', '2', '3');
const purl = fc.tuple(name, version).map(([of, is]) => `pkg:npm/${of}@${is}`);
const severity = fc.constantFrom('critical', 'high', 'medium', 'low', 'negligible', 'odd');

const bill = fc.array(fc.tuple(purl, fc.subarray(['MIT', 'ISC', 'Apache-2.0'])), { maxLength: 8 }).map((components) =>
  source('cyclonedx', {
    specVersion: '1.6',
    components: components.map(([of, licences]) => ({
      name: of.slice('pkg:npm/'.length, of.lastIndexOf('@')),
      purl: of,
      licenses: licences.map((licence) => ({ license: { id: licence } })),
    })),
  }),
);
const match = fc.tuple(id, severity, purl).map(([found, grave, of]) => ({
  vulnerability: { id: found, severity: grave },
  artifact: { name: 'x', version: '1', purl: of },
}));
const scan = fc
  .tuple(fc.array(match, { maxLength: 8 }), fc.array(match, { maxLength: 3 }))
  .map(([matches, ignoredMatches]) => source('grype', { matches, ignoredMatches }));
const tests = fc.tuple(fc.nat(5), fc.nat(5)).map(([passed, failed]) =>
  source('test-result', {
    result: failed > 0 ? 'FAILED' : 'PASSED',
    passedTests: Array(passed).fill('t'),
    failedTests: Array(failed).fill('t'),
  }),
);
const statement = fc
  .tuple(id, fc.constantFrom(...VEX_STATUSES), fc.option(purl, { nil: undefined }))
  .map(([about, status, of]) => ({
    vulnerability: { name: about },
    status,
    ...(of === undefined ? {} : { products: [{ '@id': of }] }),
  }));
const vexOf = (statements: readonly object[]) =>
  source('openvex', { '@context': 'https://openvex.dev/ns/v0.2.0', statements });
const vex = fc.array(statement, { maxLength: 5 }).map(vexOf);
const documents = fc.array(fc.oneof(bill, scan, tests), { maxLength: 5 });

/** A statement about every vulnerability in the image of the attestation. */
const about = (status: string) =>
  vexOf(['CVE-2024-0001', 'CVE-2024-0002', 'GHSA-1'].map((each) => ({ vulnerability: { name: each }, status })));

function combined(sources: readonly FactsSource[]) {
  const { combined: facts, documents: outcomes } = combineFacts(sources, { digest: DIGEST });
  for (const { fault } of outcomes) assert.equal(fault, undefined);
  checkFacts(facts);
  return facts;
}

test('without VEX the order of documents changes nothing', () => {
  fc.assert(
    fc.property(documents, (sources) => {
      assert.equal(formatFacts(combined(sources)), formatFacts(combined(sources.toReversed())));
    }),
  );
});

test('the last word about a vulnerability counts, whatever was said before', () => {
  fc.assert(
    fc.property(documents, fc.array(vex, { maxLength: 3 }), (sources, statements) => {
      const before = [...statements, ...sources];
      const found = combined(before).vulnerabilities?.list.length;
      const affected = combined([...before, about('affected')]).vulnerabilities;
      assert.deepEqual([affected?.total, affected?.suppressed], [found, found === undefined ? undefined : 0]);
      const cleared = combined([...before, about('not_affected')]).vulnerabilities;
      assert.deepEqual([cleared?.total, cleared?.suppressed], [found === undefined ? undefined : 0, found]);
    }),
  );
});

test('VEX neither adds nor removes a vulnerability: what does not count is suppressed', () => {
  fc.assert(
    fc.property(documents, vex, (sources, statements) => {
      const [bare, told] = [combined(sources).vulnerabilities, combined([...sources, statements]).vulnerabilities];
      const names = (list: typeof bare) => list?.list.map(({ id: of, component }) => `${of} ${component}`);
      assert.deepEqual(names(told), names(bare));
    }),
  );
});

test('what came one way has gone the other, and nothing changes against itself', () => {
  fc.assert(
    fc.property(documents, documents, (one, other) => {
      const [a, b] = [combined(one), combined(other)];
      const [there, back, same] = [compareFacts(a, b), compareFacts(b, a), compareFacts(a, a)];
      assert.deepEqual(there.components?.added, back.components?.removed);
      assert.equal(there.components?.changedCount, back.components?.changedCount);
      assert.deepEqual(there.vulnerabilities?.new, back.vulnerabilities?.gone);
      assert.deepEqual(there.licences?.added, back.licences?.removed);
      assert.deepEqual([same.components?.addedCount ?? 0, same.components?.changedCount ?? 0], [0, 0]);
      assert.deepEqual([same.vulnerabilities?.new.total ?? 0, same.vulnerabilities?.gone.total ?? 0], [0, 0]);
    }),
  );
});
