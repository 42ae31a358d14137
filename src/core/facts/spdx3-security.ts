import type { Json, JsonObject } from '../encoding/json.ts';
import type { Collector } from './collector.ts';
import type { Severity, VexStatus } from './facts.ts';
import type { PurlPattern } from './purl.ts';
import { graver, severityOfRating } from './severity.ts';
import type { FoundVulnerability, VexProduct } from './stated.ts';
import { namesOf } from './vulnerability-names.ts';

/** Kinds of external identifier that name a vulnerability; the others are places and packages. */
const NAMES = ['cve', 'other', 'securityOther'];
const SCORES = [
  'security_CvssV2VulnAssessmentRelationship',
  'security_CvssV3VulnAssessmentRelationship',
  'security_CvssV4VulnAssessmentRelationship',
];
/**
 * Classes of VEX statements with the relationship that each is bound to, in the order in which they are read: of an element
 * that has several statuses the gravest is the last, and counts. Source: SPDX 3.0.1, Security profile.
 */
const STATUSES: readonly (readonly [type: string, status: VexStatus, relationship: string])[] = [
  ['security_VexNotAffectedVulnAssessmentRelationship', 'not_affected', 'doesNotAffect'],
  ['security_VexFixedVulnAssessmentRelationship', 'fixed', 'fixedIn'],
  ['security_VexUnderInvestigationVulnAssessmentRelationship', 'under_investigation', 'underInvestigationFor'],
  ['security_VexAffectedVulnAssessmentRelationship', 'affected', 'affects'],
];

/** Individuals that stand for no element. Source: SPDX 3.0.1, Core profile. */
const NOTHING = /^(?:https:\/\/spdx\.org\/rdf\/3\.0\.[0-9]{1,3}\/terms\/Core\/)?(?:NoneElement|NoAssertionElement)$/;

/** What a package of the document is here. */
export type Spdx3Package = {
  /** Of a component. */
  readonly key?: string;
  readonly purl?: PurlPattern;
  /** What a statement about it is about, where that is known. */
  readonly product?: VexProduct;
  /** What the document is about. */
  readonly isRoot: boolean;
};
type Packages = ReadonlyMap<string, Spdx3Package>;

type Place = { readonly element: JsonObject; readonly at: string };

/** A vulnerability with the elements that it is told of, by their id, and the status that it has in each. */
type Listed = {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly elements: Map<string, VexStatus | undefined>;
  severity: Severity;
};
type Found = Omit<FoundVulnerability, 'order'>;
type Targets = { readonly from: string; readonly to: readonly string[]; readonly assessed: string | undefined };

/**
 * Vulnerabilities and VEX statements of an SPDX 3.0 document, gathered element by element. A class because its elements
 * refer to each other in any order, and live as long as the reading. A vulnerability is told of an element by an
 * association, a score or a statement; a document whose every vulnerability is set aside is VEX and tells of no scan.
 * Source: SPDX 3.0.1, Security profile; docs/spec/facts.md §5.2.
 */
export class Spdx3Security {
  readonly #vulnerabilities: Place[] = [];
  readonly #associations: Place[] = [];
  readonly #scores: Place[] = [];
  readonly #statements: Place[] = [];
  readonly #listed = new Map<string, Listed>();
  readonly #into: Collector;

  constructor(into: Collector) {
    this.#into = into;
  }

  /** Keeps an element that tells of vulnerabilities. */
  add(element: JsonObject, at: string): void {
    const { type, relationshipType } = element;
    if (type === 'security_Vulnerability') this.#vulnerabilities.push({ element, at });
    else if (SCORES.some((each) => each === type)) this.#scores.push({ element, at });
    else if (STATUSES.some(([each]) => each === type)) this.#statements.push({ element, at });
    else if (relationshipType === 'hasAssociatedVulnerability') this.#associations.push({ element, at });
  }

  /** Tells the collector what the elements say. */
  read(packages: Packages): void {
    for (const place of this.#vulnerabilities) this.#readVulnerability(place);
    for (const place of this.#associations) this.#readAssociation(place);
    for (const place of this.#scores) this.#readScore(place);
    for (const [type, status, relationship] of STATUSES) {
      for (const place of this.#statements) {
        if (place.element.type === type) this.#readStatement(place, status, relationship, packages);
      }
    }
    this.#addVulnerabilities(packages);
  }

  #readVulnerability({ element, at }: Place): void {
    const into = this.#into;
    const key = into.requiredText(element.spdxId, `${at}/spdxId`);
    const names: string[] = [];
    const list = `${at}/externalIdentifier`;
    for (const [index, value] of into.array(element.externalIdentifier, list).entries()) {
      if (!into.step()) return;
      const { externalIdentifierType: type, identifier } = into.object(value, `${list}/${index}`);
      if (NAMES.some((each) => each === type)) {
        names.push(into.requiredText(identifier, `${list}/${index}/identifier`));
      }
    }
    if (names.length === 0) names.push(into.requiredText(element.name, `${at}/name`));
    if (this.#listed.has(key)) into.refuse('facts/contradictory-document', 'Two elements have one id.', `${at}/spdxId`);
    this.#listed.set(key, { ...namesOf(names), elements: new Map(), severity: 'unknown' });
  }

  #readAssociation({ element, at }: Place): void {
    const from = this.#into.requiredText(element.from, `${at}/from`);
    for (const id of this.#readIds(element.to, `${at}/to`)) {
      if (!NOTHING.test(id)) tellOf(this.#vulnerability(id, `${at}/to`), [from]);
    }
  }

  #readScore({ element, at }: Place): void {
    const targets = this.#readTargets(element, at);
    if (targets === undefined) return;
    const vulnerability = this.#vulnerability(targets.from, `${at}/from`);
    if (vulnerability === undefined) return;
    tellOf(vulnerability, targets.assessed === undefined ? targets.to : [targets.assessed]);
    const stated = severityOfRating(element.security_severity);
    const scored = stated === 'unknown' ? severityOfRating(element.security_score) : stated;
    const severity = scored === 'unknown' ? severityOfRating(element.security_vectorString) : scored;
    vulnerability.severity = graver(vulnerability.severity, severity);
  }

  #readStatement({ element, at }: Place, status: VexStatus, relationship: string, packages: Packages): void {
    const targets = this.#readTargets(element, at);
    if (targets === undefined) return;
    const { to, assessed } = targets;
    if (element.relationshipType !== relationship) {
      const message = `A statement of this class has the relationship ${relationship}.`;
      this.#into.refuse('facts/malformed-document', message, `${at}/relationshipType`);
    }
    const vulnerability = this.#vulnerability(targets.from, `${at}/from`);
    if (vulnerability === undefined) return;
    const products: VexProduct[] = [];
    for (const id of to) {
      const known = packages.get(id);
      const part = assessed === id ? undefined : assessed;
      // A part of anything but what the document is about is neither the whole nor that part wherever else it lies.
      const place = part === undefined ? id : known?.isRoot === true ? part : `${id}\n${part}`;
      vulnerability.elements.set(place, status);
      const product = part === undefined ? known?.product : partOf(known?.product, packages.get(part));
      if (product !== undefined) products.push(product);
    }
    this.#into.addVex({ ids: [vulnerability.id, ...vulnerability.aliases], status, products });
  }

  #addVulnerabilities(packages: Packages): void {
    const found = [...this.#listed.values()].flatMap((listed) => foundIn(listed, packages));
    const isScan = found.some(({ status }) => status !== 'fixed' && status !== 'not_affected');
    if (isScan) for (const each of found) this.#into.addVulnerability(each);
  }

  /** Ends of an assessment; undefined where it was withdrawn. */
  #readTargets(element: JsonObject, at: string): Targets | undefined {
    const into = this.#into;
    if (into.text(element.security_withdrawnTime, `${at}/security_withdrawnTime`) !== undefined) return undefined;
    return {
      from: into.requiredText(element.from, `${at}/from`),
      to: this.#readIds(element.to, `${at}/to`),
      assessed: into.text(element.security_assessedElement, `${at}/security_assessedElement`),
    };
  }

  /** One id or several; there is at least one. */
  #readIds(value: Json | undefined, at: string): readonly string[] {
    const into = this.#into;
    if (typeof value === 'string') return [into.requiredText(value, at)];
    const ids: string[] = [];
    for (const [index, each] of into.array(value, at).entries()) {
      if (!into.step()) return ids;
      ids.push(into.requiredText(each, `${at}/${index}`));
    }
    if (ids.length === 0) into.refuse('facts/malformed-document', 'A relationship leads nowhere.', at);
    return ids;
  }

  /** What stands in another document has no name here: what is said of it cannot be told. */
  #vulnerability(id: string, at: string): Listed | undefined {
    const found = this.#listed.get(id);
    if (found === undefined) this.#into.refuse('facts/malformed-document', 'No vulnerability of the document.', at);
    return found;
  }
}

function tellOf(vulnerability: Listed | undefined, elements: readonly string[]): void {
  for (const id of elements) {
    if (vulnerability?.elements.has(id) === false) vulnerability.elements.set(id, undefined);
  }
}

/** A package in an image; a part of anything else is nothing that is known here. */
function partOf(product: VexProduct | undefined, part: Spdx3Package | undefined): VexProduct | undefined {
  const purl = part?.purl;
  if (purl === undefined || product === undefined || product.kind === 'package') return undefined;
  return product.kind === 'image' ? { ...product, packages: [purl] } : { kind: 'package', package: purl };
}

/** Once for each component; elements that are none count where something is said of them, or nothing else is there. */
function foundIn({ id, aliases, severity, elements }: Listed, packages: Packages): readonly Found[] {
  const places = [...elements].map(([element, status]) => ({ known: packages.get(element), status }));
  const telling = places.filter(({ known, status }) => known?.key !== undefined || status !== undefined);
  const kept = telling.length > 0 ? telling : [{ known: undefined, status: undefined }];
  return kept.map(({ known, status }) => ({
    id,
    aliases,
    severity,
    ...(known?.key === undefined ? {} : { component: known.key }),
    qualifiers: known?.key === undefined ? [] : (known.purl?.qualifiers ?? []),
    ...(status === undefined ? {} : { status }),
    ignored: false,
  }));
}
