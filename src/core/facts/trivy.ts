import { isJsonObject, type Json, type JsonObject } from '../encoding/json.ts';
import type { Collector } from './collector.ts';
import { componentKey, readPurl } from './purl.ts';
import { levelOfSeverity, severityOfRating } from './severity.ts';

/** Classes of results that were searched for vulnerabilities. */
const PACKAGE_CLASSES = ['os-pkgs', 'lang-pkgs'];
/** Classes of results whose findings are no vulnerabilities of components. */
const FINDING_CLASSES = ['config', 'secret'];

/**
 * Vulnerabilities, failed checks and secrets of a Trivy report, schema 2. Vulnerabilities are stated by a result of the
 * class `os-pkgs` or `lang-pkgs`, findings by one of the class `config` or `secret`; a report without either states
 * nothing of the kind. What Trivy set aside is suppressed. Source: docs/spec/facts.md §5.7.
 */
export function readTrivy(report: JsonObject, into: Collector): void {
  if (report.SchemaVersion !== 2) {
    into.refuse('facts/unsupported-version', 'Reports of Trivy of schema 2 are read.', '/SchemaVersion');
    return;
  }
  for (const [index, value] of into.array(report.Results, '/Results').entries()) {
    if (!into.step()) return;
    readResult(into.object(value, `/Results/${index}`), `/Results/${index}`, into);
  }
}

function readResult(result: JsonObject, at: string, into: Collector): void {
  if (PACKAGE_CLASSES.includes(String(result.Class))) into.statesVulnerabilities();
  if (FINDING_CLASSES.includes(String(result.Class))) into.statesFindings();
  for (const [index, value] of into.array(result.Vulnerabilities, `${at}/Vulnerabilities`).entries()) {
    if (!into.step()) return;
    const place = `${at}/Vulnerabilities/${index}`;
    readVulnerability(into.object(value, place), place, false, into);
  }
  for (const [index, value] of into.array(result.Misconfigurations, `${at}/Misconfigurations`).entries()) {
    if (!into.step()) return;
    const { Status: status, Severity: severity } = into.object(value, `${at}/Misconfigurations/${index}`);
    if (status === 'FAIL') into.addFinding(levelOfSeverity(severityOfRating(severity)));
  }
  for (const [index, value] of into.array(result.Secrets, `${at}/Secrets`).entries()) {
    if (!into.step()) return;
    into.addFinding(levelOfSeverity(severityOfRating(into.object(value, `${at}/Secrets/${index}`).Severity)));
  }
  readModified(result.ExperimentalModifiedFindings, `${at}/ExperimentalModifiedFindings`, into);
}

function readVulnerability(vulnerability: JsonObject, at: string, ignored: boolean, into: Collector): void {
  const id = into.requiredText(vulnerability.VulnerabilityID, `${at}/VulnerabilityID`);
  const name = into.requiredText(vulnerability.PkgName, `${at}/PkgName`);
  const version = into.text(vulnerability.InstalledVersion, `${at}/InstalledVersion`);
  const { PkgIdentifier: identifier } = vulnerability;
  const stated = isJsonObject(identifier) ? into.text(identifier.PURL, `${at}/PkgIdentifier/PURL`) : undefined;
  const purl = readPurl(stated ?? '');
  const fixed = into.text(vulnerability.FixedVersion, `${at}/FixedVersion`);
  into.addVulnerability({
    id,
    aliases: readAliases(vulnerability.VendorIDs, `${at}/VendorIDs`, into),
    severity: severityOfRating(vulnerability.Severity),
    component: componentKey(name, version, purl),
    qualifiers: purl?.qualifiers ?? [],
    ...(fixed === undefined ? {} : { fixed }),
    ignored,
  });
}

function readAliases(value: Json | undefined, at: string, into: Collector): readonly string[] {
  return into
    .array(value, at)
    .flatMap((alias, index) => (into.step() ? (into.text(alias, `${at}/${index}`) ?? []) : []));
}

/** What VEX or an ignore file of the scanner's own took out of the results. */
function readModified(value: Json | undefined, at: string, into: Collector): void {
  for (const [index, each] of into.array(value, at).entries()) {
    if (!into.step()) return;
    const { Type: type, Finding: finding } = into.object(each, `${at}/${index}`);
    const place = `${at}/${index}/Finding`;
    if (type === 'vulnerability') readVulnerability(into.object(finding, place), place, true, into);
    else if (type === 'misconfiguration' || type === 'secret') into.addFinding('suppressed');
  }
}
