import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { licencesOfExpression } from '../../src/core/facts/licence.ts';
import { factsOf, statedBy } from './facts-under-test.ts';

const bom = (more: object) => ({ bomFormat: 'CycloneDX', specVersion: '1.6', ...more });

describe('CycloneDX', () => {
  test('lists components at every depth, each once, without files', () => {
    const { components } = statedBy(
      'cyclonedx',
      bom({
        components: [
          {
            type: 'library',
            name: 'b',
            version: '2',
            purl: 'pkg:npm/b@2?arch=x',
            components: [{ type: 'library', name: 'c' }],
          },
          { type: 'library', name: 'b', version: '2', purl: 'pkg:npm/b@2?arch=y' },
          { type: 'library', group: 'org.apache', name: 'a', version: '1' },
          { type: 'file', name: '/bin/sh' },
        ],
      }),
    );
    assert.deepEqual(components, {
      count: 3,
      list: [{ name: 'c' }, { name: 'org.apache/a', version: '1' }, { name: 'b', version: '2', purl: 'pkg:npm/b@2' }],
    });
  });

  test('states no components where it does not list any, and none where the list is empty', () => {
    assert.deepEqual(statedBy('cyclonedx', bom({})), {});
    assert.deepEqual(statedBy('cyclonedx', bom({ components: [] })), {
      components: { count: 0, list: [] },
      licences: { count: 0, unstated: 0, list: [] },
    });
  });

  test('names licences by id, name and the words of expressions, and texts of licences by their hash', () => {
    const licenses = [
      { license: { id: 'MIT' } },
      { license: { name: 'Our Own 1.0' } },
      { expression: '(GPL-2.0-only WITH Classpath-exception-2.0 OR Apache-2.0) AND MIT' },
      { license: { name: 'Copyright (c)\nAll rights reserved.' } },
    ];
    const facts = statedBy('cyclonedx', bom({ components: [{ name: 'a', licenses }, { name: 'b' }] }));
    assert.deepEqual(facts.licences, {
      count: 5,
      unstated: 1,
      list: [
        'Apache-2.0',
        'GPL-2.0-only WITH Classpath-exception-2.0',
        'MIT',
        'Our Own 1.0',
        // printf 'Copyright (c)\nAll rights reserved.' | sha256sum
        'sha256:fde3c731d843b024709aa9439110f508e6c5e93592fb8679e0c3f36188e7e0af',
      ].map((licence) => ({ licence, components: 1 })),
    });
  });

  test('states a vulnerability once for each component that it affects', () => {
    const facts = statedBy(
      'cyclonedx',
      bom({
        components: [{ 'bom-ref': 'one', name: 'lib', version: '1', purl: 'pkg:npm/lib@1' }],
        vulnerabilities: [
          {
            id: 'CVE-2024-0001',
            ratings: [{ severity: 'low' }, { score: 9.1, method: 'CVSSv31' }],
            affects: [
              { ref: 'one' },
              { ref: 'urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg%3Anpm%2Fother%402' },
              { ref: 'three' },
            ],
          },
        ],
      }),
    );
    assert.deepEqual(facts.vulnerabilities?.list, [
      { id: 'CVE-2024-0001', severity: 'critical', component: 'pkg:npm/lib@1', suppressed: false },
      { id: 'CVE-2024-0001', severity: 'critical', component: 'pkg:npm/other@2', suppressed: false },
      { id: 'CVE-2024-0001', severity: 'critical', component: 'three', suppressed: false },
    ]);
    assert.equal(facts.vex, undefined);
  });

  test('that only sets vulnerabilities aside is VEX and no scan', () => {
    const vulnerabilities = [
      { id: 'CVE-2024-0001', analysis: { state: 'false_positive' }, affects: [{ ref: 'pkg:npm/lib@1' }] },
      { id: 'CVE-2024-0002', analysis: { state: 'resolved' } },
    ];
    assert.deepEqual(statedBy('cyclonedx', bom({ vulnerabilities })), {
      vex: { statements: 2, affected: 0, fixed: 1, notAffected: 1, underInvestigation: 0 },
    });
    const scan = [...vulnerabilities, { id: 'CVE-2024-0003', ratings: [{ severity: 'high' }] }];
    const facts = statedBy('cyclonedx', bom({ vulnerabilities: scan }));
    assert.deepEqual([facts.vulnerabilities?.total, facts.vulnerabilities?.suppressed], [1, 2]);
    // Trivy writes an empty list whether it has looked or not.
    assert.deepEqual(statedBy('cyclonedx', bom({ vulnerabilities: [] })), {});
  });

  test('is refused in other versions and where it is malformed', () => {
    assert.equal(factsOf('cyclonedx', bom({ specVersion: '1.3' })), 'facts/unsupported-version');
    assert.equal(factsOf('cyclonedx', bom({ components: {} })), 'facts/malformed-document');
    assert.equal(factsOf('cyclonedx', bom({ components: [{ version: '1' }] })), 'facts/malformed-document');
    assert.equal(factsOf('cyclonedx', bom({ components: [{ name: 'a', version: 1 }] })), 'facts/malformed-document');
    const vulnerabilities = [{ id: 'CVE-2024-0001', analysis: { state: 'fine' } }];
    assert.equal(factsOf('cyclonedx', bom({ vulnerabilities })), 'facts/malformed-document');
    assert.equal(factsOf('cyclonedx', 'bom'), 'facts/malformed-document');
  });
});

describe('SPDX 2', () => {
  const spdx = (more: object) => ({ spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', ...more });

  test('lists packages but not the one that it describes, nor images and files', () => {
    const facts = statedBy(
      'spdx',
      spdx({
        packages: [
          { SPDXID: 'SPDXRef-root', name: 'shop' },
          {
            SPDXID: 'SPDXRef-1',
            name: 'lib',
            versionInfo: '1',
            licenseConcluded: 'NOASSERTION',
            licenseDeclared: 'MIT OR Apache-2.0',
            externalRefs: [
              { referenceType: 'cpe23Type', referenceLocator: 'cpe:2.3:a:lib' },
              { referenceType: 'purl', referenceLocator: 'pkg:npm/lib@1' },
            ],
          },
          { SPDXID: 'SPDXRef-2', name: 'base', primaryPackagePurpose: 'CONTAINER' },
        ],
        relationships: [
          { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-root' },
        ],
      }),
    );
    assert.deepEqual(facts.components?.list, [
      { name: 'lib', version: '1', purl: 'pkg:npm/lib@1', licences: ['Apache-2.0', 'MIT'] },
    ]);
  });

  test('keeps every package where it describes several', () => {
    const packages = ['a', 'b'].map((name) => ({ SPDXID: `SPDXRef-${name}`, name }));
    const facts = statedBy('spdx-v2.3', spdx({ packages, documentDescribes: ['SPDXRef-a', 'SPDXRef-b'] }));
    assert.equal(facts.components?.count, 2);
  });

  test('is refused in other versions', () => {
    assert.equal(factsOf('spdx', spdx({ spdxVersion: 'SPDX-2.1' })), 'facts/unsupported-version');
    assert.equal(factsOf('spdx', { Data: 'SPDXVersion: SPDX-2.3' }), 'facts/unsupported-version');
    assert.equal(factsOf('spdx', spdx({ packages: [{ SPDXID: 'SPDXRef-a' }] })), 'facts/malformed-document');
  });
});

describe('SPDX 3', () => {
  const graph = (...elements: object[]) => ({
    '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
    '@graph': elements,
  });

  test('lists packages with the licences that relationships lead to, but not the root', () => {
    const facts = statedBy(
      'spdx-v3',
      graph(
        { type: 'SpdxDocument', spdxId: 'urn:doc', rootElement: ['urn:sbom'] },
        { type: 'software_Sbom', spdxId: 'urn:sbom', rootElement: ['urn:root'] },
        { type: 'software_Package', spdxId: 'urn:root', name: 'shop' },
        {
          type: 'software_Package',
          spdxId: 'urn:lib',
          name: 'lib',
          software_packageVersion: '1',
          externalIdentifier: [{ externalIdentifierType: 'packageUrl', identifier: 'pkg:npm/lib@1' }],
        },
        { type: 'software_Package', spdxId: 'urn:b', name: 'b', software_packageUrl: 'pkg:npm/b@2' },
        { type: 'software_File', spdxId: 'urn:file', name: 'f' },
        { type: 'simplelicensing_LicenseExpression', spdxId: 'urn:mit', simplelicensing_licenseExpression: 'MIT' },
        { type: 'Relationship', relationshipType: 'hasDeclaredLicense', from: 'urn:lib', to: ['urn:mit'] },
      ),
    );
    assert.deepEqual(facts.components?.list, [
      { name: 'b', version: '2', purl: 'pkg:npm/b@2' },
      { name: 'lib', version: '1', purl: 'pkg:npm/lib@1', licences: ['MIT'] },
    ]);
  });

  test('is refused under another context', () => {
    assert.equal(
      factsOf('spdx-v3', { ...graph(), '@context': 'https://spdx.org/rdf/3.1.0/x' }),
      'facts/unsupported-version',
    );
    assert.equal(factsOf('spdx-v3', graph({ type: 'software_Package', spdxId: 'urn:a' })), 'facts/malformed-document');
  });
});

describe('expressions of licences', () => {
  test('are taken apart, and kept whole where they are none', () => {
    const expressions: Readonly<Record<string, readonly string[]>> = {
      MIT: ['MIT'],
      '': [],
      NOASSERTION: [],
      NONE: [],
      'MIT AND NOASSERTION': ['MIT'],
      'mit or (Apache-2.0 and DocumentRef-x:LicenseRef-y)': ['Apache-2.0', 'DocumentRef-x:LicenseRef-y', 'mit'],
      'GPL-2.0+ WITH a': ['GPL-2.0+ WITH a'],
      'MIT License': ['MIT License'],
      'MIT AND': ['MIT AND'],
      '(MIT': ['(MIT'],
      'MIT)': ['MIT)'],
      '(MIT) WITH a': ['(MIT) WITH a'],
      'GPL/MIT': ['GPL/MIT'],
    };
    for (const [expression, licences] of Object.entries(expressions)) {
      assert.deepEqual(licencesOfExpression(expression), licences, expression);
    }
    assert.match(licencesOfExpression('x'.repeat(5_000))[0] ?? '', /^sha256:/);
  });
});
