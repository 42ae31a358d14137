import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numbersOf, statedBy } from './facts-under-test.ts';

const SEVERITIES = ['critical', 'high', 'medium', 'low', 'none'];
const STATUSES = [
  ['Affected', 'affects'],
  ['UnderInvestigation', 'underInvestigationFor'],
  ['Fixed', 'fixedIn'],
  ['NotAffected', 'doesNotAffect'],
] as const;

/** A bill with 40 packages below an image, 90 vulnerabilities in them, a score for most and a statement for every third. */
function wideDocument(): object {
  const packages = Array.from({ length: 40 }, (_, n) => ({
    type: 'software_Package',
    spdxId: `urn:p${n}`,
    name: `p${n}`,
    software_packageVersion: `${n}.1`,
    ...(n % 4 === 3 ? {} : { software_packageUrl: `pkg:npm/p${n}@${n}.1` }),
  }));
  const found = Array.from({ length: 90 }, (_, n) => {
    const id = `urn:v${n}`;
    const at = [`urn:p${(n * 7) % 40}`, `urn:p${(n * 11 + 1) % 40}`].slice(0, n % 5 === 0 ? 2 : 1);
    const [status, relationshipType] = STATUSES[(n / 3) % 4] ?? [];
    const score = {
      type: 'security_CvssV3VulnAssessmentRelationship',
      relationshipType: 'hasAssessmentFor',
      from: id,
      to: at,
    };
    const statement = { type: `security_Vex${status}VulnAssessmentRelationship`, relationshipType, from: id };
    return [
      {
        type: 'security_Vulnerability',
        spdxId: id,
        externalIdentifier: [{ externalIdentifierType: 'cve', identifier: `CVE-2025-${1_000 + n}` }],
      },
      { type: 'Relationship', relationshipType: 'hasAssociatedVulnerability', from: at[0], to: [id] },
      ...(n % 6 === 5 ? [] : [{ ...score, security_severity: SEVERITIES[n % 5], security_score: '5.0' }]),
      ...(n % 3 === 0 && n % 9 !== 0 ? [{ ...statement, to: at }] : []),
      // Of the whole image, and of one package in it.
      ...(n % 18 === 0 ? [{ ...statement, to: ['urn:image'] }] : []),
      ...(n % 18 === 9 ? [{ ...statement, to: ['urn:image'], security_assessedElement: at[0] }] : []),
    ];
  });
  return {
    '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
    '@graph': [
      // What refers comes before what it refers to, as JSON-LD allows.
      ...found.flat().reverse(),
      { type: 'software_Sbom', spdxId: 'urn:sbom', rootElement: ['urn:image'] },
      { type: 'software_Package', spdxId: 'urn:image', name: 'api', software_primaryPurpose: 'container' },
      ...packages,
    ],
  };
}

/**
 * Counted from the document with Python's json, from docs/spec/facts.md §5.2 and §7 and without this program: pairs of a
 * vulnerability and the package, or the image, that it is told of; each with the gravest severity and the gravest status.
 */
test('a document of the Security profile states what was counted in it otherwise', () => {
  const facts = statedBy('spdx-v3', JSON.parse(JSON.stringify(wideDocument())), `sha256:${'a1'.repeat(32)}`);
  const { components, vulnerabilities, vex } = numbersOf(facts) as Record<string, unknown>;
  assert.deepEqual(
    { components, vulnerabilities, vex },
    {
      components: { count: 40 },
      vulnerabilities: {
        ...{ total: 93, critical: 28, high: 12, medium: 14, low: 12, negligible: 12, unknown: 15 },
        ...{ fixable: 0, suppressed: 17 },
      },
      vex: { statements: 30, affected: 8, fixed: 7, notAffected: 7, underInvestigation: 8 },
    },
  );
});
