import { fail, ok, type Result } from '../fault.ts';

/** Longest prolog looked through: a declaration and a few comments. */
const XML_PROLOG_BYTES_MAX = 64 * 1024;

const NAME = /^[A-Za-z_][A-Za-z0-9_.:-]{0,127}(?=[\s/>])/;

/**
 * Name of the root element of an XML document in an encoding that extends ASCII, found without parsing the document.
 * Passed over before it, within the first 64 KiB: a UTF-8 byte order mark, white space, the XML declaration, processing
 * instructions and comments. A document type declaration is `statement/doctype-not-allowed`, because whoever reads the
 * document later must not meet entities; anything else is `statement/unrecognised-document`. Source: XML 1.0 §2.8.
 */
export function xmlRootName(bytes: Uint8Array): Result<string> {
  // One character per byte: everything that matters in a prolog is ASCII, and a cut code point must not matter.
  let rest = '';
  for (const byte of bytes.subarray(0, XML_PROLOG_BYTES_MAX)) rest += String.fromCharCode(byte);
  if (rest.startsWith('\xef\xbb\xbf')) rest = rest.slice(3);
  for (;;) {
    rest = rest.slice(rest.search(/[^ \t\r\n]|$/));
    if (/^<!doctype/i.test(rest)) {
      return fail('statement/doctype-not-allowed', 'An XML document with a document type declaration is not read.');
    }
    const end = rest.startsWith('<?') ? after(rest, 2, '?>') : rest.startsWith('<!--') ? after(rest, 4, '-->') : 0;
    if (end === undefined) return notFound();
    if (end === 0) break;
    rest = rest.slice(end);
  }
  const name = rest.startsWith('<') ? NAME.exec(rest.slice(1, 200)) : null;
  return name === null ? notFound() : ok(name[0]);
}

function after(text: string, from: number, mark: string): number | undefined {
  const found = text.indexOf(mark, from);
  return found === -1 ? undefined : found + mark.length;
}

function notFound(): Result<never> {
  return fail('statement/unrecognised-document', `No XML root element within ${XML_PROLOG_BYTES_MAX} bytes.`);
}
