import { formatCanonicalJson } from '../encoding/canonical-json.ts';
import { compareText } from './compare-text.ts';
import type { BySeverity, Component, Facts, Findings, Ratio, Tests, Vulnerability } from './facts.ts';
import { readPurl } from './purl.ts';
import { bySeverity } from './vulnerabilities.ts';

/** A number in the earlier and in the later image. */
export type Change = { readonly before: number; readonly after: number };

/** A component that is in both images, in other versions. */
export type ChangedComponent = {
  readonly name: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
};

/** Components that came, went, or are there in other versions. */
export type ComponentsChange = Change & {
  readonly addedCount: number;
  readonly removedCount: number;
  readonly changedCount: number;
  readonly added: readonly Component[];
  readonly removed: readonly Component[];
  readonly changed: readonly ChangedComponent[];
};

/** Vulnerabilities that came or went, suppressed ones left out. */
export type VulnerabilitiesChange = Change & {
  readonly new: BySeverity & { readonly total: number; readonly list: readonly Vulnerability[] };
  readonly gone: BySeverity & { readonly total: number; readonly list: readonly Vulnerability[] };
};

/** What changed from one image to another. A member is there only where both images' facts have it. */
export type FactsComparison = {
  readonly components?: ComponentsChange;
  readonly licences?: Change & { readonly added: readonly string[]; readonly removed: readonly string[] };
  readonly vulnerabilities?: VulnerabilitiesChange;
  readonly findings?: { readonly [K in keyof Findings]: Change };
  readonly tests?: { readonly [K in keyof Tests]: Change };
  readonly coverage?: { readonly lines?: Change; readonly branches?: Change };
  readonly image?: { readonly layers: Change; readonly bytes: Change };
};

/**
 * What changed from the facts of one image to those of a later one. Pure; takes time in proportion to both.
 * Source: docs/spec/facts.md §9.
 */
export function compareFacts(before: Facts, after: Facts): FactsComparison {
  const image = compareImages(before, after);
  const coverage = compareCoverage(before, after);
  return {
    ...(before.components === undefined || after.components === undefined
      ? {}
      : { components: compareComponents(before.components.list, after.components.list) }),
    ...(before.licences === undefined || after.licences === undefined
      ? {}
      : { licences: compareLicences(before.licences.list, after.licences.list) }),
    ...(before.vulnerabilities === undefined || after.vulnerabilities === undefined
      ? {}
      : { vulnerabilities: compareVulnerabilities(before.vulnerabilities.list, after.vulnerabilities.list) }),
    ...(before.findings === undefined || after.findings === undefined
      ? {}
      : { findings: compareCounts(before.findings, after.findings) }),
    ...(before.tests === undefined || after.tests === undefined
      ? {}
      : { tests: compareCounts(before.tests, after.tests) }),
    ...(coverage === undefined ? {} : { coverage }),
    ...(image === undefined ? {} : { image }),
  };
}

/** What a component is, whatever its version. */
function nameOf({ name, purl }: Component): string {
  return (purl === undefined ? undefined : readPurl(purl)?.name) ?? name;
}

function compareComponents(before: readonly Component[], after: readonly Component[]): ComponentsChange {
  const [was, is] = [Map.groupBy(before, nameOf), Map.groupBy(after, nameOf)];
  const added = after.filter((component) => !was.has(nameOf(component)));
  const removed = before.filter((component) => !is.has(nameOf(component)));
  const changed = [...was].flatMap(([name, old]) => {
    const now = is.get(name);
    const versions = { before: versionsOf(old), after: versionsOf(now ?? []) };
    const same = formatCanonicalJson(versions.before) === formatCanonicalJson(versions.after);
    return now === undefined || same ? [] : [{ name, ...versions }];
  });
  return {
    before: before.length,
    after: after.length,
    addedCount: added.length,
    removedCount: removed.length,
    changedCount: changed.length,
    added,
    removed,
    changed: changed.sort((a, b) => compareText(a.name, b.name)),
  };
}

function versionsOf(components: readonly Component[]): readonly string[] {
  return components.map(({ version }) => version ?? '').sort();
}

type CountedLicence = { readonly licence: string };

function compareLicences(before: readonly CountedLicence[], after: readonly CountedLicence[]) {
  const [was, is] = [new Set(before.map(({ licence }) => licence)), new Set(after.map(({ licence }) => licence))];
  return {
    before: was.size,
    after: is.size,
    added: [...is].filter((licence) => !was.has(licence)),
    removed: [...was].filter((licence) => !is.has(licence)),
  };
}

/** One id in one component, whatever the component's version: an update that repairs nothing brings nothing new. */
function placeOf({ id, component = '' }: Vulnerability): string {
  return `${id} ${readPurl(component)?.name ?? component.replace(/(?<=.)@[^@/]*$/, '')}`;
}

function compareVulnerabilities(
  before: readonly Vulnerability[],
  after: readonly Vulnerability[],
): VulnerabilitiesChange {
  const open = (list: readonly Vulnerability[]) => list.filter(({ suppressed }) => !suppressed);
  const [old, now] = [open(before), open(after)];
  const [was, is] = [new Set(old.map(placeOf)), new Set(now.map(placeOf))];
  const come = now.filter((each) => !was.has(placeOf(each)));
  const gone = old.filter((each) => !is.has(placeOf(each)));
  return {
    before: old.length,
    after: now.length,
    new: { total: come.length, ...bySeverity(come), list: come },
    gone: { total: gone.length, ...bySeverity(gone), list: gone },
  };
}

function compareCounts<T extends { readonly [K in keyof T]: number }>(
  before: T,
  after: T,
): { readonly [K in keyof T]: Change } {
  const changes = Object.keys(before).map((name) => {
    const key = name as keyof T;
    return [name, { before: before[key], after: after[key] }];
  });
  return Object.fromEntries(changes);
}

function compareCoverage(before: Facts, after: Facts): FactsComparison['coverage'] {
  const lines = compareRatios(before.coverage?.lines, after.coverage?.lines);
  const branches = compareRatios(before.coverage?.branches, after.coverage?.branches);
  if (lines === undefined && branches === undefined) return undefined;
  return { ...(lines === undefined ? {} : { lines }), ...(branches === undefined ? {} : { branches }) };
}

/** Coverage in basis points. */
function compareRatios(before: Ratio | undefined, after: Ratio | undefined): Change | undefined {
  if (before === undefined || after === undefined) return undefined;
  return { before: before.basisPoints, after: after.basisPoints };
}

function compareImages({ image: before }: Facts, { image: after }: Facts): FactsComparison['image'] {
  if (before?.shape !== 'image' || after?.shape !== 'image') return undefined;
  return {
    layers: { before: before.layers, after: after.layers },
    bytes: { before: before.bytes, after: after.bytes },
  };
}
