import type { Json, JsonObject } from '../encoding/json.ts';
import type { Collector } from './collector.ts';
import { componentKey } from './purl.ts';
import { levelOfSeverity, severityOfRating } from './severity.ts';

const FIXED_IN = /^fixed in (.{1,1024})$/;

/**
 * Vulnerabilities and failed compliance checks of a twistcli (Prisma Cloud, Twistlock) report. A list that is shorter than
 * the distribution beside it says is `facts/contradictory-document`; a result with neither states nothing of the kind.
 * Source: docs/spec/facts.md §5.9.
 */
export function readTwistcli(report: JsonObject, into: Collector): void {
  for (const [index, value] of into.array(report.results, '/results').entries()) {
    if (!into.step()) return;
    const at = `/results/${index}`;
    const result = into.object(value, at);
    if (isStated(result, 'vulnerabilities', 'vulnerabilityDistribution', at, into))
      readVulnerabilities(result, at, into);
    if (isStated(result, 'compliances', 'complianceDistribution', at, into)) readCompliances(result, at, into);
  }
}

/** A list that is left out stands for none only where the distribution says so. */
function isStated(result: JsonObject, list: string, distribution: string, at: string, into: Collector): boolean {
  const total = into.object(result[distribution], `${at}/${distribution}`).total;
  const stated = typeof total === 'number' ? total : 0;
  if (stated > into.array(result[list], `${at}/${list}`).length) {
    into.refuse('facts/contradictory-document', `The list is shorter than its distribution says.`, `${at}/${list}`);
  }
  return Array.isArray(result[list]) || typeof total === 'number';
}

function readVulnerabilities(result: JsonObject, at: string, into: Collector): void {
  into.statesVulnerabilities();
  for (const [index, value] of into.array(result.vulnerabilities, `${at}/vulnerabilities`).entries()) {
    if (!into.step()) return;
    const place = `${at}/vulnerabilities/${index}`;
    const vulnerability = into.object(value, place);
    const name = into.requiredText(vulnerability.packageName, `${place}/packageName`);
    const version = into.text(vulnerability.packageVersion, `${place}/packageVersion`);
    const fixed = fixedIn(vulnerability.status);
    into.addVulnerability({
      id: into.requiredText(vulnerability.id, `${place}/id`),
      aliases: [],
      severity: severityOfRating(vulnerability.severity),
      component: componentKey(name, version, undefined),
      qualifiers: [],
      ...(fixed === undefined ? {} : { fixed }),
      ignored: false,
    });
  }
}

function fixedIn(status: Json | undefined): string | undefined {
  return typeof status === 'string' ? FIXED_IN.exec(status)?.[1] : undefined;
}

function readCompliances(result: JsonObject, at: string, into: Collector): void {
  into.statesFindings();
  for (const [index, value] of into.array(result.compliances, `${at}/compliances`).entries()) {
    if (!into.step()) return;
    into.addFinding(levelOfSeverity(severityOfRating(into.object(value, `${at}/compliances/${index}`).severity)));
  }
}
