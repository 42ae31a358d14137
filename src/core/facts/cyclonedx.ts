import { isJsonObject, type Json, type JsonObject } from '../encoding/json.ts';
import { FACTS_NESTING_MAX } from '../limits.ts';
import type { Collector } from './collector.ts';
import type { Severity, VexStatus } from './facts.ts';
import { licenceOfName, licencesOfExpression } from './licence.ts';
import { componentKey, formatPurl, type PurlPattern, readPurl } from './purl.ts';
import { graver, severityOfRating } from './severity.ts';
import type { FoundVulnerability } from './stated.ts';

const VERSIONS = ['1.4', '1.5', '1.6', '1.7'];

/** `analysis.state` as the statuses of OpenVEX. */
const STATES: Readonly<Record<string, VexStatus>> = {
  exploitable: 'affected',
  in_triage: 'under_investigation',
  resolved: 'fixed',
  resolved_with_pedigree: 'fixed',
  false_positive: 'not_affected',
  not_affected: 'not_affected',
};

type KnownPackage = { readonly key: string; readonly purl?: PurlPattern };

/**
 * Components, licences and vulnerabilities of a CycloneDX bill of materials, JSON, 1.4 to 1.7. A vulnerability with an
 * analysis is a VEX statement too; a bill whose every vulnerability is set aside by one is VEX and tells of no scan.
 * Source: docs/spec/facts.md §5.1.
 */
export function readCycloneDx(bom: JsonObject, into: Collector): void {
  if (typeof bom.specVersion !== 'string' || !VERSIONS.includes(bom.specVersion)) {
    into.refuse('facts/unsupported-version', `CycloneDX ${VERSIONS.join(', ')} are read.`, '/specVersion');
    return;
  }
  const packages = new Map<string, KnownPackage>();
  if (bom.components !== undefined && bom.components !== null) {
    into.statesComponents();
    readComponents(bom.components, '/components', 0, packages, into);
  }
  readVulnerabilities(bom, packages, into);
}

function readComponents(
  list: Json,
  at: string,
  depth: number,
  packages: Map<string, KnownPackage>,
  into: Collector,
): void {
  if (depth >= FACTS_NESTING_MAX) {
    into.refuse('facts/too-deep', `Components stand in one another deeper than ${FACTS_NESTING_MAX}.`, at);
    return;
  }
  for (const [index, value] of into.array(list, at).entries()) {
    if (!into.step()) return;
    const place = `${at}/${index}`;
    const component = into.object(value, place);
    // A file is a place where a component lies, and no component.
    if (component.type !== 'file') readComponent(component, place, packages, into);
    if (component.components !== undefined) {
      readComponents(component.components, `${place}/components`, depth + 1, packages, into);
    }
  }
}

function readComponent(component: JsonObject, at: string, packages: Map<string, KnownPackage>, into: Collector): void {
  const name = into.requiredText(component.name, `${at}/name`);
  const group = into.text(component.group, `${at}/group`);
  const version = into.text(component.version, `${at}/version`);
  const purl = readPurl(into.text(component.purl, `${at}/purl`) ?? '');
  const licences = readLicences(component.licenses, `${at}/licenses`, into);
  const key = into.addComponent({ name: group === undefined ? name : `${group}/${name}`, version, licences }, purl);
  const known = { key, ...(purl === undefined ? {} : { purl }) };
  const reference = into.text(component['bom-ref'], `${at}/bom-ref`);
  if (reference !== undefined) packages.set(reference, known);
}

function readLicences(value: Json | undefined, at: string, into: Collector): readonly string[] {
  const licences: string[] = [];
  for (const [index, choice] of into.array(value, at).entries()) {
    if (!into.step()) return licences;
    const { license, expression } = into.object(choice, `${at}/${index}`);
    if (typeof expression === 'string') licences.push(...licencesOfExpression(expression));
    const { id, name } = into.object(license, `${at}/${index}/license`);
    if (typeof id === 'string' && id !== '') licences.push(licenceOfName(id));
    else if (typeof name === 'string' && name !== '') licences.push(licenceOfName(name));
  }
  return licences;
}

function readVulnerabilities(bom: JsonObject, packages: ReadonlyMap<string, KnownPackage>, into: Collector): void {
  const found: Omit<FoundVulnerability, 'order'>[] = [];
  for (const [index, value] of into.array(bom.vulnerabilities, '/vulnerabilities').entries()) {
    if (!into.step()) return;
    const at = `/vulnerabilities/${index}`;
    found.push(...readVulnerability(into.object(value, at), at, packages, into));
  }
  const isScan = found.some(({ status }) => status !== 'fixed' && status !== 'not_affected');
  if (isScan) for (const each of found) into.addVulnerability(each);
}

function readVulnerability(
  vulnerability: JsonObject,
  at: string,
  packages: ReadonlyMap<string, KnownPackage>,
  into: Collector,
): readonly Omit<FoundVulnerability, 'order'>[] {
  const id = into.requiredText(vulnerability.id, `${at}/id`);
  const aliases = readAliases(vulnerability.references, `${at}/references`, into).filter((alias) => alias !== id);
  const status = readState(vulnerability.analysis, `${at}/analysis`, into);
  const affected = readAffected(vulnerability.affects, `${at}/affects`, packages, into);
  const products = affected.flatMap(({ purl }) =>
    purl === undefined ? [] : [{ kind: 'package' as const, package: purl }],
  );
  if (status !== undefined) into.addVex({ ids: [id, ...aliases], status, products });
  const shared = {
    id,
    aliases,
    severity: readRatings(vulnerability.ratings, `${at}/ratings`, into),
    ...(status === undefined ? {} : { status }),
    ignored: false,
  };
  if (affected.length === 0) return [{ ...shared, qualifiers: [] }];
  return affected.map(({ key, purl }) => ({ ...shared, component: key, qualifiers: purl?.qualifiers ?? [] }));
}

function readAliases(value: Json | undefined, at: string, into: Collector): readonly string[] {
  const aliases: string[] = [];
  for (const [index, reference] of into.array(value, at).entries()) {
    if (!into.step()) return aliases;
    const alias = into.text(into.object(reference, `${at}/${index}`).id, `${at}/${index}/id`);
    if (alias !== undefined) aliases.push(alias);
  }
  return aliases;
}

function readState(value: Json | undefined, at: string, into: Collector): VexStatus | undefined {
  const state = into.text(into.object(value, at).state, `${at}/state`);
  if (state === undefined) return undefined;
  if (Object.hasOwn(STATES, state)) return STATES[state];
  into.refuse('facts/malformed-document', 'The state of an analysis is none of the six.', `${at}/state`);
  return undefined;
}

function readRatings(value: Json | undefined, at: string, into: Collector): Severity {
  let severity: Severity = 'unknown';
  for (const [index, rating] of into.array(value, at).entries()) {
    if (!into.step()) return severity;
    const { severity: word, score, vector } = into.object(rating, `${at}/${index}`);
    const stated = severityOfRating(word);
    const scored = stated === 'unknown' ? severityOfRating(score) : stated;
    severity = graver(severity, scored === 'unknown' ? severityOfRating(vector) : scored);
  }
  return severity;
}

/** A reference names a component of this bill, or is or ends with a package URL; anything else is a name. */
function readAffected(
  value: Json | undefined,
  at: string,
  packages: ReadonlyMap<string, KnownPackage>,
  into: Collector,
): readonly KnownPackage[] {
  const affected = new Map<string, KnownPackage>();
  for (const [index, each] of into.array(value, at).entries()) {
    if (!into.step()) return [];
    const place = `${at}/${index}/ref`;
    const reference = into.requiredText(isJsonObject(each) ? each.ref : undefined, place);
    const known = packages.get(reference) ?? packageOfReference(reference);
    affected.set(`${known.key} ${known.purl?.qualifiers.join('&') ?? ''}`, known);
  }
  return [...affected.values()];
}

function packageOfReference(reference: string): KnownPackage {
  const fragment = reference.startsWith('urn:cdx:') ? decoded(reference.slice(reference.indexOf('#') + 1)) : reference;
  const purl = readPurl(fragment);
  return purl === undefined ? { key: componentKey(fragment, undefined, undefined) } : { key: formatPurl(purl), purl };
}

/** A BOM-Link escapes the reference in its fragment. */
function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
