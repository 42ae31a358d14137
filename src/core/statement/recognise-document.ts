import { DSSE_MEDIA_TYPE, readEnvelope } from '../dsse/envelope.ts';
import { readSigstoreBundle } from '../dsse/sigstore-bundle.ts';
import { formatBase64 } from '../encoding/base64.ts';
import { isJsonObject, type Json, type JsonObject, parseJson } from '../encoding/json.ts';
import { fail, ok, type Result } from '../fault.ts';
import { escapeControlCharacters } from './control-characters.ts';
import {
  ARRAY_FORMATS,
  type ArrayFormat,
  JSON_FORMATS,
  type JsonFormat,
  STATEMENT_FORMATS,
  type StatementFormat,
  XML_FORMATS,
  type XmlFormat,
} from './document-formats.ts';
import { envelopeStatement, IN_TOTO_PAYLOAD_TYPE } from './envelope-statement.ts';
import { predicateTypeUri } from './predicate-types.ts';
import { readStatement, type Statement } from './statement.ts';
import { readXmlRoot } from './xml-root.ts';

export type DocumentFormat = JsonFormat | ArrayFormat | XmlFormat | StatementFormat;

/**
 * What a file is, and what a statement about it says. `predicateType` is the URI for its format, or the one of the
 * statement inside. `statement` is present where the file carries one of its own: it names its own subjects, and whoever
 * wraps or files it must compare them. Signatures of envelopes and bundles are *not* verified here.
 */
export type RecognisedDocument = {
  readonly format: DocumentFormat;
  readonly predicateType: string;
  readonly mediaType: string;
  readonly predicate: Json;
  readonly statement?: Statement;
};

/** Largest tool file: in base64, as XML is kept, it still fits the largest statement (23 MiB). */
const DOCUMENT_BYTES_MAX = 16 * 1024 * 1024;
/** Deepest nesting of a tool file: what JSON allows here, less the statement that is put around it. */
const DOCUMENT_DEPTH_MAX = 60;

const JSON_FORMAT_NAMES = Object.keys(JSON_FORMATS) as readonly JsonFormat[];
const STATEMENT_FORMAT_NAMES = Object.keys(STATEMENT_FORMATS) as readonly StatementFormat[];
const ARRAY_FORMAT_NAMES = Object.keys(ARRAY_FORMATS) as readonly ArrayFormat[];
const XML_FORMAT_NAMES = Object.keys(XML_FORMATS) as readonly XmlFormat[];
const LOOKED_FOR = [...STATEMENT_FORMAT_NAMES, ...JSON_FORMAT_NAMES, ...ARRAY_FORMAT_NAMES, ...XML_FORMAT_NAMES].join(
  ', ',
);

/**
 * Tells what a tool's output file is, from its bytes alone, and gives the predicate for it.
 *
 * JSON formats become the predicate as they stand; numbers are doubles there, as in all JSON here. A leading byte order
 * mark is dropped, and control characters that stand unescaped in strings are escaped. An array of alerts becomes
 * `{"alerts":[…]}`, XML `{"mediaType":"application/xml","document":"<base64 of all bytes>"}`. `bytesMax` is for whoever
 * only reads: what is to be attested has the default of 16 MiB.
 *
 * Faults: `statement/too-large`; `statement/unrecognised-document` for a file that looks like none of the formats,
 * or like several; `statement/doctype-not-allowed`; and for files with a statement inside, the faults of reading it.
 * Source: docs/spec/attestations.md §7.
 */
export function recogniseDocument(bytes: Uint8Array, bytesMax = DOCUMENT_BYTES_MAX): Result<RecognisedDocument> {
  if (bytes.length > bytesMax) return fail('statement/too-large', `A document has at most ${bytesMax / 2 ** 20} MiB.`);
  const start = startsWithByteOrderMark(bytes) ? 3 : 0;
  const first = bytes.subarray(start).find((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
  if (first === 0x3c) return recogniseXml(bytes);
  const document = parseDocument(bytes.subarray(start));
  if (!document.ok) return document;
  if (Array.isArray(document.value)) return recogniseArray(document.value);
  if (!isJsonObject(document.value)) return unrecognised('The document is JSON, but neither an object nor an array.');
  return recogniseJson(document.value);
}

function startsWithByteOrderMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

function parseDocument(bytes: Uint8Array): Result<Json> {
  const limits = { depthMax: DOCUMENT_DEPTH_MAX };
  const strict = parseJson(bytes, limits);
  if (strict.ok) return strict;
  const escaped = escapeControlCharacters(bytes);
  const lenient = escaped === undefined ? strict : parseJson(escaped, limits);
  if (lenient.ok) return lenient;
  const { fault } = lenient;
  return fail('statement/unrecognised-document', `Neither JSON nor XML; looked for ${LOOKED_FOR}.`, fault.at, fault);
}

function recogniseXml(bytes: Uint8Array): Result<RecognisedDocument> {
  const root = readXmlRoot(bytes);
  if (!root.ok) return root;
  const { name, hasDoctype } = root.value;
  const format = XML_FORMAT_NAMES.find((each) => XML_FORMATS[each].roots.includes(name));
  if (format === undefined) {
    return unrecognised(`The root element is of none of the XML formats; looked for ${XML_FORMAT_NAMES.join(', ')}.`);
  }
  const { predicateType, allowsDoctype } = XML_FORMATS[format];
  if (hasDoctype && !allowsDoctype) {
    return fail('statement/doctype-not-allowed', 'A document of this format with a document type is not read.');
  }
  return ok({
    format,
    predicateType: predicateTypeUri(predicateType),
    mediaType: 'application/xml',
    predicate: { mediaType: 'application/xml', document: formatBase64(bytes) },
  });
}

function recogniseArray(elements: readonly Json[]): Result<RecognisedDocument> {
  const [first] = elements;
  const found = isJsonObject(first) ? ARRAY_FORMAT_NAMES.filter((each) => ARRAY_FORMATS[each].looksLike(first)) : [];
  const [format, ...others] = found;
  if (format === undefined || others.length > 0) {
    return unrecognised(`The document is an array of none of ${ARRAY_FORMAT_NAMES.join(', ')}, or of several.`);
  }
  const { predicateType, member } = ARRAY_FORMATS[format];
  return ok({
    format,
    predicateType: predicateTypeUri(predicateType),
    mediaType: 'application/json',
    predicate: { [member]: elements },
  });
}

function recogniseJson(document: JsonObject): Result<RecognisedDocument> {
  const statements = STATEMENT_FORMAT_NAMES.filter((format) => STATEMENT_FORMATS[format](document));
  const tools = JSON_FORMAT_NAMES.filter((format) => JSON_FORMATS[format].looksLike(document));
  const found = [...statements, ...tools];
  if (found.length > 1) return unrecognised(`The document looks like ${found.join(' and ')} at once.`);
  const [statementFormat] = statements;
  if (statementFormat !== undefined) return recogniseStatement(statementFormat, document);
  const [format] = tools;
  if (format === undefined) return unrecognised(`Looked for ${LOOKED_FOR}.`);
  const { predicateType, mediaType } = JSON_FORMATS[format];
  return ok({ format, predicateType: predicateTypeUri(predicateType), mediaType, predicate: document });
}

function recogniseStatement(format: StatementFormat, document: JsonObject): Result<RecognisedDocument> {
  const read = readInner(format, document);
  if (!read.ok) return read;
  const { statement, mediaType } = read.value;
  const { predicateType, predicate = {} } = statement;
  return ok({ format, predicateType, mediaType, predicate, statement });
}

function readInner(format: StatementFormat, document: JsonObject): Result<{ statement: Statement; mediaType: string }> {
  if (format === 'in-toto-statement') return withMediaType(readStatement(document), IN_TOTO_PAYLOAD_TYPE);
  if (format === 'dsse-envelope') {
    const envelope = readEnvelope(document);
    return envelope.ok ? withMediaType(envelopeStatement(envelope.value), DSSE_MEDIA_TYPE) : envelope;
  }
  const bundle = readSigstoreBundle(document);
  return bundle.ok ? withMediaType(envelopeStatement(bundle.value.envelope), bundle.value.mediaType) : bundle;
}

function withMediaType(
  statement: Result<Statement>,
  mediaType: string,
): Result<{ statement: Statement; mediaType: string }> {
  return statement.ok ? ok({ statement: statement.value, mediaType }) : statement;
}

function unrecognised(message: string): Result<never> {
  return fail('statement/unrecognised-document', message);
}
