import type { Json, JsonObject } from '../encoding/json.ts';
import type { Collector } from './collector.ts';
import { componentKey, readPurl } from './purl.ts';
import { severityOfRating } from './severity.ts';
import { namesOf } from './vulnerability-names.ts';

/**
 * Vulnerabilities of a Grype report: `matches`, and as suppressed ones `ignoredMatches`. The id is a CVE where the match
 * or what is related to it has exactly one, so that other tools' statements name the same. Source: docs/spec/facts.md §5.8.
 */
export function readGrype(report: JsonObject, into: Collector): void {
  into.statesVulnerabilities();
  into.requiredArray(report.matches, '/matches');
  readMatches(report.matches, '/matches', false, into);
  readMatches(report.ignoredMatches, '/ignoredMatches', true, into);
}

function readMatches(value: Json | undefined, at: string, ignored: boolean, into: Collector): void {
  for (const [index, match] of into.array(value, at).entries()) {
    if (!into.step()) return;
    readMatch(into.object(match, `${at}/${index}`), `${at}/${index}`, ignored, into);
  }
}

function readMatch(match: JsonObject, at: string, ignored: boolean, into: Collector): void {
  const vulnerability = into.object(match.vulnerability, `${at}/vulnerability`);
  const artifact = into.object(match.artifact, `${at}/artifact`);
  const id = into.requiredText(vulnerability.id, `${at}/vulnerability/id`);
  const related = readRelated(match.relatedVulnerabilities, `${at}/relatedVulnerabilities`, into);
  const name = into.requiredText(artifact.name, `${at}/artifact/name`);
  const version = into.text(artifact.version, `${at}/artifact/version`);
  const purl = readPurl(into.text(artifact.purl, `${at}/artifact/purl`) ?? '');
  const fix = into.object(vulnerability.fix, `${at}/vulnerability/fix`);
  const [first] = into.array(fix.versions, `${at}/vulnerability/fix/versions`);
  const fixed = into.text(first, `${at}/vulnerability/fix/versions/0`);
  into.addVulnerability({
    ...namesOf([id, ...related]),
    severity: severityOfRating(vulnerability.severity),
    component: componentKey(name, version, purl),
    qualifiers: purl?.qualifiers ?? [],
    ...(fixed === undefined ? {} : { fixed }),
    ignored,
  });
}

function readRelated(value: Json | undefined, at: string, into: Collector): readonly string[] {
  const related: string[] = [];
  for (const [index, each] of into.array(value, at).entries()) {
    if (!into.step()) return related;
    related.push(into.requiredText(into.object(each, `${at}/${index}`).id, `${at}/${index}/id`));
  }
  return related;
}
