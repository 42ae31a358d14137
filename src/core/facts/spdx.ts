import type { Json, JsonObject } from '../encoding/json.ts';
import type { Collector } from './collector.ts';
import { licencesOfExpression } from './licence.ts';
import { type PurlPattern, readPurl } from './purl.ts';

const DOCUMENT = 'SPDXRef-DOCUMENT';
/** Purposes of packages that lie in an image without being a component of it. */
const NO_COMPONENTS = ['CONTAINER', 'FILE'];

/**
 * Components and licences of an SPDX document, JSON, 2.2 or 2.3: its packages, but not files, not images, and not the one
 * package that the document describes, which is what it is about. Source: docs/spec/facts.md §5.2.
 */
export function readSpdx(document: JsonObject, into: Collector): void {
  const { spdxVersion } = document;
  if (spdxVersion !== 'SPDX-2.2' && spdxVersion !== 'SPDX-2.3') {
    into.refuse('facts/unsupported-version', 'SPDX 2.2, 2.3 and 3.0 are read.', '/spdxVersion');
    return;
  }
  if (document.packages !== undefined && document.packages !== null) into.statesComponents();
  const subject = describedPackage(document, into);
  for (const [index, value] of into.array(document.packages, '/packages').entries()) {
    if (!into.step()) return;
    const at = `/packages/${index}`;
    const spdxPackage = into.object(value, at);
    const isSubject = subject !== undefined && spdxPackage.SPDXID === subject;
    if (!isSubject && !NO_COMPONENTS.includes(String(spdxPackage.primaryPackagePurpose))) {
      readPackage(spdxPackage, at, into);
    }
  }
}

function readPackage(spdxPackage: JsonObject, at: string, into: Collector): void {
  const name = into.requiredText(spdxPackage.name, `${at}/name`);
  const version = into.text(spdxPackage.versionInfo, `${at}/versionInfo`);
  const concluded = licencesIn(spdxPackage.licenseConcluded, `${at}/licenseConcluded`, into);
  const declared = licencesIn(spdxPackage.licenseDeclared, `${at}/licenseDeclared`, into);
  const licences = concluded.length > 0 ? concluded : declared;
  into.addComponent({ name, version, licences }, readReferences(spdxPackage.externalRefs, `${at}/externalRefs`, into));
}

/** What was concluded outranks what was declared. */
function licencesIn(value: Json | undefined, at: string, into: Collector): readonly string[] {
  if (value === undefined || value === null) return [];
  if (typeof value === 'string') return licencesOfExpression(value);
  into.refuse('facts/malformed-document', 'Expected a text.', at);
  return [];
}

function readReferences(value: Json | undefined, at: string, into: Collector): PurlPattern | undefined {
  for (const [index, reference] of into.array(value, at).entries()) {
    if (!into.step()) return undefined;
    const { referenceType, referenceLocator } = into.object(reference, `${at}/${index}`);
    if (referenceType !== 'purl') continue;
    const purl = readPurl(into.text(referenceLocator, `${at}/${index}/referenceLocator`) ?? '');
    if (purl !== undefined) return purl;
  }
  return undefined;
}

/** The one element that the document describes; undefined where it describes none or several. */
function describedPackage(document: JsonObject, into: Collector): string | undefined {
  const described = new Set<string>();
  const add = (value: Json | undefined) => {
    if (typeof value === 'string') described.add(value);
  };
  for (const value of into.array(document.documentDescribes, '/documentDescribes')) {
    if (!into.step()) return undefined;
    add(value);
  }
  for (const [index, value] of into.array(document.relationships, '/relationships').entries()) {
    if (!into.step()) return undefined;
    const { spdxElementId, relatedSpdxElement, relationshipType } = into.object(value, `/relationships/${index}`);
    if (relationshipType === 'DESCRIBES' && spdxElementId === DOCUMENT) add(relatedSpdxElement);
    if (relationshipType === 'DESCRIBED_BY' && relatedSpdxElement === DOCUMENT) add(spdxElementId);
  }
  const [only, ...others] = described;
  return others.length === 0 ? only : undefined;
}
