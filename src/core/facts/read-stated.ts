import { parseBase64 } from '../encoding/base64.ts';
import { isJsonObject, type Json, type JsonObject } from '../encoding/json.ts';
import { decodeUtf8 } from '../encoding/utf8.ts';
import { ok, type Result } from '../fault.ts';
import { PAYLOAD_BYTES_MAX } from '../limits.ts';
import { type PredicateTypeName, predicateTypeByUri } from '../statement/predicate-types.ts';
import { readChangeReviews } from './change-reviews.ts';
import type { Collector } from './collector.ts';
import { readCobertura, readJacoco } from './coverage.ts';
import { readCsaf } from './csaf.ts';
import { readCycloneDx } from './cyclonedx.ts';
import { readCycloneDxXml } from './cyclonedx-xml.ts';
import type { Facts } from './facts.ts';
import { readCodeScanning, readDependabot } from './github.ts';
import { readGitlab } from './gitlab.ts';
import { readGrype } from './grype.ts';
import { readJunit } from './junit.ts';
import { readOpenVex } from './openvex.ts';
import { readProvenance, readProvenanceV02 } from './provenance.ts';
import { readSarif } from './sarif.ts';
import { readSpdx } from './spdx.ts';
import { readSpdx3 } from './spdx3.ts';
import type { Stated } from './stated.ts';
import { readTestResult } from './test-result.ts';
import { readTrivy } from './trivy.ts';
import { readTwistcli } from './twistcli.ts';
import { readCosignVuln, readVulns } from './vulns.ts';

/** The claim of one attestation: type as a URI, and predicate. */
export type FactsDocument = { readonly predicateType: string; readonly predicate: Json };

type FactsReader = {
  readonly read: (predicate: JsonObject, into: Collector) => void;
  /** What a document of this type can state; all of it is unknown where the document cannot be read. */
  readonly states: readonly (keyof Facts)[];
};

/** A statement that is not read might have said that something is affected: no count of vulnerabilities stands then. */
const VULNERABILITIES = ['vex', 'vulnerabilities'] as const;
const PROVENANCE = ['builders', 'inputImages', 'sources'] as const;

/** How each predicate type is read. A type that is not here states no facts. Source: docs/spec/facts.md §5. */
const READERS: Readonly<Partial<Record<PredicateTypeName, FactsReader>>> = {
  cobertura: { read: (predicate, into) => readWrappedXml(predicate, into, readCobertura), states: ['coverage'] },
  'cosign-vuln': { read: readCosignVuln, states: ['components', 'findings', 'licences', ...VULNERABILITIES] },
  csaf: { read: readCsaf, states: VULNERABILITIES },
  cyclonedx: { read: readCycloneDx, states: ['components', 'licences', ...VULNERABILITIES] },
  'cyclonedx-xml': {
    read: (predicate, into) => readWrappedXml(predicate, into, readCycloneDxXml),
    states: ['components', 'licences', ...VULNERABILITIES],
  },
  'github-code-scanning': { read: readCodeScanning, states: ['findings'] },
  'github-dependabot': { read: readDependabot, states: ['vulnerabilities'] },
  'gitlab-security-report': { read: readGitlab, states: ['findings', 'vulnerabilities'] },
  grype: { read: readGrype, states: ['vulnerabilities'] },
  jacoco: { read: (predicate, into) => readWrappedXml(predicate, into, readJacoco), states: ['coverage'] },
  junit: { read: (predicate, into) => readWrappedXml(predicate, into, readJunit), states: ['tests'] },
  openvex: { read: readOpenVex, states: VULNERABILITIES },
  'pull-request-review': { read: readChangeReviews, states: ['approvals'] },
  sarif: { read: readSarif, states: ['findings'] },
  'slsa-provenance': { read: readProvenance, states: PROVENANCE },
  'slsa-provenance-v0.2': { read: readProvenanceV02, states: PROVENANCE },
  spdx: { read: readSpdx, states: ['components', 'licences'] },
  'spdx-v2.3': { read: readSpdx, states: ['components', 'licences'] },
  'spdx-v3': { read: readSpdx3, states: ['components', 'licences', ...VULNERABILITIES] },
  'test-result': { read: readTestResult, states: ['tests'] },
  trivy: { read: readTrivy, states: ['findings', 'vulnerabilities'] },
  twistcli: { read: readTwistcli, states: ['findings', 'vulnerabilities'] },
  vulns: { read: readVulns, states: ['vulnerabilities'] },
  'vulns-v0.1': { read: readVulns, states: ['vulnerabilities'] },
};

/** What a document of this type can state; none for a type that is not read. */
export function statableBy(predicateType: string): readonly (keyof Facts)[] {
  return readerOf(predicateType)?.states ?? [];
}

/** What the document states, gathered by `into`; nothing where its type is not read. The fault is that of `into`. */
export function readStated({ predicateType, predicate }: FactsDocument, into: Collector): Result<Stated> {
  const reader = readerOf(predicateType);
  if (reader === undefined) return ok({});
  if (isJsonObject(predicate)) reader.read(predicate, into);
  else into.refuse('facts/malformed-document', 'The predicate is not an object.');
  return into.fault === undefined ? ok(into.stated()) : { ok: false, fault: into.fault };
}

function readerOf(predicateType: string): FactsReader | undefined {
  const name = predicateTypeByUri(predicateType)?.name as PredicateTypeName | undefined;
  return name === undefined ? undefined : READERS[name];
}

/** An XML document in a predicate that keeps its bytes. Source: docs/spec/attestations.md §7.1. */
function readWrappedXml(
  { document }: JsonObject,
  into: Collector,
  read: (text: string, into: Collector) => void,
): void {
  if (typeof document !== 'string') {
    into.refuse('facts/malformed-document', 'The document is not there as base64.', '/document');
    return;
  }
  // 4 characters carry 3 bytes: the text is bounded before it is decoded.
  if (document.length > Math.ceil(PAYLOAD_BYTES_MAX / 3) * 4) {
    into.refuse('facts/too-large', `A document has at most ${PAYLOAD_BYTES_MAX} bytes.`, '/document');
    return;
  }
  const bytes = parseBase64(document);
  const text = bytes.ok ? decodeUtf8(bytes.value) : bytes;
  if (!text.ok) into.refuse('facts/malformed-xml', text.fault.message, '/document');
  else read(text.value, into);
}
