import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isJsonObject } from '../../src/core/encoding/json.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import { PREDICATE_TYPES, predicateTypeByName, predicateTypeByUri } from '../../src/core/statement/predicate-types.ts';
import { type RecognisedDocument, recogniseDocument } from '../../src/core/statement/recognise-document.ts';
import { subjectsOf } from '../../src/core/statement/subjects.ts';
import { absentReason, hasPublished, listPublished, readPublished } from '../merkle/published-vectors.ts';

function recognise(document: unknown): RecognisedDocument | string {
  const bytes = encodeUtf8(typeof document === 'string' ? document : JSON.stringify(document));
  const result = recogniseDocument(bytes);
  return result.ok ? result.value : result.fault.code;
}

function formatOf(document: unknown): string {
  const found = recognise(document);
  return typeof found === 'string' ? found : found.format;
}

/** What each published document is, or the code that refuses it. */
const PUBLISHED: Readonly<Record<string, string>> = {
  'chainloop/attestation-bundle.json': 'dsse/keyless-not-supported',
  'chainloop/attestation-dsse.json': 'dsse-envelope',
  'chainloop/checkmarx-multi-run.sarif': 'sarif',
  'chainloop/cobertura.xml': 'cobertura-xml',
  'chainloop/csaf_security_advisory.json': 'csaf',
  'chainloop/csaf_vex_v0.2.0.json': 'csaf',
  'chainloop/ghas-code-scan.json': 'github-code-scanning',
  'chainloop/ghas-dependency-scan.json': 'github-dependabot',
  'chainloop/gl-container-scanning-report.json': 'gitlab-security-report',
  'chainloop/gl-sast-report.json': 'gitlab-security-report',
  'chainloop/jacoco.xml': 'jacoco-xml',
  'chainloop/junit.xml': 'junit-xml',
  'chainloop/openvex_v0.2.0.json': 'openvex',
  'chainloop/report-control-chars.sarif': 'sarif',
  'chainloop/report.sarif': 'sarif',
  'chainloop/sbom-spdx-container.json': 'spdx-json',
  'chainloop/sbom.cyclonedx-1.5-vulnerabilities.json': 'cyclonedx-json',
  'chainloop/sbom.cyclonedx-1.5.json': 'cyclonedx-json',
  'chainloop/slsa_provenance.sigstore.json': 'dsse/keyless-not-supported',
  'chainloop/twistcli_scan.json': 'twistcli-json',
  // Templates of the project's own tests, with placeholders that are not JSON.
  'chains/test-testdata-slsa-v1-pipeline-output-image.json': 'statement/unrecognised-document',
  'chains/test-testdata-slsa-v1-task-output-image.json': 'statement/unrecognised-document',
  'chains/test-testdata-slsa-v2alpha4-pipeline-output-image.json': 'statement/unrecognised-document',
  'cosign/oci-attestation.sigstore.json': 'dsse/keyless-not-supported',
  'cosign/trusted_root_pgi.json': 'statement/unrecognised-document',
  'cosign/vuln-predicate.json': 'cosign-vuln',
  'guac/alpine-cyclonedx.json': 'cyclonedx-json',
  'guac/alpine-spdx.json': 'spdx-json',
  // Its subject has a package URL and no digest.
  'guac/certify-vuln-v02.json': 'statement/subject-without-digest',
  'guac/cyclonedx-1.7.json': 'cyclonedx-json',
  'guac/cyclonedx-vex-affected.json': 'cyclonedx-json',
  'guac/distroless-cyclonedx.json': 'cyclonedx-json',
  'guac/oci-dsse-att.json': 'dsse-envelope',
  'guac/oci-kubectl-linux-amd64-in-toto.json': 'in-toto-statement',
  'guac/oci-kubectl-linux-amd64-spdx.json': 'spdx-json',
  // Its @context is empty.
  'guac/open-vex-affected.json': 'statement/unrecognised-document',
  'guac/open-vex-not-affected.json': 'openvex',
  'guac/rhsa-csaf.json': 'csaf',
  'guac/xray-cdx-vulns.json': 'cyclonedx-json',
  'witness/cdx-att.json': 'dsse-envelope',
  'witness/sbom.cdx.json': 'cyclonedx-json',
  'witness/sbom.spdx.json': 'spdx-json',
  'witness/spdx-att.json': 'dsse-envelope',
};

describe('published documents', () => {
  test('are each recognised, or refused with the code for their fault', (t) => {
    if (!hasPublished('documents')) return t.skip(absentReason('documents'));
    const files = listPublished('documents').filter((path) => !path.endsWith('/LICENSE'));
    assert.deepEqual(files, Object.keys(PUBLISHED).sort());
    for (const [path, expected] of Object.entries(PUBLISHED)) {
      const result = recogniseDocument(readPublished(`documents/${path}`));
      assert.equal(result.ok ? result.value.format : result.fault.code, expected, path);
    }
  });

  test('keep their content as the predicate', (t) => {
    if (!hasPublished('documents')) return t.skip(absentReason('documents'));
    const embedded = [
      'cosign-vuln',
      'csaf',
      'cyclonedx-json',
      'gitlab-security-report',
      'openvex',
      'sarif',
      'spdx-json',
    ];
    for (const [path, format] of Object.entries(PUBLISHED)) {
      if (!embedded.includes(format) || path.includes('control-chars')) continue;
      const bytes = readPublished(`documents/${path}`);
      const result = recogniseDocument(bytes);
      assert.deepEqual(result.ok && result.value.predicate, JSON.parse(new TextDecoder().decode(bytes)), path);
    }
  });

  test('keep control characters of a SARIF report as characters of its strings', (t) => {
    if (!hasPublished('documents')) return t.skip(absentReason('documents'));
    const found = recogniseDocument(readPublished('documents/chainloop/report-control-chars.sarif'));
    assert.ok(found.ok && isJsonObject(found.value.predicate));
    const runs = JSON.parse(JSON.stringify(found.value.predicate.runs));
    assert.deepEqual(runs[0].newlineSequences, ['\r\n', '\n']);
  });

  test('keep every byte of a JUnit report', (t) => {
    if (!hasPublished('documents')) return t.skip(absentReason('documents'));
    const bytes = readPublished('documents/chainloop/junit.xml');
    const found = recogniseDocument(bytes);
    assert.deepEqual(found.ok && found.value.predicate, {
      mediaType: 'application/xml',
      document: Buffer.from(bytes).toString('base64'),
    });
  });

  test('give the statement inside an envelope with the subjects it names', (t) => {
    if (!hasPublished('documents')) return t.skip(absentReason('documents'));
    const found = recogniseDocument(readPublished('documents/guac/oci-dsse-att.json'));
    assert.ok(found.ok && found.value.statement !== undefined);
    assert.equal(found.value.predicateType, 'https://slsa.dev/provenance/v0.2');
    assert.deepEqual(subjectsOf(found.value.statement), {
      ok: true,
      value: ['sha256:9e183c89765d92a440f44ac7059385c778cbadad0ee8fe3208360efb07c0ba09'],
    });
  });

  test('with 75 subjects are read, but cannot be recorded (statement/too-many-subjects)', (t) => {
    if (!hasPublished('documents')) return t.skip(absentReason('documents'));
    const found = recogniseDocument(readPublished('documents/guac/oci-kubectl-linux-amd64-in-toto.json'));
    assert.ok(found.ok && found.value.statement !== undefined);
    assert.equal(found.value.statement.subject.length, 75);
    const subjects = subjectsOf(found.value.statement);
    assert.equal(!subjects.ok && subjects.fault.code, 'statement/too-many-subjects');
  });
});

const SARIF = { version: '2.1.0', runs: [] };

describe('recogniseDocument', () => {
  test('recognises SPDX 3 by its context', () => {
    const document = { '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld', '@graph': [] };
    assert.equal(formatOf(document), 'spdx3-json');
    assert.equal(formatOf({ ...document, '@context': [document['@context']] }), 'spdx3-json');
  });

  test('recognises reports of scanners, and reviews', () => {
    assert.equal(formatOf({ SchemaVersion: 2, ArtifactName: 'shop/api', Results: [] }), 'trivy-json');
    assert.equal(formatOf({ matches: [], descriptor: { name: 'grype', version: '0.90.0' } }), 'grype-json');
    assert.equal(formatOf({ matches: [], descriptor: { name: 'other' } }), 'statement/unrecognised-document');
    assert.equal(formatOf({ results: [{ vulnerabilityDistribution: { total: 0 } }] }), 'twistcli-json');
    assert.equal(formatOf({ results: [] }), 'statement/unrecognised-document');
    const reviews = { change: { commit: 'c0'.repeat(20) }, authors: ['p-1'], reviews: [] };
    assert.equal(formatOf(reviews), 'pull-request-review');
  });

  test('puts arrays of alerts into an object, by their first element', () => {
    const alerts = [{ number: 1, rule: {}, tool: {} }];
    const found = recognise(alerts);
    assert.ok(typeof found !== 'string');
    assert.equal(found.format, 'github-code-scanning');
    assert.deepEqual(found.predicate, { alerts });
    assert.equal(formatOf([{ number: 1, security_advisory: {}, security_vulnerability: {} }]), 'github-dependabot');
    const both = { ...alerts[0], security_advisory: {}, security_vulnerability: {} };
    for (const array of [[], [1], [null], [both]]) assert.equal(formatOf(array), 'statement/unrecognised-document');
  });

  test('passes over a byte order mark and white space', () => {
    assert.equal(formatOf(`\ufeff\r\n ${JSON.stringify(SARIF)}`), 'sarif');
    assert.equal(formatOf('\ufeff<testsuite/>'), 'junit-xml');
  });

  test('refuses what looks like two formats at once (statement/unrecognised-document)', () => {
    assert.equal(formatOf({ ...SARIF, bomFormat: 'CycloneDX', specVersion: '1.5' }), 'statement/unrecognised-document');
    assert.equal(formatOf({ ...SARIF, _type: 'https://in-toto.io/Statement/v1' }), 'statement/unrecognised-document');
  });

  const unknown: Record<string, unknown> = {
    'an object of no known format': { hello: 1 },
    'an array': [SARIF],
    'an empty file': '',
    'plain text': 'ok',
    'a document nested 61 deep': `${'{"a":'.repeat(61)}1${'}'.repeat(61)}`,
    'a member twice': '{"version":"2.1.0","version":"2.1.0","runs":[]}',
    'a SARIF version that is not 2.1.0': { ...SARIF, version: '2.0.0' },
    'a tool name in another case': { bomFormat: 'cyclonedx', specVersion: '1.5' },
    'a control character after a backslash': '{"version":"2.1.0","runs":["\\\n"]}',
    'more than 100,000 control characters': `{"version":"2.1.0","runs":["${'\n'.repeat(100_001)}"]}`,
  };
  for (const [title, document] of Object.entries(unknown)) {
    test(`refuses ${title} (statement/unrecognised-document)`, () => {
      assert.equal(formatOf(document), 'statement/unrecognised-document');
    });
  }

  test('refuses more than 16 MiB (statement/too-large)', () => {
    const result = recogniseDocument(new Uint8Array(16 * 1024 * 1024 + 1));
    assert.equal(!result.ok && result.fault.code, 'statement/too-large');
  });

  const xml: readonly [string, string][] = [
    ['<testsuites></testsuites>', 'junit-xml'],
    ['<testsuite name="a">', 'junit-xml'],
    ['<?xml version="1.0"?><!-- <other/> --><?pi x?>\n<testsuite\n>', 'junit-xml'],
    ['<testsuitesx/>', 'statement/unrecognised-document'],
    ['<testsuite', 'statement/unrecognised-document'],
    ['<coverage/>', 'cobertura-xml'],
    ['<report name="a"/>', 'jacoco-xml'],
    ['<covers/>', 'statement/unrecognised-document'],
    ['<bom xmlns="http://cyclonedx.org/schema/bom/1.6"/>', 'cyclonedx-xml'],
    ['<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd"><coverage/>', 'cobertura-xml'],
    ['<!DOCTYPE report PUBLIC "-//JACOCO//DTD Report 1.1//EN" "report.dtd"><!-- x --><report>', 'jacoco-xml'],
    ['<!DOCTYPE report SYSTEM "a" [<!ENTITY a "b">]><report/>', 'statement/doctype-not-allowed'],
    ['<!DOCTYPE report SYSTEM "a"><!DOCTYPE report SYSTEM "a"><report/>', 'statement/doctype-not-allowed'],
    ['<!DOCTYPE testsuites SYSTEM "a"><testsuites/>', 'statement/doctype-not-allowed'],
    [`<!DOCTYPE report SYSTEM "${'a'.repeat(5_000)}"><report/>`, 'statement/doctype-not-allowed'],
    ['<', 'statement/unrecognised-document'],
    ['<!-- never closed <testsuite/>', 'statement/unrecognised-document'],
    ['<!--><testsuite/>', 'statement/unrecognised-document'],
    ['<?xml <testsuite/>', 'statement/unrecognised-document'],
    ['text <testsuite/>', 'statement/unrecognised-document'],
    ['<!DOCTYPE testsuites [<!ENTITY a "b">]><testsuites/>', 'statement/doctype-not-allowed'],
    ['<?xml version="1.0"?>\n<!doctype testsuites><testsuites/>', 'statement/doctype-not-allowed'],
    [`<!--${' '.repeat(65_536)}--><testsuite/>`, 'statement/unrecognised-document'],
  ];
  for (const [text, expected] of xml) {
    test(`takes ${JSON.stringify(text.slice(0, 60))} for ${expected}`, () => {
      assert.equal(formatOf(text), expected);
    });
  }

  test('never throws on mutated or random bytes', () => {
    const seeds = [
      JSON.stringify({ ...SARIF, runs: ['a\nb'] }),
      '<?xml version="1.0"?><!-- c --><testsuites/>',
      JSON.stringify({ payloadType: 'application/vnd.in-toto+json', payload: 'e30=', signatures: [{ sig: '' }] }),
      JSON.stringify({
        _type: 'https://in-toto.io/Statement/v1',
        subject: [{ digest: { a: 'b' } }],
        predicateType: 'x',
      }),
    ].map(encodeUtf8);
    fc.assert(
      fc.property(fc.constantFrom(...seeds), fc.nat(200), fc.nat(255), fc.nat(200), (seed, place, byte, end) => {
        const bytes = seed.slice(0, end);
        bytes[place] = byte;
        recogniseDocument(bytes);
      }),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void recogniseDocument(bytes)));
    fc.assert(fc.property(fc.json({ maxDepth: 3 }), (text) => void recogniseDocument(encodeUtf8(text.toWellFormed()))));
  });
});

describe('PREDICATE_TYPES', () => {
  test('has no name and no URI twice and is found by both', () => {
    for (const type of PREDICATE_TYPES) {
      assert.equal(predicateTypeByName(type.name), type);
      assert.equal(predicateTypeByUri(type.uri), type);
    }
    assert.equal(predicateTypeByUri('https://slsa.dev/provenance/v1/'), undefined);
    assert.equal(predicateTypeByName('constructor'), undefined);
  });
});
