import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type CombinedFacts, combineFacts, type FactsSource } from '../../src/core/facts/combine-facts.ts';
import { type PredicateTypeName, predicateTypeUri } from '../../src/core/statement/predicate-types.ts';
import { DIGEST, factsOf, statedBy } from './facts-under-test.ts';

const OTHER_IMAGE = `sha256:${'b2'.repeat(32)}`;
const PURL = 'pkg:deb/debian/openssl@3.0.11';

function source(type: PredicateTypeName, predicate: object, stage = 'scan'): FactsSource {
  return { stage, predicateType: predicateTypeUri(type), predicate: JSON.parse(JSON.stringify(predicate)) };
}

/** A scan that finds one vulnerability in one package. */
function scan(purl = `${PURL}?arch=amd64&distro=debian-12`): FactsSource {
  const found = { VulnerabilityID: 'CVE-2024-0001', VendorIDs: ['DSA-1'], PkgName: 'openssl', Severity: 'HIGH' };
  const vulnerability = { ...found, InstalledVersion: '3.0.11', PkgIdentifier: { PURL: purl } };
  return source('trivy', { SchemaVersion: 2, Results: [{ Class: 'os-pkgs', Vulnerabilities: [vulnerability] }] });
}

function openVex(...statements: readonly object[]): FactsSource {
  const named = statements.map((statement) => ({ vulnerability: { name: 'CVE-2024-0001' }, ...statement }));
  return source('openvex', { '@context': 'https://openvex.dev/ns/v0.2.0', statements: named }, 'vex');
}

function csaf(status: object, tree: object, category = 'csaf_vex'): FactsSource {
  const vulnerabilities = [{ cve: 'CVE-2024-0001', product_status: status }];
  return source('csaf', { document: { category, csaf_version: '2.0' }, product_tree: tree, vulnerabilities }, 'vex');
}

/** What the one vulnerability has become: its status, and whether it counts. */
function outcome(...sources: readonly FactsSource[]): string {
  const { combined, documents } = combine(...sources);
  for (const { fault } of documents) assert.equal(fault, undefined);
  const [found] = combined.vulnerabilities?.list ?? [];
  assert.ok(found !== undefined);
  assert.equal(combined.vulnerabilities?.total, found.suppressed ? 0 : 1);
  return `${found.status ?? 'none'} ${found.suppressed ? 'suppressed' : 'counts'}`;
}

function combine(...sources: readonly FactsSource[]): CombinedFacts {
  return combineFacts(sources, { digest: DIGEST });
}

describe('OpenVEX of another attestation', () => {
  test('sets a vulnerability of the package aside, and only in that package', () => {
    const products = (...ids: readonly string[]) => ids.map((id) => ({ '@id': id }));
    const said = (...ids: readonly string[]) =>
      outcome(scan(), openVex({ status: 'not_affected', products: products(...ids) }));
    assert.equal(said(PURL), 'not_affected suppressed');
    assert.equal(said('pkg:deb/debian/openssl'), 'not_affected suppressed');
    assert.equal(said(`${PURL}?arch=amd64`), 'not_affected suppressed');
    assert.equal(said('pkg:deb/debian/openssl@3.0.12'), 'none counts');
    assert.equal(said(`${PURL}?arch=arm64`), 'none counts');
    assert.equal(said('pkg:deb/debian/openss'), 'none counts');
    assert.equal(said('https://example.com/openssl'), 'none counts');
  });

  test('is about an image by its digest, and about packages in it where it lists some', () => {
    const hex = DIGEST.slice('sha256:'.length);
    const image = { '@id': `pkg:oci/api@sha256%3A${hex}` };
    const said = (product: object) => outcome(scan(), openVex({ status: 'fixed', products: [product] }));
    assert.equal(said(image), 'fixed suppressed');
    assert.equal(said({ '@id': 'urn:api', hashes: { 'sha-256': hex } }), 'fixed suppressed');
    assert.equal(said({ '@id': `pkg:oci/api@${OTHER_IMAGE}` }), 'none counts');
    assert.equal(said({ '@id': 'pkg:oci/api?tag=1' }), 'none counts');
    assert.equal(said({ ...image, subcomponents: [{ '@id': PURL }] }), 'fixed suppressed');
    assert.equal(said({ ...image, subcomponents: [{ '@id': 'pkg:deb/debian/zlib' }] }), 'none counts');
    assert.equal(said({ ...image, subcomponents: [] }), 'none counts');
    // Packages of a package cannot be told from packages of the image.
    assert.equal(said({ '@id': PURL, subcomponents: [{ '@id': PURL }] }), 'none counts');
  });

  test('without products is about the image that it is attested for, and about nothing where none is known', () => {
    const vex = openVex({ status: 'not_affected' });
    assert.equal(outcome(scan(), vex), 'not_affected suppressed');
    assert.equal(combineFacts([scan(), vex]).combined.vulnerabilities?.total, 1);
  });

  test('names the vulnerability by any of its names', () => {
    const products = [{ '@id': PURL }];
    assert.equal(
      outcome(scan(), openVex({ vulnerability: { name: 'DSA-1' }, status: 'fixed', products })),
      'fixed suppressed',
    );
    const aliased = { vulnerability: { name: 'GHSA-1', aliases: ['CVE-2024-0001'] }, status: 'fixed', products };
    assert.equal(outcome(scan(), openVex(aliased)), 'fixed suppressed');
    assert.equal(
      outcome(scan(), openVex({ vulnerability: 'CVE-2024-0001', status: 'fixed', products })),
      'fixed suppressed',
    );
    assert.equal(
      outcome(scan(), openVex({ vulnerability: { name: 'CVE-2024-00011' }, status: 'fixed', products })),
      'none counts',
    );
  });

  test('counts by its last statement, in a document and over documents', () => {
    const products = [{ '@id': PURL }];
    const fine = { status: 'not_affected', products };
    const bad = { status: 'affected', products };
    assert.equal(outcome(scan(), openVex(bad, fine)), 'not_affected suppressed');
    assert.equal(outcome(scan(), openVex(fine, bad)), 'affected counts');
    assert.equal(outcome(openVex(fine), scan(), openVex(bad)), 'affected counts');
    assert.equal(outcome(openVex(bad), openVex(fine), scan()), 'not_affected suppressed');
    assert.equal(outcome(scan(), openVex({ status: 'under_investigation', products })), 'under_investigation counts');
  });

  test('that is malformed states nothing, and no count of vulnerabilities stands beside it', () => {
    const { combined, documents, stages } = combine(scan(), openVex({ status: 'fine' }));
    assert.deepEqual(
      documents.map(({ fault }) => fault?.code),
      [undefined, 'facts/malformed-document'],
    );
    assert.deepEqual(combined, {});
    assert.deepEqual(stages.vex, {});
    assert.deepEqual(stages.scan, {});
    assert.equal(
      factsOf('openvex', { '@context': 'https://openvex.dev/ns/v1', statements: [] }),
      'facts/unsupported-version',
    );
  });
});

describe('CSAF', () => {
  const named = { name: 'openssl', product_id: 'P-1', product_identification_helper: { purl: `${PURL}?arch=amd64` } };
  const branches = [{ branches: [{ product: named }] }];

  test('is about products by the package URL of the product tree', () => {
    assert.equal(outcome(scan(), csaf({ known_not_affected: ['P-1'] }, { branches })), 'not_affected suppressed');
    assert.equal(outcome(scan(), csaf({ fixed: ['P-1'] }, { full_product_names: [named] })), 'fixed suppressed');
    assert.equal(outcome(scan(), csaf({ under_investigation: ['P-1'] }, { branches })), 'under_investigation counts');
    assert.equal(outcome(scan(), csaf({ known_not_affected: ['P-2'] }, { branches })), 'none counts');
    const relationships = [{ full_product_name: { product_id: 'OS:P-1', name: 'both' }, product_reference: 'P-1' }];
    assert.equal(outcome(scan(), csaf({ fixed: ['OS:P-1'] }, { branches, relationships })), 'fixed suppressed');
  });

  test('that says both of a product is believed in the worse', () => {
    const both = { known_affected: ['P-1'], known_not_affected: ['P-1'], fixed: ['P-1'] };
    assert.equal(outcome(scan(), csaf(both, { branches })), 'affected counts');
  });

  test('that is no VEX states nothing, and one that is malformed is refused', () => {
    assert.equal(
      outcome(scan(), csaf({ known_not_affected: ['P-1'] }, { branches }, 'csaf_security_advisory')),
      'none counts',
    );
    assert.equal(
      factsOf('csaf', { document: { category: 'csaf_vex', csaf_version: '2.1' } }),
      'facts/unsupported-version',
    );
    const nameless = {
      document: { category: 'csaf_vex', csaf_version: '2.0' },
      vulnerabilities: [{ product_status: {} }],
    };
    assert.equal(factsOf('csaf', nameless), 'facts/malformed-document');
  });
});

describe('the word of a scanner itself', () => {
  const bom = (state: string, more: object = {}) =>
    source('cyclonedx', {
      specVersion: '1.6',
      vulnerabilities: [
        { id: 'CVE-2024-0001', analysis: { state }, affects: [{ ref: PURL }], ratings: [{ severity: 'high' }] },
        { id: 'CVE-2024-9999', ...more },
      ],
    });

  test('about a vulnerability yields to later documents only', () => {
    const statement = (status: string) => openVex({ status, products: [{ '@id': PURL }] });
    assert.equal(statusOf(bom('not_affected')), 'not_affected');
    assert.equal(statusOf(bom('not_affected'), statement('affected')), 'affected');
    assert.equal(statusOf(statement('affected'), bom('not_affected')), 'not_affected');
  });

  test('sets aside in other scans what its statement is about', () => {
    assert.equal(
      outcome(
        scan(),
        source('cyclonedx', {
          specVersion: '1.6',
          vulnerabilities: [{ id: 'CVE-2024-0001', analysis: { state: 'resolved' }, affects: [{ ref: PURL }] }],
        }),
      ),
      'fixed suppressed',
    );
  });

  test('that ignores what another scan finds does not hide it', () => {
    const ignored = {
      vulnerability: { id: 'CVE-2024-0001', severity: 'Low' },
      artifact: { name: 'openssl', version: '3.0.11', purl: PURL },
    };
    const grype = source('grype', { matches: [], ignoredMatches: [ignored] });
    assert.equal(statedBy('grype', grype.predicate).vulnerabilities?.suppressed, 1);
    const { vulnerabilities } = combine(grype, scan()).combined;
    assert.deepEqual([vulnerabilities?.high, vulnerabilities?.suppressed], [1, 0]);
    const affected = openVex({ status: 'affected', products: [{ '@id': PURL }] });
    assert.equal(combine(grype, affected).combined.vulnerabilities?.low, 1);
  });

  function statusOf(...sources: readonly FactsSource[]): string | undefined {
    return combine(...sources).combined.vulnerabilities?.list[0]?.status;
  }
});
