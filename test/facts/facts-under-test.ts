import assert from 'node:assert/strict';
import type { Json } from '../../src/core/encoding/json.ts';
import { encodeUtf8 } from '../../src/core/encoding/utf8.ts';
import type { CollectorLimits } from '../../src/core/facts/collector.ts';
import { extractFacts } from '../../src/core/facts/extract-facts.ts';
import type { Facts } from '../../src/core/facts/facts.ts';
import { type PredicateTypeName, predicateTypeUri } from '../../src/core/statement/predicate-types.ts';
import { recogniseDocument } from '../../src/core/statement/recognise-document.ts';

export const DIGEST = `sha256:${'a1'.repeat(32)}`;
export const COMMIT = 'c0'.repeat(20);

/** Facts of a document of the type, or the code of its fault. */
export function factsOf(
  type: PredicateTypeName,
  predicate: unknown,
  options: { readonly subject?: string; readonly limits?: CollectorLimits } = {},
): Facts | string {
  const document = { predicateType: predicateTypeUri(type), predicate: predicate as Json };
  const facts = extractFacts(document, options.subject, options.limits);
  return facts.ok ? facts.value : facts.fault.code;
}

/** The same where a fault would be a failure of the test. */
export function statedBy(type: PredicateTypeName, predicate: unknown, subject?: string): Facts {
  const facts = factsOf(type, predicate, subject === undefined ? {} : { subject });
  assert.ok(typeof facts !== 'string', String(facts));
  return facts;
}

/** An XML document as attestations carry it. */
export function wrapped(xml: string | Uint8Array): Json {
  const bytes = typeof xml === 'string' ? encodeUtf8(xml) : xml;
  return { mediaType: 'application/xml', document: Buffer.from(bytes).toString('base64') };
}

/** Facts of a file as a tool wrote it, or the code by which it is refused, be it in recognising or in reading it. */
export function factsOfFile(bytes: Uint8Array): Facts | string {
  const document = recogniseDocument(bytes, 32 * 1024 * 1024);
  if (!document.ok) return document.fault.code;
  const facts = extractFacts(document.value);
  return facts.ok ? facts.value : facts.fault.code;
}

/** Facts without their lists, to be compared with numbers. */
export function numbersOf(facts: Facts): unknown {
  return JSON.parse(JSON.stringify(facts, (name, value) => (name === 'list' ? undefined : value)));
}
