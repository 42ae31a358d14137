import { isJsonObject, type Json, type JsonObject } from '../encoding/json.ts';
import { CSAF_BRANCHES_DEPTH_MAX } from '../limits.ts';
import type { Collector } from './collector.ts';
import type { VexStatus } from './facts.ts';
import { type PurlPattern, readPurl } from './purl.ts';
import type { VexProduct } from './stated.ts';

/**
 * Members of `product_status` that the VEX profile has, as the statuses of OpenVEX, in the order in which they are read:
 * of a product that stands in several the gravest is the last, and counts. Source: CSAF 2.0 §4.5.
 */
const STATUSES: Readonly<Record<string, VexStatus>> = {
  known_not_affected: 'not_affected',
  fixed: 'fixed',
  under_investigation: 'under_investigation',
  known_affected: 'affected',
};
/**
 * Statements of a CSAF 2.0 document of the category `csaf_vex`; other categories state nothing here. Products are found
 * by the package URL that the product tree gives them, directly or through the product that they are related to; one
 * without is about nothing. Source: CSAF 2.0 §3.2, docs/spec/facts.md §5.11.
 */
export function readCsaf(document: JsonObject, into: Collector): void {
  const header = into.object(document.document, '/document');
  if (header.csaf_version !== '2.0') {
    into.refuse('facts/unsupported-version', 'CSAF 2.0 is read.', '/document/csaf_version');
    return;
  }
  if (header.category !== 'csaf_vex') return;
  into.statesVex();
  const packages = readProducts(into.object(document.product_tree, '/product_tree'), into);
  for (const [index, value] of into.array(document.vulnerabilities, '/vulnerabilities').entries()) {
    if (!into.step()) return;
    readVulnerability(into.object(value, `/vulnerabilities/${index}`), `/vulnerabilities/${index}`, packages, into);
  }
}

function readVulnerability(
  vulnerability: JsonObject,
  at: string,
  packages: ReadonlyMap<string, PurlPattern>,
  into: Collector,
): void {
  const ids = readIds(vulnerability, at, into);
  const statuses = into.object(vulnerability.product_status, `${at}/product_status`);
  for (const [member, status] of Object.entries(STATUSES)) {
    if (!Object.hasOwn(statuses, member)) continue;
    const place = `${at}/product_status/${member}`;
    const products: VexProduct[] = [];
    for (const [index, id] of into.array(statuses[member], place).entries()) {
      if (!into.step()) return;
      const found = packages.get(into.requiredText(id, `${place}/${index}`));
      if (found !== undefined) products.push({ kind: 'package', package: found });
    }
    into.addVex({ ids, status, products });
  }
}

function readIds(vulnerability: JsonObject, at: string, into: Collector): readonly string[] {
  const cve = into.text(vulnerability.cve, `${at}/cve`);
  const ids = cve === undefined ? [] : [cve];
  for (const [index, value] of into.array(vulnerability.ids, `${at}/ids`).entries()) {
    if (!into.step()) return ids;
    const text = into.text(into.object(value, `${at}/ids/${index}`).text, `${at}/ids/${index}/text`);
    if (text !== undefined) ids.push(text);
  }
  if (ids.length === 0) into.refuse('facts/malformed-document', 'A vulnerability has neither CVE nor id.', at);
  return ids;
}

/** Package URLs by product id: of branches, of full names, and of relationships between products. */
function readProducts(tree: JsonObject, into: Collector): ReadonlyMap<string, PurlPattern> {
  const packages = new Map<string, PurlPattern>();
  for (const value of into.array(tree.full_product_names, '/product_tree/full_product_names')) {
    if (!into.step()) return packages;
    addProduct(value, packages);
  }
  readBranches(tree.branches, '/product_tree/branches', 0, packages, into);
  const at = '/product_tree/relationships';
  for (const [index, value] of into.array(tree.relationships, at).entries()) {
    if (!into.step()) return packages;
    const { full_product_name: name, product_reference: reference } = into.object(value, `${at}/${index}`);
    addProduct(name, packages);
    const product = isJsonObject(name) ? name.product_id : undefined;
    const related = typeof reference === 'string' ? packages.get(reference) : undefined;
    if (typeof product === 'string' && related !== undefined && !packages.has(product)) packages.set(product, related);
  }
  return packages;
}

function readBranches(
  value: Json | undefined,
  at: string,
  depth: number,
  packages: Map<string, PurlPattern>,
  into: Collector,
): void {
  if (depth >= CSAF_BRANCHES_DEPTH_MAX) {
    into.refuse('facts/too-deep', `Branches stand in one another deeper than ${CSAF_BRANCHES_DEPTH_MAX}.`, at);
    return;
  }
  for (const [index, branch] of into.array(value, at).entries()) {
    if (!into.step()) return;
    const place = `${at}/${index}`;
    const { product, branches } = into.object(branch, place);
    addProduct(product, packages);
    if (branches !== undefined) readBranches(branches, `${place}/branches`, depth + 1, packages, into);
  }
}

function addProduct(value: Json | undefined, packages: Map<string, PurlPattern>): void {
  if (!isJsonObject(value) || typeof value.product_id !== 'string') return;
  const helper = value.product_identification_helper;
  const stated = isJsonObject(helper) ? helper.purl : undefined;
  const purl = typeof stated === 'string' ? readPurl(stated) : undefined;
  if (purl !== undefined) packages.set(value.product_id, purl);
}
