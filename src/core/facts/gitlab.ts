import type { Json, JsonObject } from '../encoding/json.ts';
import type { Collector } from './collector.ts';
import { componentKey } from './purl.ts';
import { levelOfSeverity, severityOfRating } from './severity.ts';
import { namesOf } from './vulnerability-names.ts';

const VULNERABILITY_SCANS = ['cluster_image_scanning', 'container_scanning', 'dependency_scanning'];
const FINDING_SCANS = ['api_fuzzing', 'coverage_fuzzing', 'dast', 'sast', 'secret_detection'];
const VERSION = /^1[45]\.[0-9]{1,3}\.[0-9]{1,3}$/;

/**
 * Vulnerabilities of components, or findings in code, of a GitLab security report of schema 14 or 15, by its type of scan.
 * One whose scan failed is `facts/scan-failed`. Source: docs/spec/facts.md §5.12.
 */
export function readGitlab(report: JsonObject, into: Collector): void {
  if (typeof report.version !== 'string' || !VERSION.test(report.version)) {
    into.refuse('facts/unsupported-version', 'GitLab security reports of schema 14 and 15 are read.', '/version');
    return;
  }
  const scan = into.object(report.scan, '/scan');
  if (scan.status !== undefined && scan.status !== 'success') {
    into.refuse('facts/scan-failed', 'The report says that its scan failed.', '/scan/status');
    return;
  }
  const type = String(scan.type);
  const isVulnerabilities = VULNERABILITY_SCANS.includes(type);
  if (isVulnerabilities) into.statesVulnerabilities();
  else if (FINDING_SCANS.includes(type)) into.statesFindings();
  else into.refuse('facts/malformed-document', 'The type of the scan is none that GitLab has.', '/scan/type');
  for (const [index, value] of into.requiredArray(report.vulnerabilities, '/vulnerabilities').entries()) {
    if (!into.step()) return;
    const at = `/vulnerabilities/${index}`;
    const vulnerability = into.object(value, at);
    if (isVulnerabilities) readVulnerability(vulnerability, at, into);
    else into.addFinding(levelOfSeverity(severityOfRating(vulnerability.severity)));
  }
}

function readVulnerability(vulnerability: JsonObject, at: string, into: Collector): void {
  const location = into.object(vulnerability.location, `${at}/location`);
  const dependency = into.object(location.dependency, `${at}/location/dependency`);
  const name = into.text(into.object(dependency.package, `${at}/location/dependency/package`).name, `${at}/location`);
  const version = into.text(dependency.version, `${at}/location/dependency/version`);
  const names = readIdentifiers(vulnerability.identifiers, `${at}/identifiers`, into);
  const fallback = names.length > 0 ? names : [into.requiredText(vulnerability.id, `${at}/id`)];
  into.addVulnerability({
    ...namesOf(fallback),
    severity: severityOfRating(vulnerability.severity),
    ...(name === undefined ? {} : { component: componentKey(name, version, undefined) }),
    qualifiers: [],
    ignored: false,
  });
}

/** Names of identifiers of vulnerabilities; those of weaknesses name a class. */
function readIdentifiers(value: Json | undefined, at: string, into: Collector): readonly string[] {
  const names: string[] = [];
  for (const [index, each] of into.array(value, at).entries()) {
    if (!into.step()) return names;
    const { type, name } = into.object(each, `${at}/${index}`);
    if (type !== 'cwe' && type !== 'owasp') names.push(into.requiredText(name, `${at}/${index}/name`));
  }
  return names;
}
