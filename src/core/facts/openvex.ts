import { isJsonObject, type Json, type JsonObject } from '../encoding/json.ts';
import { contextMatches } from '../statement/document-formats.ts';
import type { Collector } from './collector.ts';
import { VEX_STATUSES } from './facts.ts';
import { type PurlPattern, readPurl } from './purl.ts';
import type { VexProduct } from './stated.ts';

const CONTEXT = /^https:\/\/openvex\.dev\/ns(?:\/v0\.[0-9.]{1,16})?$/;
const IMAGE_VERSION = /^sha256:[0-9a-f]{64}$/;
const HEX = /^[0-9a-f]{64}$/;

/**
 * Statements of an OpenVEX document, 0.0.x and 0.2.0. A product is an image by its digest, or a package by its package
 * URL; a statement without products is about the image that the attestation is about. Anything else names nothing here.
 * Source: OpenVEX specification 0.2.0, docs/spec/facts.md §5.10.
 */
export function readOpenVex(document: JsonObject, into: Collector): void {
  if (!contextMatches(document, CONTEXT)) {
    into.refuse('facts/unsupported-version', 'OpenVEX 0.x is read.', '/@context');
    return;
  }
  into.statesVex();
  for (const [index, value] of into.requiredArray(document.statements, '/statements').entries()) {
    if (!into.step()) return;
    readStatement(into.object(value, `/statements/${index}`), `/statements/${index}`, into);
  }
}

function readStatement(statement: JsonObject, at: string, into: Collector): void {
  const status = VEX_STATUSES.find((each) => each === statement.status);
  if (status === undefined) {
    into.refuse('facts/malformed-document', 'The status is none of the four.', `${at}/status`);
    return;
  }
  const ids = readIds(statement.vulnerability, `${at}/vulnerability`, into);
  const listed = into.array(statement.products, `${at}/products`);
  const products: VexProduct[] = listed.length === 0 ? [{ kind: 'subject' }] : [];
  for (const [index, product] of listed.entries()) {
    if (!into.step()) return;
    const read = readProduct(product, `${at}/products/${index}`, into);
    if (read !== undefined) products.push(read);
  }
  into.addVex({ ids, status, products });
}

/** A text in versions before 0.2.0, then an object with a name and aliases. */
function readIds(value: Json | undefined, at: string, into: Collector): readonly string[] {
  if (typeof value === 'string') return [into.requiredText(value, at)];
  const vulnerability = into.object(value, at);
  const ids = [into.requiredText(vulnerability.name ?? vulnerability['@id'], `${at}/name`)];
  for (const [index, alias] of into.array(vulnerability.aliases, `${at}/aliases`).entries()) {
    if (!into.step()) return ids;
    ids.push(into.requiredText(alias, `${at}/aliases/${index}`));
  }
  return ids;
}

function readProduct(value: Json, at: string, into: Collector): VexProduct | undefined {
  const product = typeof value === 'string' ? { '@id': value } : into.object(value, at);
  const found = readComponent(product, at, into);
  const { subcomponents } = product;
  if (subcomponents === undefined || subcomponents === null) return wholeProduct(found);
  // Which packages of a package are meant is not known here, unless the package is the image.
  const packages: PurlPattern[] = [];
  for (const [index, each] of into.array(subcomponents, `${at}/subcomponents`).entries()) {
    if (!into.step()) return undefined;
    const place = `${at}/subcomponents/${index}`;
    const { purl } = readComponent(typeof each === 'string' ? { '@id': each } : into.object(each, place), place, into);
    if (purl !== undefined) packages.push(purl);
  }
  return found.digest === undefined ? undefined : { kind: 'image', digest: found.digest, packages };
}

type ReadComponent = { readonly digest?: string; readonly purl?: PurlPattern };

function wholeProduct({ digest, purl }: ReadComponent): VexProduct | undefined {
  if (digest !== undefined) return { kind: 'image', digest };
  return purl === undefined ? undefined : { kind: 'package', package: purl };
}

function readComponent(component: JsonObject, at: string, into: Collector): ReadComponent {
  const identifiers = into.object(component.identifiers, `${at}/identifiers`);
  const stated = into.text(component['@id'], `${at}/@id`);
  const purl = readPurl(into.text(identifiers.purl, `${at}/identifiers/purl`) ?? stated ?? '');
  const { hashes } = component;
  const hash = isJsonObject(hashes) ? hashes['sha-256'] : undefined;
  if (typeof hash === 'string' && HEX.test(hash)) return { digest: `sha256:${hash}` };
  const version = purl?.version ?? '';
  const isImage = purl !== undefined && /^pkg:(?:oci|docker)\//.test(purl.name) && IMAGE_VERSION.test(version);
  if (isImage) return { digest: version };
  return purl === undefined ? {} : { purl };
}
