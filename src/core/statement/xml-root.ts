import { fail, ok, type Result } from '../fault.ts';

/** Longest prolog looked through: a declaration and a few comments. */
const XML_PROLOG_BYTES_MAX = 64 * 1024;

/** Up to its end it names a root element and where declarations are found, and declares nothing. */
const DOCTYPE_WITHOUT_SUBSET = /^<!DOCTYPE[^[\]<>]{1,4096}>/;

const NAME = /^[A-Za-z_][A-Za-z0-9_.:-]{0,127}(?=[\s/>])/;

/** The root element of an XML document, and whether a document type stands before it. */
export type XmlRoot = { readonly name: string; readonly hasDoctype: boolean };

/**
 * The root element of an XML document in an encoding that extends ASCII, found without parsing the document.
 * Passed over before it, within the first 64 KiB: a UTF-8 byte order mark, white space, the XML declaration, processing
 * instructions, comments, and a document type declaration that declares nothing itself. One with an internal subset is
 * `statement/doctype-not-allowed`, because whoever reads the document later must not meet entities; anything else is
 * `statement/unrecognised-document`. Source: XML 1.0 §2.8.
 */
export function readXmlRoot(bytes: Uint8Array): Result<XmlRoot> {
  // One character per byte: everything that matters in a prolog is ASCII, and a cut code point must not matter.
  let rest = '';
  for (const byte of bytes.subarray(0, XML_PROLOG_BYTES_MAX)) rest += String.fromCharCode(byte);
  if (rest.startsWith('\xef\xbb\xbf')) rest = rest.slice(3);
  let hasDoctype = false;
  for (;;) {
    rest = rest.slice(rest.search(/[^ \t\r\n]|$/));
    const doctype = /^<!doctype/i.test(rest);
    if (doctype && (hasDoctype || !DOCTYPE_WITHOUT_SUBSET.test(rest))) {
      return fail('statement/doctype-not-allowed', 'An XML document that declares a document type is not read.');
    }
    hasDoctype ||= doctype;
    const end = markupEnd(rest, doctype);
    if (end === undefined) return notFound();
    if (end === 0) break;
    rest = rest.slice(end);
  }
  const name = rest.startsWith('<') ? NAME.exec(rest.slice(1, 200)) : null;
  return name === null ? notFound() : ok({ name: name[0], hasDoctype });
}

/** Where the markup at the beginning ends; 0 where an element begins, undefined where it does not end. */
function markupEnd(rest: string, doctype: boolean): number | undefined {
  if (doctype) return after(rest, 2, '>');
  if (rest.startsWith('<?')) return after(rest, 2, '?>');
  // In two pieces: the mark itself would end the block of a page that holds this program.
  return rest.startsWith('<!') && rest.startsWith('--', 2) ? after(rest, 4, '-->') : 0;
}

function after(text: string, from: number, mark: string): number | undefined {
  const found = text.indexOf(mark, from);
  return found === -1 ? undefined : found + mark.length;
}

function notFound(): Result<never> {
  return fail('statement/unrecognised-document', `No XML root element within ${XML_PROLOG_BYTES_MAX} bytes.`);
}
