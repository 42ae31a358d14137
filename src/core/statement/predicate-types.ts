import { invariant } from '../fault.ts';

/** One kind of claim: `name` for commands and contracts, `uri` as statements carry it, `title` for people. */
export type PredicateType = { readonly name: string; readonly uri: string; readonly title: string };

/**
 * The closed list of known predicate types. Only these stand in an entry; an attestation of another type is recorded
 * without one. Names and URIs are unique and never change; adding one is a change of docs/spec/attestations.md §6.
 * Sources: in-toto attestation spec/predicates, SLSA 1.2, cosign's predicate aliases.
 */
export const PREDICATE_TYPES = [
  { name: 'slsa-provenance', uri: 'https://slsa.dev/provenance/v1', title: 'SLSA provenance 1' },
  { name: 'slsa-provenance-v0.2', uri: 'https://slsa.dev/provenance/v0.2', title: 'SLSA provenance 0.2' },
  { name: 'vsa', uri: 'https://slsa.dev/verification_summary/v1', title: 'SLSA verification summary' },
  { name: 'svr', uri: 'https://in-toto.io/attestation/svr/v0.2', title: 'Simple verification result' },
  { name: 'spdx', uri: 'https://spdx.dev/Document', title: 'SPDX document' },
  { name: 'spdx-v2.3', uri: 'https://spdx.dev/Document/v2.3', title: 'SPDX 2.3 document' },
  { name: 'spdx-v3', uri: 'https://spdx.dev/Document/v3', title: 'SPDX 3 document' },
  { name: 'cyclonedx', uri: 'https://cyclonedx.org/bom', title: 'CycloneDX bill of materials' },
  { name: 'vulns', uri: 'https://in-toto.io/attestation/vulns/v0.2', title: 'Vulnerability scan 0.2' },
  { name: 'vulns-v0.1', uri: 'https://in-toto.io/attestation/vulns/v0.1', title: 'Vulnerability scan 0.1' },
  { name: 'cosign-vuln', uri: 'https://cosign.sigstore.dev/attestation/vuln/v1', title: 'cosign vulnerability scan' },
  { name: 'test-result', uri: 'https://in-toto.io/attestation/test-result/v0.1', title: 'Test result' },
  { name: 'release', uri: 'https://in-toto.io/attestation/release/v0.1', title: 'Release' },
  { name: 'scai', uri: 'https://in-toto.io/attestation/scai/v0.3', title: 'SCAI attribute report' },
  { name: 'runtime-trace', uri: 'https://in-toto.io/attestation/runtime-trace/v0.1', title: 'Runtime trace' },
  { name: 'reference', uri: 'https://in-toto.io/attestation/reference/v0.1', title: 'Reference to other documents' },
  { name: 'link', uri: 'https://in-toto.io/attestation/link/v0.3', title: 'in-toto link' },
  { name: 'openvex', uri: 'https://openvex.dev/ns', title: 'OpenVEX document' },
  { name: 'cosign-custom', uri: 'https://cosign.sigstore.dev/attestation/v1', title: 'cosign custom attestation' },
  { name: 'cosign-sign', uri: 'https://sigstore.dev/cosign/sign/v1', title: 'cosign image signature' },
  { name: 'sarif', uri: 'https://waybill.dev/attestation/sarif/v1', title: 'SARIF static analysis report' },
  { name: 'junit', uri: 'https://waybill.dev/attestation/junit/v1', title: 'JUnit XML test report' },
  { name: 'csaf', uri: 'https://waybill.dev/attestation/csaf/v1', title: 'CSAF security advisory' },
  {
    name: 'gitlab-security-report',
    uri: 'https://waybill.dev/attestation/gitlab-security-report/v1',
    title: 'GitLab security report',
  },
  { name: 'trivy', uri: 'https://waybill.dev/attestation/trivy/v1', title: 'Trivy report' },
  { name: 'grype', uri: 'https://waybill.dev/attestation/grype/v1', title: 'Grype report' },
  { name: 'twistcli', uri: 'https://waybill.dev/attestation/twistcli/v1', title: 'twistcli image scan' },
  {
    name: 'github-code-scanning',
    uri: 'https://waybill.dev/attestation/github-code-scanning/v1',
    title: 'GitHub code scanning alerts',
  },
  {
    name: 'github-dependabot',
    uri: 'https://waybill.dev/attestation/github-dependabot/v1',
    title: 'GitHub Dependabot alerts',
  },
  {
    name: 'cyclonedx-xml',
    uri: 'https://waybill.dev/attestation/cyclonedx-xml/v1',
    title: 'CycloneDX bill of materials in XML',
  },
  { name: 'cobertura', uri: 'https://waybill.dev/attestation/cobertura/v1', title: 'Cobertura coverage report' },
  { name: 'jacoco', uri: 'https://waybill.dev/attestation/jacoco/v1', title: 'JaCoCo coverage report' },
  {
    name: 'pull-request-review',
    uri: 'https://waybill.dev/attestation/pull-request-review/v1',
    title: 'Reviews of a change of the source',
  },
  { name: 'custom', uri: 'https://waybill.dev/attestation/custom/v1', title: 'Document of another kind' },
] as const satisfies readonly PredicateType[];

export type PredicateTypeName = (typeof PREDICATE_TYPES)[number]['name'];

const BY_URI: ReadonlyMap<string, PredicateType> = new Map(PREDICATE_TYPES.map((type) => [type.uri, type]));
const BY_NAME: ReadonlyMap<string, PredicateType> = new Map(PREDICATE_TYPES.map((type) => [type.name, type]));

/** The known type with exactly this URI. URIs are compared as they stand: no trailing slash, no case folding. */
export function predicateTypeByUri(uri: string): PredicateType | undefined {
  return BY_URI.get(uri);
}

/** The known type with this short name, as `--type` takes it. */
export function predicateTypeByName(name: string): PredicateType | undefined {
  return BY_NAME.get(name);
}

/** URI of the type with this name; for use inside the code, where the compiler knows the names. */
export function predicateTypeUri(name: PredicateTypeName): string {
  const type = BY_NAME.get(name);
  invariant(type !== undefined, 'every predicate type name is in the table');
  return type.uri;
}
