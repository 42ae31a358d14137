import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { combineFacts, type FactsSource } from '../../src/core/facts/combine-facts.ts';
import type { Facts } from '../../src/core/facts/facts.ts';
import { predicateTypeUri } from '../../src/core/statement/predicate-types.ts';
import { DIGEST, factsOf, statedBy } from './facts-under-test.ts';

type Element = Readonly<Record<string, unknown>>;

const IMAGE: Element = {
  spdxId: 'urn:image',
  type: 'software_Package',
  software_primaryPurpose: 'container',
  name: 'api',
};
const CURL: Element = {
  spdxId: 'urn:curl',
  type: 'software_Package',
  name: 'curl',
  software_packageUrl: 'pkg:deb/debian/curl@8.5.0?arch=amd64',
};
const BUSYBOX: Element = {
  spdxId: 'urn:busybox',
  type: 'software_Package',
  name: 'busybox',
  software_packageVersion: '1.36.1',
};
const SBOM: Element = { spdxId: 'urn:sbom', type: 'software_Sbom', rootElement: ['urn:image'] };
const PACKAGES = [SBOM, IMAGE, CURL, BUSYBOX];

function vulnerability(number: string, ...more: readonly string[]): Element {
  const names = [`CVE-2024-${number}`, ...more];
  const externalIdentifier = names.map((identifier, index) => ({
    type: 'ExternalIdentifier',
    externalIdentifierType: index === 0 ? 'cve' : 'securityOther',
    identifier,
  }));
  return { spdxId: `urn:${number}`, type: 'security_Vulnerability', externalIdentifier };
}

const RELATIONSHIPS = {
  Affected: 'affects',
  Fixed: 'fixedIn',
  NotAffected: 'doesNotAffect',
  UnderInvestigation: 'underInvestigationFor',
} as const;

function vex(status: keyof typeof RELATIONSHIPS, number: string, to: readonly string[], more: Element = {}): Element {
  const type = `security_Vex${status}VulnAssessmentRelationship`;
  return { type, relationshipType: RELATIONSHIPS[status], from: `urn:${number}`, to, ...more };
}

function cvss(version: 2 | 3 | 4, number: string, to: readonly string[], more: Element): Element {
  const type = `security_CvssV${version}VulnAssessmentRelationship`;
  return { type, relationshipType: 'hasAssessmentFor', from: `urn:${number}`, to, ...more };
}

function associated(from: string, ...to: readonly string[]): Element {
  return { type: 'Relationship', relationshipType: 'hasAssociatedVulnerability', from, to };
}

function graph(...elements: readonly Element[]): object {
  return { '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld', '@graph': elements };
}

/** Each vulnerability in a word: what it is in, how grave, its status, and whether it counts. */
function listed(facts: Facts): readonly string[] | undefined {
  return facts.vulnerabilities?.list.map(
    ({ id, component, severity, status, suppressed }) =>
      `${id} ${component ?? '-'} ${severity} ${status ?? '-'}${suppressed ? ' suppressed' : ''}`,
  );
}

const stated = (...elements: readonly Element[]) => statedBy('spdx-v3', graph(...PACKAGES, ...elements), DIGEST);

describe('vulnerabilities of SPDX 3', () => {
  test('are told of packages by associations, scores and statements, and of none where nothing leads to one', () => {
    const facts = stated(
      vulnerability('0001', 'GHSA-aaaa'),
      associated('urn:curl', 'urn:0001', 'https://spdx.org/rdf/3.0.1/terms/Core/NoneElement'),
      vulnerability('0002'),
      vex('Affected', '0002', ['urn:busybox', 'urn:curl']),
      vulnerability('0003'),
      cvss(3, '0003', ['urn:image'], { security_assessedElement: 'urn:busybox', security_score: '7.5' }),
      vulnerability('0004'),
      { spdxId: 'urn:0005', type: 'security_Vulnerability', name: 'OWN-5' },
      associated('urn:image', 'urn:0005'),
    );
    assert.deepEqual(listed(facts), [
      'CVE-2024-0001 pkg:deb/debian/curl@8.5.0 unknown -',
      'CVE-2024-0002 busybox@1.36.1 unknown affected',
      'CVE-2024-0002 pkg:deb/debian/curl@8.5.0 unknown affected',
      'CVE-2024-0003 busybox@1.36.1 high -',
      'CVE-2024-0004 - unknown -',
      'OWN-5 - unknown -',
    ]);
    assert.deepEqual(facts.vex, { statements: 1, affected: 1, fixed: 0, notAffected: 0, underInvestigation: 0 });
    assert.equal(facts.components?.count, 2);
  });

  test('are as grave as the gravest score that was not withdrawn', () => {
    const severityOf = (...scores: readonly Element[]) =>
      stated(vulnerability('0001'), ...scores).vulnerabilities?.list[0]?.severity;
    const vector = (version: 2 | 3 | 4, text: string) =>
      severityOf(cvss(version, '0001', ['urn:curl'], { security_vectorString: text }));
    assert.equal(vector(2, '(AV:N/AC:M/Au:N/C:P/I:N/A:N)'), 'medium');
    assert.equal(vector(3, 'CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:C/C:H/I:N/A:N'), 'medium');
    assert.equal(vector(4, 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N'), 'critical');
    assert.equal(vector(4, 'CVSS:4.0/AV:N/AC:L/AT:N/AR:N/UI:N/VCH/VI:H/VA:H/SC:H/SI:H/SA:H/E:A'), 'unknown');
    const low = cvss(3, '0001', ['urn:curl'], { security_severity: 'low', security_score: 9.9 });
    const high = cvss(4, '0001', ['urn:curl'], { security_score: 8.2 });
    assert.equal(severityOf(low), 'low');
    assert.equal(severityOf(low, high), 'high');
    assert.equal(severityOf(low, { ...high, security_withdrawnTime: '2026-01-01T00:00:00Z' }), 'low');
  });

  test('are not stated by a document that names none, or sets each aside', () => {
    assert.equal(stated().vulnerabilities, undefined);
    assert.equal(stated().vex, undefined);
    const aside = stated(
      vulnerability('0001'),
      vex('NotAffected', '0001', ['urn:curl']),
      vulnerability('0002'),
      vex('Fixed', '0002', ['urn:image']),
      vulnerability('0003'),
      vex('Fixed', '0003', ['urn:elsewhere']),
    );
    assert.equal(aside.vulnerabilities, undefined);
    assert.deepEqual(aside.vex, { statements: 3, affected: 0, fixed: 2, notAffected: 1, underInvestigation: 0 });
  });
});

describe('VEX of SPDX 3', () => {
  /** What comes of one vulnerability in a document that has another one, which nothing sets aside. */
  const scanned = (...elements: readonly Element[]) =>
    listed(
      stated(vulnerability('0001'), associated('urn:curl', 'urn:0001'), vulnerability('0002'), ...elements),
    )?.filter((one) => !one.startsWith('CVE-2024-0002'));
  const CURL_IS = 'CVE-2024-0001 pkg:deb/debian/curl@8.5.0 unknown';

  test('is about a package, the image, or a package in the image', () => {
    const inCurl = { security_assessedElement: 'urn:curl' };
    assert.deepEqual(scanned(vex('NotAffected', '0001', ['urn:curl'])), [`${CURL_IS} not_affected suppressed`]);
    assert.deepEqual(scanned(vex('UnderInvestigation', '0001', ['urn:curl'])), [`${CURL_IS} under_investigation`]);
    assert.deepEqual(scanned(vex('NotAffected', '0001', ['urn:image'], inCurl)), [
      `${CURL_IS} not_affected suppressed`,
    ]);
    assert.deepEqual(scanned(vex('NotAffected', '0001', ['urn:curl'], inCurl)), [`${CURL_IS} not_affected suppressed`]);
    assert.deepEqual(scanned(vex('Fixed', '0001', ['urn:image'])), [
      'CVE-2024-0001 - unknown fixed suppressed',
      `${CURL_IS} fixed suppressed`,
    ]);
  });

  test('sets nothing aside in a product that is not known, or in a part of another package', () => {
    const counts = (...elements: readonly Element[]) => scanned(...elements)?.filter((one) => one.startsWith(CURL_IS));
    const inCurl = { security_assessedElement: 'urn:curl' };
    assert.deepEqual(counts(vex('NotAffected', '0001', ['urn:elsewhere'])), [`${CURL_IS} -`]);
    assert.deepEqual(counts(vex('NotAffected', '0001', ['urn:elsewhere'], inCurl)), [`${CURL_IS} -`]);
    assert.deepEqual(counts(vex('NotAffected', '0001', ['urn:busybox'], inCurl)), [`${CURL_IS} -`]);
    assert.deepEqual(counts(vex('NotAffected', '0001', ['urn:curl'], { security_assessedElement: 'urn:file' })), [
      `${CURL_IS} -`,
    ]);
  });

  test('counts the gravest status of a package, whatever the order, and none that was withdrawn', () => {
    const affected = vex('Affected', '0001', ['urn:curl']);
    const fixed = vex('Fixed', '0001', ['urn:curl']);
    const withdrawn = { security_withdrawnTime: '2026-01-01T00:00:00Z' };
    assert.deepEqual(scanned(affected, fixed), [`${CURL_IS} affected`]);
    assert.deepEqual(scanned(fixed, affected), [`${CURL_IS} affected`]);
    assert.deepEqual(scanned({ ...fixed, ...withdrawn }), [`${CURL_IS} -`]);
    assert.deepEqual(scanned(fixed, { ...affected, ...withdrawn }), [`${CURL_IS} fixed suppressed`]);
  });

  test('applies to what another document of the image lists, by names, package and digest', () => {
    const grype = {
      matches: [
        {
          vulnerability: { id: 'GHSA-aaaa', severity: 'High' },
          artifact: { name: 'curl', version: '8.5.0', purl: 'pkg:deb/debian/curl@8.5.0?arch=amd64' },
        },
      ],
    };
    const source = (type: 'grype' | 'spdx-v3', predicate: object): FactsSource => ({
      stage: type,
      predicateType: predicateTypeUri(type),
      predicate: JSON.parse(JSON.stringify(predicate)),
    });
    const totalAfter = (...elements: readonly Element[]) =>
      combineFacts(
        [source('grype', grype), source('spdx-v3', graph(...elements, vulnerability('0001', 'GHSA-aaaa')))],
        { digest: DIGEST },
      ).combined.vulnerabilities?.total;
    const ofDigest = (digest: string): Element => ({ ...IMAGE, software_packageUrl: `pkg:oci/api@${digest}` });
    const not = (to: string, more: Element = {}) => vex('NotAffected', '0001', [to], more);
    const inCurl = { security_assessedElement: 'urn:curl' };
    const other = `sha256:${'b2'.repeat(32)}`;
    assert.equal(totalAfter(...PACKAGES, not('urn:curl')), 0);
    assert.equal(totalAfter(...PACKAGES, not('urn:image')), 0);
    assert.equal(totalAfter(...PACKAGES, not('urn:image', inCurl)), 0);
    assert.equal(totalAfter(SBOM, CURL, ofDigest(DIGEST), not('urn:image')), 0);
    assert.equal(totalAfter(SBOM, CURL, ofDigest(DIGEST), not('urn:image', inCurl)), 0);
    assert.equal(totalAfter(...PACKAGES, not('urn:busybox')), 1);
    assert.equal(totalAfter(SBOM, CURL, ofDigest(other), not('urn:image')), 1);
    assert.equal(totalAfter(SBOM, CURL, ofDigest(other), not('urn:image', inCurl)), 1);
    // A container that is not what the document is about is another image.
    assert.equal(totalAfter(CURL, IMAGE, not('urn:image')), 1);
  });

  test('is refused where it is not to be understood, and takes vulnerabilities and components with it', () => {
    const faultOf = (...elements: readonly Element[]) => factsOf('spdx-v3', graph(...PACKAGES, ...elements));
    const known = vulnerability('0001');
    const statement = vex('NotAffected', '0001', ['urn:curl']);
    const malformed = [
      [statement],
      [known, { ...statement, relationshipType: 'affects' }],
      [known, { ...statement, to: [] }],
      [known, { ...statement, to: [{ spdxId: 'urn:curl' }] }],
      [known, { ...statement, from: undefined }],
      [known, associated('urn:curl', 'urn:elsewhere')],
      [{ spdxId: 'urn:0001', type: 'security_Vulnerability' }],
      [{ type: 'security_Vulnerability', name: 'CVE-2024-0001' }],
    ] as const;
    for (const elements of malformed) {
      assert.equal(faultOf(...elements), 'facts/malformed-document', JSON.stringify(elements));
    }
    assert.equal(faultOf(known, known), 'facts/contradictory-document');
  });
});
