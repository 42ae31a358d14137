/** Seeds of SPDX 3: a bill of materials, and what the Security profile adds. */
export const SPDX_3 = {
  '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
  '@graph': [
    { type: 'software_Package', spdxId: 'u:a', name: 'a', software_packageUrl: 'pkg:npm/a@1' },
    { type: 'simplelicensing_LicenseExpression', spdxId: 'u:l', simplelicensing_licenseExpression: 'MIT' },
    { type: 'Relationship', relationshipType: 'hasDeclaredLicense', from: 'u:a', to: ['u:l'] },
    { type: 'software_Sbom', rootElement: ['u:r'] },
  ],
};
export const SPDX_3_SECURITY = {
  '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
  '@graph': [
    { type: 'software_Sbom', rootElement: ['u:i'] },
    { type: 'software_Package', spdxId: 'u:i', software_primaryPurpose: 'container' },
    { type: 'software_Package', spdxId: 'u:a', name: 'a', software_packageUrl: 'pkg:npm/a@1' },
    {
      type: 'security_Vulnerability',
      spdxId: 'u:v',
      externalIdentifier: [{ externalIdentifierType: 'cve', identifier: 'CVE-2024-0001' }],
    },
    { type: 'Relationship', relationshipType: 'hasAssociatedVulnerability', from: 'u:a', to: ['u:v'] },
    {
      type: 'security_CvssV4VulnAssessmentRelationship',
      from: 'u:v',
      to: 'u:a',
      security_vectorString: 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N',
    },
    {
      type: 'security_VexNotAffectedVulnAssessmentRelationship',
      relationshipType: 'doesNotAffect',
      from: 'u:v',
      to: ['u:i'],
      security_assessedElement: 'u:a',
    },
  ],
};
