import { isJsonObject, type Json, type JsonObject } from '../encoding/json.ts';
import type { Collector } from './collector.ts';
import { LEVELS } from './facts.ts';
import { severityOfRating } from './severity.ts';
import { namesOf } from './vulnerability-names.ts';

type State = 'open' | 'suppressed' | 'gone';

/** Findings of GitHub's code scanning alerts: open ones by the level of their rule, dismissed ones suppressed. */
export function readCodeScanning({ alerts }: JsonObject, into: Collector): void {
  into.statesFindings();
  for (const [index, value] of into.requiredArray(alerts, '/alerts').entries()) {
    if (!into.step()) return;
    const at = `/alerts/${index}`;
    const alert = into.object(value, at);
    const state = readState(alert.state, `${at}/state`, into);
    const stated = into.object(alert.rule, `${at}/rule`).severity;
    // As in SARIF, from which alerts come: what names no level is a warning.
    const level = LEVELS.find((each) => each === stated) ?? 'warning';
    if (state === 'suppressed') into.addFinding('suppressed');
    else if (state === 'open') into.addFinding(level);
  }
}

/** Vulnerabilities of GitHub's Dependabot alerts: open ones, dismissed ones suppressed. */
export function readDependabot({ alerts }: JsonObject, into: Collector): void {
  into.statesVulnerabilities();
  for (const [index, value] of into.requiredArray(alerts, '/alerts').entries()) {
    if (!into.step()) return;
    const at = `/alerts/${index}`;
    const alert = into.object(value, at);
    const state = readState(alert.state, `${at}/state`, into);
    if (state !== 'gone') readDependency(alert, at, state === 'suppressed', into);
  }
}

function readDependency(alert: JsonObject, at: string, ignored: boolean, into: Collector): void {
  const advisory = into.object(alert.security_advisory, `${at}/security_advisory`);
  const vulnerability = into.object(alert.security_vulnerability, `${at}/security_vulnerability`);
  const dependency = into.object(alert.dependency, `${at}/dependency`);
  const place = `${at}/dependency/package`;
  const { ecosystem, name } = into.object(dependency.package, place);
  const kind = into.requiredText(ecosystem, `${place}/ecosystem`);
  const ghsa = into.requiredText(advisory.ghsa_id, `${at}/security_advisory/ghsa_id`);
  const cve = into.text(advisory.cve_id, `${at}/security_advisory/cve_id`);
  const { first_patched_version: patched } = vulnerability;
  const fixed = isJsonObject(patched) ? into.text(patched.identifier, `${at}/security_vulnerability`) : undefined;
  into.addVulnerability({
    ...namesOf(cve === undefined ? [ghsa] : [ghsa, cve]),
    severity: severityOfRating(vulnerability.severity ?? advisory.severity),
    component: `${kind}:${into.requiredText(name, `${place}/name`)}`,
    qualifiers: [],
    ...(fixed === undefined ? {} : { fixed }),
    ignored,
  });
}

function readState(value: Json | undefined, at: string, into: Collector): State {
  if (value === 'open' || value === null || value === undefined) return 'open';
  if (value === 'dismissed' || value === 'auto_dismissed') return 'suppressed';
  if (value !== 'fixed') into.refuse('facts/malformed-document', 'The state of an alert is not known.', at);
  return 'gone';
}
