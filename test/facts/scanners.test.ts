import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { factsOf, numbersOf, statedBy } from './facts-under-test.ts';

const NONE = { critical: 0, high: 0, medium: 0, low: 0, negligible: 0, unknown: 0 };
const NO_FINDINGS = { error: 0, warning: 0, note: 0, none: 0, suppressed: 0 };

describe('Trivy', () => {
  const vulnerability = {
    VulnerabilityID: 'CVE-2024-0001',
    VendorIDs: ['DSA-1-1'],
    PkgName: 'openssl',
    PkgIdentifier: { PURL: 'pkg:deb/debian/openssl@3.0.11?arch=amd64&distro=debian-12.4' },
    InstalledVersion: '3.0.11',
    FixedVersion: '3.0.13',
    Severity: 'HIGH',
  };
  const plain = {
    VulnerabilityID: 'CVE-2024-0002',
    PkgName: 'left-pad',
    InstalledVersion: '1.0.0',
    Severity: 'UNKNOWN',
  };

  test('states vulnerabilities in packages, each id and component once', () => {
    const facts = statedBy('trivy', {
      SchemaVersion: 2,
      ArtifactName: 'shop/api',
      Results: [
        { Target: 'debian', Class: 'os-pkgs', Type: 'debian', Vulnerabilities: [vulnerability, vulnerability] },
        { Target: 'node', Class: 'lang-pkgs', Vulnerabilities: [plain] },
      ],
    });
    assert.deepEqual(facts, {
      vulnerabilities: {
        ...NONE,
        total: 2,
        high: 1,
        unknown: 1,
        fixable: 1,
        suppressed: 0,
        list: [
          {
            id: 'CVE-2024-0001',
            severity: 'high',
            component: 'pkg:deb/debian/openssl@3.0.11',
            fixed: '3.0.13',
            suppressed: false,
          },
          { id: 'CVE-2024-0002', severity: 'unknown', component: 'left-pad@1.0.0', suppressed: false },
        ],
      },
    });
  });

  test('states what it looked for, and nothing that it did not', () => {
    const clean = {
      SchemaVersion: 2,
      Results: [{ Class: 'os-pkgs' }, { Class: 'secret', Secrets: [{ Severity: 'CRITICAL' }] }],
    };
    assert.deepEqual(numbersOf(statedBy('trivy', clean)), {
      vulnerabilities: { ...NONE, total: 0, fixable: 0, suppressed: 0 },
      findings: { ...NO_FINDINGS, total: 1, error: 1 },
    });
    assert.deepEqual(statedBy('trivy', { SchemaVersion: 2, Results: [] }), {});
    assert.deepEqual(statedBy('trivy', { SchemaVersion: 2 }), {});
    const checks = {
      Class: 'config',
      Misconfigurations: [
        { Status: 'FAIL', Severity: 'LOW' },
        { Status: 'PASS', Severity: 'HIGH' },
      ],
    };
    assert.deepEqual(statedBy('trivy', { SchemaVersion: 2, Results: [checks] }), {
      findings: { ...NO_FINDINGS, total: 1, note: 1 },
    });
  });

  test('shows what it set aside as suppressed', () => {
    const modified = [{ Type: 'vulnerability', Status: 'not_affected', Finding: plain }];
    const report = { SchemaVersion: 2, Results: [{ Class: 'lang-pkgs', ExperimentalModifiedFindings: modified }] };
    const { vulnerabilities } = statedBy('trivy', report);
    assert.deepEqual([vulnerabilities?.total, vulnerabilities?.suppressed], [0, 1]);
  });

  test('is refused in other schemas and malformed, with no facts', () => {
    assert.equal(factsOf('trivy', { SchemaVersion: 1, Results: [] }), 'facts/unsupported-version');
    assert.equal(factsOf('trivy', { SchemaVersion: 2, Results: {} }), 'facts/malformed-document');
    const nameless = { ...vulnerability, PkgName: undefined };
    const report = { SchemaVersion: 2, Results: [{ Class: 'os-pkgs', Vulnerabilities: [vulnerability, nameless] }] };
    assert.equal(factsOf('trivy', report), 'facts/malformed-document');
  });
});

describe('Grype', () => {
  const match = {
    vulnerability: { id: 'GHSA-aaaa-bbbb-cccc', severity: 'Critical', fix: { versions: ['2.0.0'], state: 'fixed' } },
    relatedVulnerabilities: [{ id: 'CVE-2024-0003' }],
    artifact: { name: 'lib', version: '1.0.0', purl: 'pkg:npm/%40shop/lib@1.0.0' },
  };

  test('states matches under their CVE, and ignored ones as suppressed', () => {
    const ignored = {
      ...match,
      vulnerability: { ...match.vulnerability, id: 'GHSA-dddd-eeee-ffff' },
      relatedVulnerabilities: [],
    };
    const report = { matches: [match], ignoredMatches: [ignored], descriptor: { name: 'grype' } };
    assert.deepEqual(statedBy('grype', report).vulnerabilities, {
      ...NONE,
      total: 1,
      critical: 1,
      fixable: 1,
      suppressed: 1,
      list: [
        {
          id: 'CVE-2024-0003',
          severity: 'critical',
          component: 'pkg:npm/@shop/lib@1.0.0',
          fixed: '2.0.0',
          suppressed: false,
        },
        {
          id: 'GHSA-dddd-eeee-ffff',
          severity: 'critical',
          component: 'pkg:npm/@shop/lib@1.0.0',
          fixed: '2.0.0',
          suppressed: true,
        },
      ],
    });
  });

  test('states zero where it found none', () => {
    assert.equal(statedBy('grype', { matches: [] }).vulnerabilities?.total, 0);
    assert.equal(factsOf('grype', { matches: [{}] }), 'facts/malformed-document');
  });
});

describe('twistcli', () => {
  const vulnerability = {
    id: 'CVE-2024-0004',
    severity: 'important',
    packageName: 'zlib',
    packageVersion: '1.3',
    status: 'fixed in 1.3.1',
  };

  test('states vulnerabilities and compliance findings where their lists agree with their distributions', () => {
    const facts = statedBy('twistcli', {
      results: [
        {
          vulnerabilities: [vulnerability],
          vulnerabilityDistribution: { high: 1, total: 1 },
          complianceDistribution: { total: 0 },
        },
      ],
    });
    assert.deepEqual(facts, {
      vulnerabilities: {
        ...NONE,
        total: 1,
        high: 1,
        fixable: 1,
        suppressed: 0,
        list: [{ id: 'CVE-2024-0004', severity: 'high', component: 'zlib@1.3', fixed: '1.3.1', suppressed: false }],
      },
      findings: { ...NO_FINDINGS, total: 0 },
    });
  });

  test('that hides what its distribution counts is facts/contradictory-document', () => {
    const results = [{ vulnerabilities: [vulnerability], vulnerabilityDistribution: { total: 2 } }];
    assert.equal(factsOf('twistcli', { results }), 'facts/contradictory-document');
    assert.equal(
      factsOf('twistcli', { results: [{ complianceDistribution: { total: 1 } }] }),
      'facts/contradictory-document',
    );
  });

  test('states nothing that it was not asked for', () => {
    assert.deepEqual(statedBy('twistcli', { results: [{ id: 'sha256:00' }] }), {});
  });
});

describe('GitLab', () => {
  const report = (scan: object, vulnerabilities: readonly object[]) => ({ version: '15.1.4', scan, vulnerabilities });

  test('states vulnerabilities under the CVE of their identifiers', () => {
    const vulnerability = {
      id: 'a'.repeat(40),
      severity: 'Info',
      location: { dependency: { package: { name: 'curl' }, version: '7.61.0-r0' } },
      identifiers: [
        { type: 'gemnasium', name: 'Gemnasium-1' },
        { type: 'cve', name: 'CVE-2018-14618' },
        { type: 'cwe', name: 'CWE-1' },
      ],
    };
    const facts = statedBy(
      'gitlab-security-report',
      report({ type: 'dependency_scanning', status: 'success' }, [vulnerability]),
    );
    assert.deepEqual(facts.vulnerabilities?.list, [
      { id: 'CVE-2018-14618', severity: 'negligible', component: 'curl@7.61.0-r0', suppressed: false },
    ]);
  });

  test('is refused where its scan failed, is of an unknown type, or of another schema', () => {
    assert.equal(
      factsOf('gitlab-security-report', report({ type: 'sast', status: 'failure' }, [])),
      'facts/scan-failed',
    );
    assert.equal(factsOf('gitlab-security-report', report({ type: 'guess' }, [])), 'facts/malformed-document');
    const old = { ...report({ type: 'sast' }, []), version: '13.1.0' };
    assert.equal(factsOf('gitlab-security-report', old), 'facts/unsupported-version');
  });

  test('states zero findings for a scan that found none', () => {
    assert.deepEqual(statedBy('gitlab-security-report', report({ type: 'secret_detection' }, [])), {
      findings: { ...NO_FINDINGS, total: 0 },
    });
  });
});

describe('GitHub', () => {
  test('counts open code scanning alerts by level, and dismissed ones as suppressed', () => {
    const alert = (state: string | null, severity: string | null) => ({
      number: 1,
      state,
      rule: { severity },
      tool: {},
    });
    const alerts = [
      alert('open', 'error'),
      alert('open', null),
      alert(null, 'note'),
      alert('dismissed', 'error'),
      alert('fixed', 'error'),
    ];
    assert.deepEqual(statedBy('github-code-scanning', { alerts }), {
      findings: { total: 3, error: 1, warning: 1, note: 1, none: 0, suppressed: 1 },
    });
    assert.equal(factsOf('github-code-scanning', { alerts: [alert('closed', 'error')] }), 'facts/malformed-document');
  });

  test('counts open Dependabot alerts by severity, and dismissed ones as suppressed', () => {
    const alert = (state: string, ghsa: string) => ({
      state,
      dependency: { package: { ecosystem: 'npm', name: 'send' } },
      security_advisory: { ghsa_id: ghsa, cve_id: null, severity: 'critical' },
      security_vulnerability: { severity: 'critical', first_patched_version: null },
    });
    const alerts = [alert('open', 'GHSA-1'), alert('auto_dismissed', 'GHSA-2'), alert('fixed', 'GHSA-3')];
    assert.deepEqual(numbersOf(statedBy('github-dependabot', { alerts })), {
      vulnerabilities: { ...NONE, total: 1, critical: 1, fixable: 0, suppressed: 1 },
    });
  });
});

describe('scans of in-toto and cosign', () => {
  test('state ids with the gravest of their ratings', () => {
    const result = [
      {
        id: 'CVE-2024-0005',
        severity: [
          { method: 'nvd', score: '5.5' },
          { method: 'x', score: 'HIGH' },
        ],
      },
      { id: 'CVE-2024-0006' },
    ];
    const expected = { vulnerabilities: { ...NONE, total: 2, high: 1, unknown: 1, fixable: 0, suppressed: 0 } };
    assert.deepEqual(numbersOf(statedBy('vulns', { scanner: { result } })), expected);
    assert.deepEqual(numbersOf(statedBy('vulns-v0.1', { scanner: { result } })), expected);
    assert.equal(statedBy('vulns', { scanner: { result: [] } }).vulnerabilities?.total, 0);
    assert.equal(factsOf('vulns', { scanner: {} }), 'facts/not-stated');
  });

  test('of cosign carry a report of a scanner, and state what that states', () => {
    const trivy = { SchemaVersion: 2, ArtifactName: 'a', Results: [{ Class: 'os-pkgs' }] };
    assert.equal(statedBy('cosign-vuln', { scanner: { result: trivy } }).vulnerabilities?.total, 0);
    for (const result of [null, [], {}, { bomFormat: 'CycloneDX', specVersion: '1.6', ...trivy }]) {
      assert.equal(factsOf('cosign-vuln', { scanner: { result } }), 'facts/unknown-scan-result');
    }
    assert.equal(
      factsOf('cosign-vuln', { scanner: { result: { ...trivy, SchemaVersion: 9 } } }),
      'facts/unsupported-version',
    );
  });
});
