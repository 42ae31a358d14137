import { isJsonObject, type Json, type JsonObject } from '../encoding/json.ts';
import { JSON_FORMATS, type JsonFormat } from '../statement/document-formats.ts';
import type { Collector } from './collector.ts';
import { readCycloneDx } from './cyclonedx.ts';
import type { Severity } from './facts.ts';
import { readGitlab } from './gitlab.ts';
import { readGrype } from './grype.ts';
import { readSarif } from './sarif.ts';
import { graver, severityOfRating } from './severity.ts';
import { readTrivy } from './trivy.ts';
import { readTwistcli } from './twistcli.ts';

/** Reports that a cosign scan may carry. */
const SCAN_RESULTS: Readonly<Partial<Record<JsonFormat, (report: JsonObject, into: Collector) => void>>> = {
  'cyclonedx-json': readCycloneDx,
  'gitlab-security-report': readGitlab,
  'grype-json': readGrype,
  sarif: readSarif,
  'trivy-json': readTrivy,
  'twistcli-json': readTwistcli,
};

/**
 * Vulnerabilities of an in-toto vulnerability scan, 0.1 and 0.2: each id with the gravest of its ratings. Components are
 * not in this format. Source: in-toto attestation spec/predicates/vuln.md, docs/spec/facts.md §5.13.
 */
export function readVulns(predicate: JsonObject, into: Collector): void {
  const scanner = into.object(predicate.scanner, '/scanner');
  if (!Array.isArray(scanner.result)) {
    into.refuse('facts/not-stated', 'The scan has no result, not even an empty one.', '/scanner/result');
    return;
  }
  into.statesVulnerabilities();
  for (const [index, value] of into.array(scanner.result, '/scanner/result').entries()) {
    if (!into.step()) return;
    const at = `/scanner/result/${index}`;
    const { id, severity } = into.object(value, at);
    into.addVulnerability({
      id: into.requiredText(id, `${at}/id`),
      aliases: [],
      severity: readRatings(severity, `${at}/severity`, into),
      qualifiers: [],
      ignored: false,
    });
  }
}

function readRatings(value: Json | undefined, at: string, into: Collector): Severity {
  let severity: Severity = 'unknown';
  for (const [index, rating] of into.array(value, at).entries()) {
    if (!into.step()) return severity;
    severity = graver(severity, severityOfRating(into.object(rating, `${at}/${index}`).score));
  }
  return severity;
}

/**
 * What the report in a cosign vulnerability scan states: `scanner.result` read as the one format that it looks like. None
 * or another is `facts/unknown-scan-result`. Source: cosign specs/COSIGN_VULN_ATTESTATION_SPEC.md, docs/spec/facts.md §5.13.
 */
export function readCosignVuln(predicate: JsonObject, into: Collector): void {
  const { result } = into.object(predicate.scanner, '/scanner');
  const formats = Object.keys(SCAN_RESULTS) as (keyof typeof SCAN_RESULTS)[];
  const report = isJsonObject(result) ? result : undefined;
  const found = report === undefined ? [] : formats.filter((format) => JSON_FORMATS[format].looksLike(report));
  const [only, ...others] = found;
  const read = only === undefined || others.length > 0 ? undefined : SCAN_RESULTS[only];
  if (report === undefined || read === undefined) {
    into.refuse(
      'facts/unknown-scan-result',
      'The result of the scan is no report that is read here.',
      '/scanner/result',
    );
    return;
  }
  read(report, into);
}
