import { fail, invariant, ok, type Result } from '../fault.ts';
import { isJsonObject, type Json, type JsonLimits, type JsonObject, parseJsonText } from './json.ts';
import { decodeUtf8 } from './utf8.ts';

/**
 * The one canonical text of a value: no white space, members sorted by UTF-16 code units, numbers and strings as
 * ECMAScript writes them. Numbers must be finite and strings well-formed (invariants; `parseJson` yields nothing else).
 * Source: RFC 8785.
 */
export function formatCanonicalJson(value: Json): string {
  if (isInCanonicalOrder(value)) {
    const text = JSON.stringify(value);
    // A lone surrogate would stand as such an escape.
    if (!text.includes('\\ud')) return text;
  }
  return formatInOrder(value);
}

/**
 * Whether the engine's own writer lists all members in canonical order, as those of a value that was read from a canonical
 * text; then it writes the canonical text, for it writes numbers and strings as RFC 8785 wants them. False for what has no
 * canonical form at all, but for lone surrogates.
 */
export function isInCanonicalOrder(value: Json): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' || typeof value === 'boolean' || value === null;
  if (Array.isArray(value)) {
    for (const element of value) if (!isInCanonicalOrder(element)) return false;
    return true;
  }
  const members = value as JsonObject;
  let before: string | undefined;
  for (const name in members) {
    if (before !== undefined && before > name) return false;
    if (!isInCanonicalOrder(members[name] as Json)) return false;
    before = name;
  }
  return true;
}

function formatInOrder(value: Json): string {
  if (typeof value === 'string') return formatString(value);
  if (typeof value === 'number') {
    invariant(Number.isFinite(value), 'canonical JSON has no form for a number that is not finite');
    // JSON.stringify writes numbers as RFC 8785 §3.2.2.3 wants them, with -0 as 0.
    return JSON.stringify(value);
  }
  if (isJsonObject(value)) {
    let text = '{';
    for (const name of Object.keys(value).sort()) {
      const member = value[name];
      invariant(member !== undefined, 'canonical JSON has no form for undefined');
      text += `${text === '{' ? '' : ','}${formatString(name)}:${formatInOrder(member)}`;
    }
    return `${text}}`;
  }
  if (value === null || typeof value === 'boolean') return String(value);
  invariant(Array.isArray(value), 'canonical JSON takes JSON values only');
  return `[${value.map(formatInOrder).join(',')}]`;
}

/** Most strings are printable ASCII without a quote or backslash, and stand as they are. */
function formatString(text: string): string {
  if (/^[ !#-[\]-~]*$/.test(text)) return `"${text}"`;
  invariant(text.isWellFormed(), 'canonical JSON has no form for a lone surrogate');
  return JSON.stringify(text);
}

/**
 * The value of a document that is spelled canonically, byte for byte. The faults of `parseJson`, and
 * `encoding/not-canonical` for a document with the same value in another spelling, an integer that a double cannot hold
 * included.
 */
export function parseCanonicalJson(bytes: Uint8Array, limits: JsonLimits = {}): Result<Json> {
  const text = decodeUtf8(bytes);
  const parsed = text.ok ? parseJsonText(text.value, limits) : text;
  if (!parsed.ok) return parsed;
  // Decoding and encoding are each other's inverse, so that equal texts are equal bytes.
  if (text.ok && formatCanonicalJson(parsed.value) === text.value) return ok(parsed.value);
  return fail('encoding/not-canonical', 'The document is not spelled as RFC 8785 prescribes.');
}
