import { isAlias, isMap, isNode, isScalar, isSeq, parseDocument, visit } from 'yaml';
import { type Json, parseJson } from '../core/encoding/json.ts';
import { decodeUtf8, encodeUtf8 } from '../core/encoding/utf8.ts';
import { fail, type Result } from '../core/fault.ts';

/** Collections within each other; the deepest contract has four. */
const DEPTH_MAX = 16;

/** What the production c-printable leaves out, and the line ends that only YAML 1.1 knows; a mark may stand first. */
const UNPRINTABLE = /[[\p{Cc}--[\t\n\r]]\u2028\u2029\ufffe\uffff]|(?!^)\ufeff/v;

/**
 * The JSON value of a YAML 1.2 document, core schema, which says one thing to every reader: one document; no anchors,
 * aliases, tags or directives; no control characters; names are text and stand once; numbers are finite.
 *
 * Faults: `http/malformed-yaml`, `encoding/malformed-utf8`, `encoding/too-deep` and others of strict JSON.
 */
export function parseYamlDocument(bytes: Uint8Array): Result<Json> {
  const text = decodeUtf8(bytes);
  if (!text.ok) return text;
  if (UNPRINTABLE.test(text.value)) return malformed('The document holds a character that YAML has no place for.');
  if (nestsTooDeep(text.value)) return malformed('The document nests too deep.');
  const document = parseDocument(text.value, {
    version: '1.2',
    schema: 'core',
    merge: false,
    customTags: null,
    resolveKnownTags: false,
    // Looked at below: the library compares each name with each.
    uniqueKeys: false,
    stringKeys: false,
    strict: true,
    // Anything lower lets a second document pass unread.
    logLevel: 'error',
    prettyErrors: false,
  });
  const trouble = document.errors[0] ?? document.warnings[0];
  if (trouble !== undefined) return malformed(trouble.message.slice(0, 200), trouble.pos[0]);
  const unwanted = findUnwanted(document);
  if (unwanted !== undefined) return malformed(unwanted.message, unwanted.offset);
  const value: unknown = document.toJS({ maxAliasCount: 0 });
  return parseJson(encodeUtf8(JSON.stringify(value ?? null)), { depthMax: DEPTH_MAX });
}

/** What a reader of the text could miss or take for something else. */
function findUnwanted(document: ReturnType<typeof parseDocument>): { message: string; offset?: number } | undefined {
  if (document.directives?.yaml.explicit || Object.keys(document.directives?.tags ?? {}).length > 1) {
    return { message: 'Directives are not read.' };
  }
  let found: { message: string; offset?: number } | undefined;
  const stop = (message: string, node: unknown) => {
    const offset = isNode(node) ? node.range?.[0] : undefined;
    found = { message, ...(offset === undefined ? {} : { offset }) };
    return visit.BREAK;
  };
  visit(document, (_key, node) => {
    if (isAlias(node)) return stop('Aliases are not read.', node);
    if (isScalar(node) || isMap(node) || isSeq(node)) {
      if (node.anchor !== undefined) return stop('Anchors are not read.', node);
      if (node.tag !== undefined) return stop('Tags are not read.', node);
    }
    if (isScalar(node) && typeof node.value === 'number' && !isExact(node.value)) {
      return stop('A number is out of range.', node);
    }
    if (isMap(node)) {
      const odd = node.items.find(({ key }) => !isScalar(key) || typeof key.value !== 'string');
      if (odd !== undefined) return stop('A name is not text; write it in quotes.', odd.key);
      const names = new Set<unknown>();
      const again = node.items.find(({ key }) => {
        const name = isScalar(key) ? key.value : undefined;
        return names.size === names.add(name).size;
      });
      if (again !== undefined) return stop('A name stands twice.', again.key);
    }
    return undefined;
  });
  return found;
}

function isExact(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}

/**
 * Whether reading could exhaust the stack: more opening brackets than a document of ours has in all, or a line that
 * opens as many collections by `- - -` or `? ? ?`. Counted on the text, before anything recursive sees it.
 */
function nestsTooDeep(text: string): boolean {
  if (/(?:[-?:][ \t]+){17}/.test(text)) return true;
  let depth = 0;
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1;
    else if ((character === ']' || character === '}') && depth > 0) depth -= 1;
    if (depth > 64) return true;
  }
  return /^ {256}/m.test(text);
}

function malformed(message: string, offset?: number): Result<never> {
  return fail('http/malformed-yaml', message, offset === undefined ? undefined : String(offset));
}
