import { isJsonObject, type Json, type JsonObject } from '../encoding/json.ts';
import type { PredicateTypeName } from './predicate-types.ts';

/** Tool formats that are JSON and become a predicate as they stand. */
export type JsonFormat =
  | 'cyclonedx-json'
  | 'spdx-json'
  | 'spdx3-json'
  | 'sarif'
  | 'openvex'
  | 'csaf'
  | 'cosign-vuln'
  | 'gitlab-security-report'
  | 'trivy-json'
  | 'grype-json'
  | 'twistcli-json'
  | 'pull-request-review';

/** Tool formats that are a JSON array; the predicate is an object around it, since a predicate is one. */
export type ArrayFormat = 'github-code-scanning' | 'github-dependabot';

/** Tool formats that are XML; the predicate keeps their bytes. */
export type XmlFormat = 'junit-xml' | 'cyclonedx-xml' | 'cobertura-xml' | 'jacoco-xml';

/** Formats that carry a statement of their own, signed or not. */
export type StatementFormat = 'in-toto-statement' | 'dsse-envelope' | 'sigstore-bundle';

type FormatRow = {
  readonly predicateType: PredicateTypeName;
  readonly mediaType: string;
  readonly looksLike: (document: JsonObject) => boolean;
};

/**
 * How each JSON format is told apart, by members that its specification requires. A document must look like exactly one.
 * Order does not matter. Source: docs/spec/attestations.md §7.
 */
export const JSON_FORMATS: Readonly<Record<JsonFormat, FormatRow>> = {
  'cyclonedx-json': {
    predicateType: 'cyclonedx',
    mediaType: 'application/vnd.cyclonedx+json',
    looksLike: (d) => d.bomFormat === 'CycloneDX' && typeof d.specVersion === 'string',
  },
  'spdx-json': {
    predicateType: 'spdx',
    mediaType: 'application/spdx+json',
    looksLike: (d) => matches(d.spdxVersion, /^SPDX-2\.[0-9]+$/) && d.SPDXID === 'SPDXRef-DOCUMENT',
  },
  'spdx3-json': {
    predicateType: 'spdx-v3',
    mediaType: 'application/spdx+json',
    looksLike: (d) => Array.isArray(d['@graph']) && contextMatches(d, /^https:\/\/spdx\.org\/rdf\/3\./),
  },
  sarif: {
    predicateType: 'sarif',
    mediaType: 'application/sarif+json',
    looksLike: (d) => d.version === '2.1.0' && Array.isArray(d.runs),
  },
  openvex: {
    predicateType: 'openvex',
    mediaType: 'application/json',
    looksLike: (d) => Array.isArray(d.statements) && contextMatches(d, /^https:\/\/openvex\.dev\/ns(?:\/v[0-9.]+)?$/),
  },
  csaf: {
    predicateType: 'csaf',
    mediaType: 'application/json',
    looksLike: ({ document }) =>
      isJsonObject(document) && matches(document.csaf_version, /^2\.[0-9]+$/) && typeof document.category === 'string',
  },
  'cosign-vuln': {
    predicateType: 'cosign-vuln',
    mediaType: 'application/json',
    looksLike: ({ invocation, scanner, metadata }) =>
      isJsonObject(invocation) &&
      isJsonObject(scanner) &&
      Object.hasOwn(scanner, 'result') &&
      isJsonObject(metadata) &&
      typeof metadata.scanStartedOn === 'string',
  },
  'gitlab-security-report': {
    predicateType: 'gitlab-security-report',
    mediaType: 'application/json',
    looksLike: ({ scan, version, vulnerabilities }) =>
      Array.isArray(vulnerabilities) &&
      typeof version === 'string' &&
      isJsonObject(scan) &&
      isJsonObject(scan.scanner) &&
      typeof scan.type === 'string',
  },
  'trivy-json': {
    predicateType: 'trivy',
    mediaType: 'application/json',
    looksLike: (d) => typeof d.SchemaVersion === 'number' && typeof d.ArtifactName === 'string',
  },
  'grype-json': {
    predicateType: 'grype',
    mediaType: 'application/json',
    looksLike: ({ matches, descriptor }) =>
      Array.isArray(matches) && isJsonObject(descriptor) && descriptor.name === 'grype',
  },
  'twistcli-json': {
    predicateType: 'twistcli',
    mediaType: 'application/json',
    looksLike: ({ results }) => Array.isArray(results) && results.some(isTwistcliResult),
  },
  'pull-request-review': {
    predicateType: 'pull-request-review',
    mediaType: 'application/json',
    looksLike: ({ change, authors, reviews }) =>
      isJsonObject(change) && typeof change.commit === 'string' && Array.isArray(authors) && Array.isArray(reviews),
  },
};

type ArrayRow = {
  readonly predicateType: PredicateTypeName;
  /** Name of the one member of the predicate. */
  readonly member: string;
  /** Whether the first element is one of this format. */
  readonly looksLike: (element: JsonObject) => boolean;
};

/** How the formats that are arrays are told apart: by their first element. An empty array is none of them. */
export const ARRAY_FORMATS: Readonly<Record<ArrayFormat, ArrayRow>> = {
  'github-code-scanning': {
    predicateType: 'github-code-scanning',
    member: 'alerts',
    looksLike: ({ number, rule, tool }) => typeof number === 'number' && isJsonObject(rule) && isJsonObject(tool),
  },
  'github-dependabot': {
    predicateType: 'github-dependabot',
    member: 'alerts',
    looksLike: (d) =>
      typeof d.number === 'number' && isJsonObject(d.security_advisory) && isJsonObject(d.security_vulnerability),
  },
};

type XmlRow = {
  readonly predicateType: PredicateTypeName;
  readonly roots: readonly string[];
  /** Whether the format's own writers name a document type, which is passed over. */
  readonly allowsDoctype: boolean;
};

/** How the XML formats are told apart: by the name of their root element. */
export const XML_FORMATS: Readonly<Record<XmlFormat, XmlRow>> = {
  'junit-xml': { predicateType: 'junit', roots: ['testsuites', 'testsuite'], allowsDoctype: false },
  'cyclonedx-xml': { predicateType: 'cyclonedx-xml', roots: ['bom'], allowsDoctype: false },
  'cobertura-xml': { predicateType: 'cobertura', roots: ['coverage'], allowsDoctype: true },
  'jacoco-xml': { predicateType: 'jacoco', roots: ['report'], allowsDoctype: true },
};

/** How the formats that carry a statement are told apart. */
export const STATEMENT_FORMATS: Readonly<Record<StatementFormat, (document: JsonObject) => boolean>> = {
  'in-toto-statement': (d) => matches(d._type, /^https:\/\/in-toto\.io\/Statement\//),
  'dsse-envelope': (d) => Object.hasOwn(d, 'payloadType') && Object.hasOwn(d, 'payload') && Array.isArray(d.signatures),
  'sigstore-bundle': (d) => matches(d.mediaType, /^application\/vnd\.dev\.sigstore\.bundle/),
};

function isTwistcliResult(result: Json): boolean {
  return (
    isJsonObject(result) &&
    (isJsonObject(result.vulnerabilityDistribution) || isJsonObject(result.complianceDistribution))
  );
}

function matches(value: Json | undefined, pattern: RegExp): boolean {
  return typeof value === 'string' && pattern.test(value);
}

/** Whether the JSON-LD document has such a context: it may have one or several. */
export function contextMatches(document: JsonObject, pattern: RegExp): boolean {
  const context = document['@context'];
  return Array.isArray(context) ? context.some((part: Json) => matches(part, pattern)) : matches(context, pattern);
}
