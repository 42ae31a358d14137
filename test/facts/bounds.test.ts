import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { combineFacts } from '../../src/core/facts/combine-facts.ts';
import { predicateTypeUri } from '../../src/core/statement/predicate-types.ts';
import { COMMIT, factsOf, statedBy, wrapped } from './facts-under-test.ts';

const array = <T>(length: number, of: (index: number) => T): readonly T[] =>
  Array.from({ length }, (_, index) => of(index));
const bom = (more: object) => ({ specVersion: '1.6', ...more });

describe('bounds of facts', () => {
  test('components: as many as are allowed, and not one more', () => {
    const limits = { componentsMax: 10 };
    const components = (count: number) => bom({ components: array(count, (i) => ({ name: `c${i}` })) });
    assert.ok(typeof factsOf('cyclonedx', components(10), { limits }) !== 'string');
    assert.equal(factsOf('cyclonedx', components(11), { limits }), 'facts/too-many-elements');
    // The same component again is none more.
    const same = bom({ components: array(20, () => ({ name: 'c' })) });
    assert.ok(typeof factsOf('cyclonedx', same, { limits }) !== 'string');
  });

  test('components: 100,000 where nothing else is said', () => {
    const components = (count: number) => bom({ components: array(count, (i) => ({ name: `c${i}` })) });
    assert.equal(statedBy('cyclonedx', components(100_000)).components?.count, 100_000);
    assert.equal(factsOf('cyclonedx', components(100_001)), 'facts/too-many-elements');
  });

  test('components of several documents together', () => {
    const source = (from: number) => ({
      predicateType: predicateTypeUri('cyclonedx'),
      predicate: bom({ components: array(60_000, (i) => ({ name: `c${from + i}` })) }),
    });
    const { combined, fault } = combineFacts([source(0), source(60_000)]);
    assert.deepEqual([combined, fault?.code], [{}, 'facts/too-many-elements']);
    assert.equal(combineFacts([source(0), source(40_000)]).combined.components?.count, 100_000);
  });

  test('vulnerabilities, and those of several documents together', () => {
    const scan = (count: number) => ({ scanner: { result: array(count, (i) => ({ id: `CVE-2024-${i}` })) } });
    const limits = { vulnerabilitiesMax: 10 };
    assert.ok(typeof factsOf('vulns', scan(10), { limits }) !== 'string');
    assert.equal(factsOf('vulns', scan(11), { limits }), 'facts/too-many-elements');
    assert.equal(statedBy('vulns', scan(100_000)).vulnerabilities?.total, 100_000);
    assert.equal(factsOf('vulns', scan(100_001)), 'facts/too-many-elements');
    const source = { predicateType: predicateTypeUri('vulns'), predicate: scan(50_001) };
    assert.equal(combineFacts([source, source]).fault?.code, 'facts/too-many-elements');
  });

  test('products of VEX', () => {
    const vex = (statements: number, products: number) => ({
      '@context': 'https://openvex.dev/ns/v0.2.0',
      statements: array(statements, (s) => ({
        vulnerability: { name: `CVE-2024-${s}` },
        status: 'fixed',
        products: array(products, (p) => ({ '@id': `pkg:npm/p${p}` })),
      })),
    });
    const limits = { vexProductsMax: 10 };
    assert.ok(typeof factsOf('openvex', vex(2, 5), { limits }) !== 'string');
    assert.equal(factsOf('openvex', vex(2, 6), { limits }), 'facts/too-many-elements');
    assert.ok(typeof factsOf('openvex', vex(500, 1_000)) !== 'string');
    assert.equal(factsOf('openvex', vex(500, 1_001)), 'facts/too-many-elements');
  });

  test('comparisons of VEX with vulnerabilities', () => {
    const vulnerabilities = array(3_000, (i) => ({ id: 'CVE-2024-1', affects: [{ ref: `pkg:npm/p${i}` }] }));
    const statements = [
      {
        vulnerability: { name: 'CVE-2024-1' },
        status: 'fixed',
        products: array(3_000, (p) => ({ '@id': `pkg:npm/q${p}` })),
      },
    ];
    const { combined, fault } = combineFacts([
      { predicateType: predicateTypeUri('cyclonedx'), predicate: bom({ vulnerabilities }) },
      {
        predicateType: predicateTypeUri('openvex'),
        predicate: { '@context': 'https://openvex.dev/ns/v0.2.0', statements },
      },
    ]);
    assert.deepEqual([combined, fault?.code], [{}, 'facts/too-much-work']);
  });

  test('steps of one document, and of several together', () => {
    const log = { version: '2.1.0', runs: [{ results: array(100, () => ({})) }] };
    // A run and 100 results.
    assert.ok(typeof factsOf('sarif', log, { limits: { stepsMax: 101 } }) !== 'string');
    assert.equal(factsOf('sarif', log, { limits: { stepsMax: 100 } }), 'facts/too-much-work');
    const many = { version: '2.1.0', runs: [{ results: array(2_000_000, () => ({})) }] };
    const source = { predicateType: predicateTypeUri('sarif'), predicate: many };
    const { documents, combined } = combineFacts([source, source, source, source]);
    const codes = documents.map(({ fault }) => fault?.code);
    assert.deepEqual(codes, [undefined, undefined, undefined, 'facts/too-much-work']);
    assert.deepEqual(combined, {});
  });

  test('lists of other kinds', () => {
    const limits = { listMax: 3 };
    const provenance = (uri: (index: number) => string, count: number) => ({
      builder: { id: 'b' },
      materials: array(count, (i) => ({ uri: uri(i) })),
    });
    for (const uri of [(i: number) => `git+https://x/${i}`, (i: number) => `oci://x/${i}`]) {
      assert.ok(typeof factsOf('slsa-provenance-v0.2', provenance(uri, 3), { limits }) !== 'string');
      assert.equal(factsOf('slsa-provenance-v0.2', provenance(uri, 4), { limits }), 'facts/too-many-elements');
    }
    const licences = (count: number) =>
      bom({ components: array(count, (i) => ({ name: `c${i}`, licenses: [{ license: { name: `L${i}` } }] })) });
    assert.equal(statedBy('cyclonedx', licences(10_000)).licences?.count, 10_000);
    assert.equal(factsOf('cyclonedx', licences(10_001)), 'facts/too-many-elements');
    const ofOne = (count: number) =>
      bom({ components: [{ name: 'c', licenses: array(count, (i) => ({ license: { name: `L${i}` } })) }] });
    assert.ok(typeof factsOf('cyclonedx', ofOne(64)) !== 'string');
    assert.equal(factsOf('cyclonedx', ofOne(65)), 'facts/too-many-elements');
  });

  test('reviews: one list for each document', () => {
    const review = {
      predicateType: predicateTypeUri('pull-request-review'),
      predicate: { change: { commit: COMMIT }, authors: ['p-a'], reviews: [] },
    };
    assert.equal(combineFacts(array(1_000, () => review)).combined.approvals?.changes.length, 1);
  });

  test('texts: 1,024 characters', () => {
    const named = (length: number) => bom({ components: [{ name: 'n'.repeat(length) }] });
    assert.ok(typeof factsOf('cyclonedx', named(1_024)) !== 'string');
    assert.equal(factsOf('cyclonedx', named(1_025)), 'facts/text-too-long');
  });

  test('components in components: 16 levels; branches of products: 32', () => {
    const nested = (depth: number): object => ({
      name: `c${depth}`,
      ...(depth > 1 ? { components: [nested(depth - 1)] } : {}),
    });
    assert.equal(statedBy('cyclonedx', bom({ components: [nested(16)] })).components?.count, 16);
    assert.equal(factsOf('cyclonedx', bom({ components: [nested(17)] })), 'facts/too-deep');
    const branch = (depth: number): object => (depth > 1 ? { branches: [branch(depth - 1)] } : {});
    const csaf = (depth: number) => ({
      document: { category: 'csaf_vex', csaf_version: '2.0' },
      product_tree: { branches: [branch(depth)] },
    });
    assert.ok(typeof factsOf('csaf', csaf(32)) !== 'string');
    assert.equal(factsOf('csaf', csaf(33)), 'facts/too-deep');
  });

  test('qualifiers of a package URL: 32; names of licences: 128 characters, expressions: 4,096', () => {
    const qualified = (count: number) =>
      statedBy(
        'cyclonedx',
        bom({ components: [{ name: 'a', purl: `pkg:npm/a@1?${array(count, (i) => `q${i}=1`).join('&')}` }] }),
      );
    assert.equal(qualified(32).components?.list[0]?.purl, 'pkg:npm/a@1');
    assert.equal(qualified(33).components?.list[0]?.purl, undefined);
    const licence = (license: object) =>
      statedBy('cyclonedx', bom({ components: [{ name: 'a', licenses: [license] }] })).licences?.list[0]?.licence;
    assert.equal(licence({ license: { name: 'n'.repeat(128) } }), 'n'.repeat(128));
    assert.match(licence({ license: { name: 'n'.repeat(129) } }) ?? '', /^sha256:[0-9a-f]{64}$/);
    assert.equal(licence({ expression: `${'('.repeat(2_000)}MIT${')'.repeat(2_000)}` }), 'MIT');
    assert.match(licence({ expression: `${'('.repeat(2_050)}MIT${')'.repeat(2_050)}` }) ?? '', /^sha256:/);
  });

  test('bytes of an XML document: 32 MiB', () => {
    const xml = (bytes: number) =>
      wrapped(`<testsuite>${' '.repeat(bytes - '<testsuite></testsuite>'.length)}</testsuite>`);
    assert.ok(typeof factsOf('junit', xml(32 * 1024 * 1024)) !== 'string');
    assert.equal(factsOf('junit', xml(32 * 1024 * 1024 + 3)), 'facts/too-large');
  });
});
