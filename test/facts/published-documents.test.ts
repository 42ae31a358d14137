import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseJson } from '../../src/core/encoding/json.ts';
import { absentReason, hasPublished, listPublished, readPublished } from '../merkle/published-vectors.ts';
import { factsOfFile, numbersOf, statedBy } from './facts-under-test.ts';

const NO_VULNERABILITIES = { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 };
const NO_FINDINGS = { error: 0, warning: 0, note: 0, none: 0, suppressed: 0 };
const COMPONENTS_OF_CHAINLOOP = { components: { count: 149 }, licences: { count: 1, unstated: 148 } };

/**
 * What each document states, or the code that refuses it. Every number was counted from the file without this program:
 * with Python's json, and by eye where it is small. How, for each format:
 * CycloneDX: distinct `purl` up to `?`, else `name@version`, of components whose type is not file; distinct licence ids,
 * names and words of expressions; components of which no entry has one.
 * SPDX: the same of packages other than the one that SPDXRef-DOCUMENT DESCRIBES; licenseConcluded, else licenseDeclared.
 * SARIF: results by level. GitLab, GitHub: entries by severity and state. XML: `grep -c` for the elements.
 */
const PUBLISHED: Readonly<Record<string, unknown>> = {
  'chainloop/attestation-bundle.json': 'dsse/keyless-not-supported',
  // A type of Chainloop's own: recognised as an envelope, and states nothing that is read.
  'chainloop/attestation-dsse.json': {},
  'chainloop/checkmarx-multi-run.sarif': { findings: { ...NO_FINDINGS, total: 2, error: 2 } },
  'chainloop/cobertura.xml': {
    coverage: {
      lines: { basisPoints: 6_666, covered: 4, total: 6 },
      branches: { basisPoints: 5_000, covered: 1, total: 2 },
    },
  },
  // An advisory of the category csaf_security_advisory, not of VEX.
  'chainloop/csaf_security_advisory.json': {},
  'chainloop/csaf_vex_v0.2.0.json': {
    vex: { statements: 1, affected: 1, fixed: 0, notAffected: 0, underInvestigation: 0 },
  },
  'chainloop/ghas-code-scan.json': { findings: { ...NO_FINDINGS, total: 2, warning: 2 } },
  'chainloop/ghas-dependency-scan.json': {
    vulnerabilities: { ...NO_VULNERABILITIES, total: 2, medium: 1, low: 1, fixable: 2, suppressed: 0 },
  },
  'chainloop/gl-container-scanning-report.json': {
    vulnerabilities: {
      total: 76,
      ...NO_VULNERABILITIES,
      critical: 25,
      high: 25,
      medium: 25,
      low: 1,
      fixable: 0,
      suppressed: 0,
    },
  },
  'chainloop/gl-sast-report.json': { findings: { ...NO_FINDINGS, total: 2, warning: 2 } },
  'chainloop/jacoco.xml': {
    coverage: {
      lines: { basisPoints: 2_307, covered: 3, total: 13 },
      branches: { basisPoints: 2_500, covered: 1, total: 4 },
    },
  },
  'chainloop/junit.xml': { tests: { total: 9, passed: 8, failed: 1, skipped: 0 } },
  'chainloop/openvex_v0.2.0.json': {
    vex: { statements: 5, affected: 0, fixed: 3, notAffected: 2, underInvestigation: 0 },
  },
  'chainloop/report-control-chars.sarif': { findings: { ...NO_FINDINGS, total: 1, warning: 1 } },
  'chainloop/report.sarif': { findings: { ...NO_FINDINGS, total: 9, error: 7, warning: 2 } },
  'chainloop/sbom-spdx-container.json': { components: { count: 1 }, licences: { count: 1, unstated: 0 } },
  'chainloop/sbom.cyclonedx-1.5-vulnerabilities.json': {
    ...COMPONENTS_OF_CHAINLOOP,
    vulnerabilities: { ...NO_VULNERABILITIES, total: 1, critical: 1, fixable: 0, suppressed: 0 },
    vex: { statements: 1, affected: 0, fixed: 0, notAffected: 0, underInvestigation: 1 },
  },
  'chainloop/sbom.cyclonedx-1.5.json': COMPONENTS_OF_CHAINLOOP,
  'chainloop/slsa_provenance.sigstore.json': 'dsse/keyless-not-supported',
  // Its list of vulnerabilities is empty, and its distribution says that there is one.
  'chainloop/twistcli_scan.json': 'facts/contradictory-document',
  'chains/test-testdata-slsa-v1-pipeline-output-image.json': 'statement/unrecognised-document',
  'chains/test-testdata-slsa-v1-task-output-image.json': 'statement/unrecognised-document',
  'chains/test-testdata-slsa-v2alpha4-pipeline-output-image.json': 'statement/unrecognised-document',
  'cosign/oci-attestation.sigstore.json': 'dsse/keyless-not-supported',
  'cosign/trusted_root_pgi.json': 'statement/unrecognised-document',
  // Its scanner.result is null.
  'cosign/vuln-predicate.json': 'facts/unknown-scan-result',
  'guac/alpine-cyclonedx.json': { components: { count: 15 }, licences: { count: 7, unstated: 1 } },
  'guac/alpine-spdx.json': { components: { count: 14 }, licences: { count: 7, unstated: 0 } },
  'guac/certify-vuln-v02.json': 'statement/subject-without-digest',
  'guac/cyclonedx-1.7.json': { components: { count: 1 }, licences: { count: 0, unstated: 1 } },
  'guac/cyclonedx-vex-affected.json': {
    vulnerabilities: { ...NO_VULNERABILITIES, total: 1, critical: 1, fixable: 0, suppressed: 0 },
    vex: { statements: 1, affected: 1, fixed: 0, notAffected: 0, underInvestigation: 0 },
  },
  'guac/distroless-cyclonedx.json': { components: { count: 3 }, licences: { count: 1, unstated: 2 } },
  'guac/oci-dsse-att.json': { builders: ['https://tekton.dev/chains/v2'] },
  'guac/oci-kubectl-linux-amd64-in-toto.json': {
    builders: ['Project Collection Build Service (AzureContainerUpstream)'],
    // Its digest is called sha256 and has 40 digits: no commit is stated.
    sources: [
      {
        repository:
          'https://AzureContainerUpstream@dev.azure.com/AzureContainerUpstream/Kubernetes/_git/ado-build-definitions',
      },
    ],
  },
  'guac/oci-kubectl-linux-amd64-spdx.json': { components: { count: 88 }, licences: { count: 1, unstated: 87 } },
  'guac/open-vex-affected.json': 'statement/unrecognised-document',
  'guac/open-vex-not-affected.json': {
    vex: { statements: 1, affected: 0, fixed: 0, notAffected: 1, underInvestigation: 0 },
  },
  // One vulnerability whose products stand under known_affected and under fixed.
  'guac/rhsa-csaf.json': { vex: { statements: 2, affected: 1, fixed: 1, notAffected: 0, underInvestigation: 0 } },
  'guac/xray-cdx-vulns.json': {
    components: { count: 1 },
    licences: { count: 1, unstated: 0 },
    vulnerabilities: { ...NO_VULNERABILITIES, total: 1, unknown: 1, fixable: 0, suppressed: 0 },
    vex: { statements: 1, affected: 0, fixed: 0, notAffected: 0, underInvestigation: 1 },
  },
  // Collections of Witness, whose type is not read.
  'witness/cdx-att.json': {},
  'witness/sbom.cdx.json': { components: { count: 15 }, licences: { count: 7, unstated: 1 } },
  'witness/sbom.spdx.json': { components: { count: 14 }, licences: { count: 7, unstated: 0 } },
  'witness/spdx-att.json': {},
};

describe('published documents', () => {
  test('state the facts that were counted in them, or are refused with the code for their fault', (t) => {
    if (!hasPublished('documents')) return t.skip(absentReason('documents'));
    const files = listPublished('documents').filter((path) => !path.endsWith('/LICENSE'));
    assert.deepEqual(files, Object.keys(PUBLISHED).sort());
    for (const [path, expected] of Object.entries(PUBLISHED)) {
      const facts = factsOfFile(readPublished(`documents/${path}`));
      assert.deepEqual(typeof facts === 'string' ? facts : numbersOf(facts), expected, path);
    }
  });

  test('that are refused as a whole still state what their predicate does', (t) => {
    if (!hasPublished('documents')) return t.skip(absentReason('documents'));
    const scan = statementIn('guac/certify-vuln-v02.json');
    const { vulnerabilities } = statedBy('vulns', scan.predicate);
    // One of eight ids has a rating, a vector of CVSS 3.1 whose published score is 9.0.
    assert.deepEqual(numbersOf({ ...(vulnerabilities === undefined ? {} : { vulnerabilities }) }), {
      vulnerabilities: { ...NO_VULNERABILITIES, total: 8, critical: 1, unknown: 7, fixable: 0, suppressed: 0 },
    });
    const provenance = bundledStatement('chainloop/slsa_provenance.sigstore.json');
    assert.deepEqual(statedBy('slsa-provenance', provenance.predicate), {
      builders: ['https://github.com/chainloop-dev/platform-website/.github/workflows/deploy.yml@refs/heads/main'],
      sources: [
        {
          repository: 'https://github.com/chainloop-dev/platform-website',
          commit: '437ebdc3d6275e9c60a6f0f836ab7daa4fd8aaa1',
        },
      ],
    });
  });

  test('name components and vulnerabilities by what tells them apart', (t) => {
    if (!hasPublished('documents')) return t.skip(absentReason('documents'));
    const alpine = factsOfFile(readPublished('documents/guac/alpine-cyclonedx.json'));
    assert.ok(typeof alpine !== 'string');
    assert.deepEqual(alpine.components?.list.at(-1), {
      name: 'zlib',
      version: '1.2.12-r3',
      purl: 'pkg:alpine/zlib@1.2.12-r3',
      licences: ['Zlib'],
    });
    const npm = factsOfFile(readPublished('documents/chainloop/ghas-dependency-scan.json'));
    assert.ok(typeof npm !== 'string');
    assert.deepEqual(npm.vulnerabilities?.list, [
      { id: 'CVE-2024-43799', severity: 'medium', component: 'npm:send', fixed: '0.19.0', suppressed: false },
      { id: 'CVE-2024-47764', severity: 'low', component: 'npm:cookie', fixed: '0.7.0', suppressed: false },
    ]);
  });
});

type Statement = { readonly predicate: unknown };

function statementIn(path: string): Statement {
  const read = parseJson(readPublished(`documents/${path}`));
  assert.ok(read.ok);
  return read.value as Statement;
}

function bundledStatement(path: string): Statement {
  const bundle = statementIn(path) as unknown as { readonly dsseEnvelope: { readonly payload: string } };
  return JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString());
}
