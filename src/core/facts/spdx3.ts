import { isJsonObject, type Json, type JsonObject } from '../encoding/json.ts';
import { contextMatches } from '../statement/document-formats.ts';
import type { Collector } from './collector.ts';
import { licencesOfExpression } from './licence.ts';
import { type PurlPattern, readPurl } from './purl.ts';
import { type Spdx3Package, Spdx3Security } from './spdx3-security.ts';
import type { VexProduct } from './stated.ts';

const CONTEXT = /^https:\/\/spdx\.org\/rdf\/3\.0\.[0-9]{1,3}\/spdx-context\.jsonld$/;
/** Kinds of relationship that name licences, what was concluded first. */
const LICENCE_RELATIONSHIPS = ['hasConcludedLicense', 'hasDeclaredLicense'] as const;
const NO_COMPONENTS = ['container', 'file'];
const IMAGE = /^pkg:(?:oci|docker)\//;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Expressions by the id of their element, and the ids that relationships of each kind lead to from a package. */
type Graph = {
  readonly roots: ReadonlySet<string>;
  readonly expressions: ReadonlyMap<string, string>;
  readonly licences: ReadonlyMap<string, readonly string[]>;
};

/**
 * Components, licences and vulnerabilities of an SPDX 3.0 document in the JSON-LD form that its specification fixes.
 * Components are elements of type `software_Package`, but not files, not images, and not the one root element.
 * Source: docs/spec/facts.md §5.2.
 */
export function readSpdx3(document: JsonObject, into: Collector): void {
  if (!contextMatches(document, CONTEXT)) {
    into.refuse('facts/unsupported-version', 'SPDX 2.2, 2.3 and 3.0 are read.', '/@context');
    return;
  }
  const elements = into.array(document['@graph'], '/@graph');
  const graph = readGraph(elements, into);
  const [root, ...others] = graph.roots;
  const subject = others.length === 0 ? root : undefined;
  const packages = new Map<string, Spdx3Package>();
  const security = new Spdx3Security(into);
  for (const [index, value] of elements.entries()) {
    if (!into.step()) return;
    const at = `/@graph/${index}`;
    const element = into.object(value, at);
    security.add(element, at);
    if (element.type !== 'software_Package') continue;
    into.statesComponents();
    const id = into.text(element.spdxId, `${at}/spdxId`);
    const isRoot = subject !== undefined && id === subject;
    const read = readPackage(element, at, isRoot, graph, into);
    if (id !== undefined) packages.set(id, read);
  }
  security.read(packages);
}

function readPackage(element: JsonObject, at: string, isRoot: boolean, graph: Graph, into: Collector): Spdx3Package {
  const stated = into.text(element.software_packageUrl, `${at}/software_packageUrl`);
  const purl = readPurl(stated ?? '') ?? readIdentifiers(element.externalIdentifier, `${at}/externalIdentifier`, into);
  const purpose = String(element.software_primaryPurpose);
  const product = productOf(purl, isRoot && purpose === 'container');
  const known = { ...(purl === undefined ? {} : { purl }), ...(product === undefined ? {} : { product }), isRoot };
  if (isRoot || NO_COMPONENTS.includes(purpose)) return known;
  const id = into.requiredText(element.spdxId, `${at}/spdxId`);
  const name = into.requiredText(element.name, `${at}/name`);
  const version = into.text(element.software_packageVersion, `${at}/software_packageVersion`);
  const kind = LICENCE_RELATIONSHIPS.find((each) => licencesOf(graph, `${each} ${id}`).length > 0);
  const licences = kind === undefined ? [] : licencesOf(graph, `${kind} ${id}`);
  return { ...known, key: into.addComponent({ name, version, licences }, purl) };
}

/** An image by its digest, or the image that the document is about; else a package by its package URL. */
function productOf(purl: PurlPattern | undefined, isSubject: boolean): VexProduct | undefined {
  if (purl !== undefined && IMAGE.test(purl.name) && DIGEST.test(purl.version ?? '')) {
    return { kind: 'image', digest: purl.version ?? '' };
  }
  if (isSubject) return { kind: 'subject' };
  return purl === undefined ? undefined : { kind: 'package', package: purl };
}

function licencesOf({ licences, expressions }: Graph, key: string): readonly string[] {
  return (licences.get(key) ?? []).flatMap((id) => licencesOfExpression(expressions.get(id) ?? ''));
}

function readIdentifiers(value: Json | undefined, at: string, into: Collector): PurlPattern | undefined {
  for (const [index, identifier] of into.array(value, at).entries()) {
    if (!into.step()) return undefined;
    const { externalIdentifierType, identifier: text } = into.object(identifier, `${at}/${index}`);
    if (externalIdentifierType !== 'packageUrl') continue;
    const purl = readPurl(into.text(text, `${at}/${index}/identifier`) ?? '');
    if (purl !== undefined) return purl;
  }
  return undefined;
}

function readGraph(elements: readonly Json[], into: Collector): Graph {
  const roots = new Set<string>();
  const expressions = new Map<string, string>();
  const licences = new Map<string, string[]>();
  for (const element of elements) {
    if (!into.step()) break;
    if (!isJsonObject(element)) continue;
    const { type, spdxId, rootElement, simplelicensing_licenseExpression: expression } = element;
    if (type === 'SpdxDocument' || type === 'software_Sbom') for (const id of textsOf(rootElement, into)) roots.add(id);
    if (typeof spdxId === 'string' && typeof expression === 'string') expressions.set(spdxId, expression);
    if (type === 'Relationship') readRelationship(element, licences, into);
  }
  return { roots: rootPackages(roots, elements), expressions, licences };
}

function readRelationship(element: JsonObject, licences: Map<string, string[]>, into: Collector): void {
  const { relationshipType, from, to } = element;
  const kind = LICENCE_RELATIONSHIPS.find((each) => each === relationshipType);
  if (kind === undefined || typeof from !== 'string') return;
  const key = `${kind} ${from}`;
  const known = licences.get(key) ?? [];
  for (const id of textsOf(to, into)) known.push(id);
  licences.set(key, known);
}

/** A document's root is the bill of materials whose root is the package. */
function rootPackages(roots: ReadonlySet<string>, elements: readonly Json[]): ReadonlySet<string> {
  const packages = elements.flatMap((element) =>
    isJsonObject(element) && element.type === 'software_Package' && typeof element.spdxId === 'string'
      ? [element.spdxId]
      : [],
  );
  return new Set(packages.filter((id) => roots.has(id)));
}

function textsOf(value: Json | undefined, into: Collector): readonly string[] {
  const values: readonly Json[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return values.filter((each) => into.step() && typeof each === 'string') as readonly string[];
}
