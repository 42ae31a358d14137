import { isJsonObject, type Json, type JsonObject } from '../../src/core/encoding/json.ts';
import { readChangeReviews } from '../../src/core/facts/change-reviews.ts';
import { Collector } from '../../src/core/facts/collector.ts';
import { readCobertura, readJacoco } from '../../src/core/facts/coverage.ts';
import { readCsaf } from '../../src/core/facts/csaf.ts';
import { readCycloneDx } from '../../src/core/facts/cyclonedx.ts';
import { readCycloneDxXml } from '../../src/core/facts/cyclonedx-xml.ts';
import { extractFacts } from '../../src/core/facts/extract-facts.ts';
import type { Facts } from '../../src/core/facts/facts.ts';
import { readCodeScanning, readDependabot } from '../../src/core/facts/github.ts';
import { readGitlab } from '../../src/core/facts/gitlab.ts';
import { readGrype } from '../../src/core/facts/grype.ts';
import { readJunit } from '../../src/core/facts/junit.ts';
import { readOpenVex } from '../../src/core/facts/openvex.ts';
import { readProvenance, readProvenanceV02 } from '../../src/core/facts/provenance.ts';
import { readPurl } from '../../src/core/facts/purl.ts';
import { readSarif } from '../../src/core/facts/sarif.ts';
import { settle } from '../../src/core/facts/settle.ts';
import { readSpdx } from '../../src/core/facts/spdx.ts';
import { readSpdx3 } from '../../src/core/facts/spdx3.ts';
import { readTestResult } from '../../src/core/facts/test-result.ts';
import { readTrivy } from '../../src/core/facts/trivy.ts';
import { readTwistcli } from '../../src/core/facts/twistcli.ts';
import { readCosignVuln, readVulns } from '../../src/core/facts/vulns.ts';
import { fail, ok, type Result } from '../../src/core/fault.ts';
import { recogniseDocument } from '../../src/core/statement/recognise-document.ts';
import { checkFacts } from '../facts/check-facts.ts';
import { type FuzzedParser, ofBytes, ofJson, ofText } from './fuzz-parser.ts';
import { publishedDocuments, text } from './seeds.ts';
import { SPDX_3, SPDX_3_SECURITY } from './seeds-of-spdx3.ts';

const SUBJECT = `sha256:${'a1'.repeat(32)}`;
const COMMIT = 'c0'.repeat(20);

/** What was gathered, as facts that are what facts must be; a thrown assertion is a finding of the fuzzer. */
function factsIn(into: Collector): Result<Facts> {
  if (into.fault !== undefined) return { ok: false, fault: into.fault };
  const stated = into.stated();
  const facts = settle(stated, { subject: SUBJECT, vex: stated.vex ?? [] });
  if (facts.ok) checkFacts(facts.value);
  return facts;
}

function jsonReader(
  name: string,
  read: (predicate: JsonObject, into: Collector) => void,
  ...seeds: readonly Json[]
): FuzzedParser {
  const parse = (value: Json) => {
    if (!isJsonObject(value)) return fail('facts/malformed-document', 'not an object');
    const into = new Collector();
    read(value, into);
    return factsIn(into);
  };
  return {
    name: `core/facts/${name}`,
    seeds: text(...seeds.map((seed) => JSON.stringify(seed))),
    parse: ofJson(parse),
    json: 'plain',
  };
}

function xmlReader(
  name: string,
  read: (text: string, into: Collector) => void,
  ...seeds: readonly string[]
): FuzzedParser {
  const parse = (xml: string) => {
    const into = new Collector();
    read(xml, into);
    return factsIn(into);
  };
  return { name: `core/facts/${name}`, seeds: text(...seeds), parse: ofText(parse) };
}

function factsOfFile(bytes: Uint8Array): Result<Facts> {
  const document = recogniseDocument(bytes);
  if (!document.ok) return document;
  const facts = extractFacts(document.value, SUBJECT);
  if (facts.ok) checkFacts(facts.value);
  return facts;
}

const CYCLONEDX = {
  specVersion: '1.6',
  components: [
    {
      'bom-ref': 'a',
      type: 'library',
      group: 'g',
      name: 'a',
      version: '1',
      purl: 'pkg:npm/a@1?x=y',
      components: [{ name: 'b' }],
    },
    { name: 'c', licenses: [{ expression: 'MIT OR (ISC AND X WITH Y)' }, { license: { id: 'MIT' } }] },
  ],
  vulnerabilities: [
    { id: 'CVE-2024-0001', ratings: [{ score: 9.8 }], affects: [{ ref: 'a' }], references: [{ id: 'GHSA-1' }] },
    {
      id: 'CVE-2024-0002',
      ratings: [{ severity: 'low' }],
      analysis: { state: 'resolved' },
      affects: [{ ref: 'pkg:npm/z' }],
    },
  ],
};
const SPDX = {
  spdxVersion: 'SPDX-2.3',
  packages: [
    {
      SPDXID: 'SPDXRef-a',
      name: 'a',
      versionInfo: '1',
      licenseConcluded: 'MIT',
      externalRefs: [{ referenceType: 'purl', referenceLocator: 'pkg:npm/a@1' }],
    },
  ],
  relationships: [
    { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: 'SPDXRef-r' },
  ],
};
const SARIF = {
  version: '2.1.0',
  runs: [
    {
      tool: { driver: { rules: [{ id: 'r', defaultConfiguration: { level: 'error' } }] } },
      invocations: [{ executionSuccessful: true }],
      results: [
        { ruleId: 'r', ruleIndex: 0 },
        { level: 'note', kind: 'open', suppressions: [{ status: 'accepted' }] },
      ],
    },
  ],
};
const TRIVY = {
  SchemaVersion: 2,
  ArtifactName: 'a',
  Results: [
    {
      Class: 'os-pkgs',
      Vulnerabilities: [
        {
          VulnerabilityID: 'CVE-2024-0001',
          VendorIDs: ['V'],
          PkgName: 'a',
          InstalledVersion: '1',
          Severity: 'HIGH',
          FixedVersion: '2',
        },
      ],
      ExperimentalModifiedFindings: [{ Type: 'vulnerability', Finding: { VulnerabilityID: 'CVE-2', PkgName: 'b' } }],
    },
    { Class: 'config', Misconfigurations: [{ Status: 'FAIL', Severity: 'LOW' }], Secrets: [{ Severity: 'HIGH' }] },
  ],
};
const GRYPE = {
  matches: [
    {
      vulnerability: { id: 'GHSA-1', severity: 'High', fix: { versions: ['2'] } },
      relatedVulnerabilities: [{ id: 'CVE-2024-0001' }],
      artifact: { name: 'a', version: '1', purl: 'pkg:npm/a@1' },
    },
  ],
  ignoredMatches: [],
};
const OPENVEX = {
  '@context': 'https://openvex.dev/ns/v0.2.0',
  statements: [
    {
      vulnerability: { name: 'CVE-2024-0001', aliases: ['GHSA-1'] },
      status: 'fixed',
      products: [
        { '@id': `pkg:oci/a@${SUBJECT}`, subcomponents: [{ '@id': 'pkg:npm/a' }] },
        { '@id': 'pkg:npm/a@1?x=y' },
      ],
    },
    { vulnerability: 'CVE-1', status: 'affected' },
  ],
};
const CSAF = {
  document: { category: 'csaf_vex', csaf_version: '2.0' },
  product_tree: {
    branches: [
      { branches: [{ product: { product_id: 'P', product_identification_helper: { purl: 'pkg:npm/a@1' } } }] },
    ],
    relationships: [{ full_product_name: { product_id: 'Q' }, product_reference: 'P' }],
  },
  vulnerabilities: [{ cve: 'CVE-2024-0001', product_status: { fixed: ['P', 'Q'], known_affected: ['P'] } }],
};
const GITLAB = {
  version: '15.0.0',
  scan: { type: 'container_scanning', status: 'success' },
  vulnerabilities: [
    {
      id: 'x',
      severity: 'High',
      location: { dependency: { package: { name: 'a' }, version: '1' } },
      identifiers: [{ type: 'cve', name: 'CVE-2024-0001' }],
    },
  ],
};
const VULNS = {
  scanner: { result: [{ id: 'CVE-1', severity: [{ score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }] }] },
};
const MATERIALS = [
  { uri: 'git+https://x/y@refs/heads/main', digest: { gitCommit: COMMIT } },
  { uri: 'pkg:docker/a@1' },
];
const REVIEWS = {
  change: { commit: COMMIT },
  authors: ['p-a'],
  reviews: [{ reviewer: 'p-b', decision: 'approved', commit: COMMIT }],
};
const CYCLONEDX_XML =
  '<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.6"><components><component type="library" bom-ref="a">' +
  '<name><![CDATA[a]]></name><licenses><license><id>MIT</id></license></licenses><purl>pkg:npm/a@1</purl></component></components>' +
  '<vulnerabilities><vulnerability><id>CVE-2024-1</id><analysis><state>in_triage</state></analysis><affects><target><ref>a</ref></target></affects></vulnerability></vulnerabilities></bom>';
const JUNIT =
  '<?xml version="1.0"?><testsuites failures="1"><!-- x --><testsuite><testcase name="a&amp;b"><failure><![CDATA[<x>]]></failure></testcase>' +
  '<testcase status="notrun"/></testsuite></testsuites>';
const COBERTURA =
  '<!DOCTYPE coverage SYSTEM "a.dtd"><coverage lines-covered="1" lines-valid="2" branch-rate="0.5"><packages/></coverage>';
const JACOCO =
  '<report name="a"><package><counter type="LINE" missed="1" covered="0"/></package><counter type="LINE" missed="1" covered="2"/></report>';

/** What reads facts out of documents: whatever it is given, it gives facts that hold together, or a fault. */
export const PARSERS_OF_FACTS: readonly FuzzedParser[] = [
  jsonReader('cyclonedx.ts readCycloneDx', readCycloneDx, CYCLONEDX),
  jsonReader('spdx.ts readSpdx', readSpdx, SPDX),
  jsonReader('spdx3.ts readSpdx3', readSpdx3, SPDX_3, SPDX_3_SECURITY),
  jsonReader('sarif.ts readSarif', readSarif, SARIF),
  jsonReader('trivy.ts readTrivy', readTrivy, TRIVY),
  jsonReader('grype.ts readGrype', readGrype, GRYPE),
  jsonReader('twistcli.ts readTwistcli', readTwistcli, {
    results: [
      {
        vulnerabilities: [{ id: 'CVE-1', packageName: 'a', severity: 'important', status: 'fixed in 2' }],
        vulnerabilityDistribution: { total: 1 },
        complianceDistribution: { total: 0 },
      },
    ],
  }),
  jsonReader('gitlab.ts readGitlab', readGitlab, GITLAB, { ...GITLAB, scan: { type: 'sast' } }),
  jsonReader('github.ts readCodeScanning', readCodeScanning, {
    alerts: [{ state: 'open', rule: { severity: 'error' } }],
  }),
  jsonReader('github.ts readDependabot', readDependabot, {
    alerts: [
      {
        state: 'dismissed',
        dependency: { package: { ecosystem: 'npm', name: 'a' } },
        security_advisory: { ghsa_id: 'GHSA-1', cve_id: 'CVE-2024-0001' },
        security_vulnerability: { severity: 'low', first_patched_version: { identifier: '2' } },
      },
    ],
  }),
  jsonReader('vulns.ts readVulns', readVulns, VULNS),
  jsonReader('vulns.ts readCosignVuln', readCosignVuln, { scanner: { result: TRIVY } }),
  jsonReader('openvex.ts readOpenVex', readOpenVex, OPENVEX),
  jsonReader('csaf.ts readCsaf', readCsaf, CSAF),
  jsonReader('test-result.ts readTestResult', readTestResult, {
    result: 'FAILED',
    passedTests: ['a'],
    failedTests: ['b'],
  }),
  jsonReader('provenance.ts readProvenance', readProvenance, {
    runDetails: { builder: { id: 'b' } },
    buildDefinition: { resolvedDependencies: MATERIALS },
  }),
  jsonReader('provenance.ts readProvenanceV02', readProvenanceV02, {
    builder: { id: 'b' },
    invocation: { configSource: { uri: 'git+https://x/y', digest: { sha1: COMMIT } } },
    materials: MATERIALS,
  }),
  jsonReader('change-reviews.ts readChangeReviews', readChangeReviews, REVIEWS),
  xmlReader('junit.ts readJunit', readJunit, JUNIT),
  xmlReader('cyclonedx-xml.ts readCycloneDxXml', readCycloneDxXml, CYCLONEDX_XML),
  xmlReader('coverage.ts readCobertura', readCobertura, COBERTURA),
  xmlReader('coverage.ts readJacoco', readJacoco, JACOCO),
  {
    name: 'core/facts/read-stated.ts readStated',
    seeds: publishedDocuments((bytes) => factsOfFile(bytes).ok),
    parse: ofBytes(factsOfFile),
    json: 'plain',
  },
  {
    name: 'core/facts/purl.ts readPurl',
    seeds: text('pkg:npm/%40a/b@1?x=y&z=w#sub', 'pkg:oci/a@sha256%3Aab'),
    parse: ofText((purl) => ok(readPurl(purl))),
  },
];
