import { fail, invariant, ok, type Result } from '../fault.ts';
import { equalBytes } from './bytes.ts';
import { isJsonObject, type Json, type JsonLimits, parseJson } from './json.ts';
import { encodeUtf8 } from './utf8.ts';

/**
 * The one canonical text of a value: no white space, members sorted by UTF-16 code units, numbers and strings as
 * ECMAScript writes them. Numbers must be finite and strings well-formed (invariants; `parseJson` yields nothing else).
 * Source: RFC 8785.
 */
export function formatCanonicalJson(value: Json): string {
  if (typeof value === 'string') {
    invariant(value.isWellFormed(), 'canonical JSON has no form for a lone surrogate');
    return JSON.stringify(value);
  }
  if (typeof value === 'number') {
    invariant(Number.isFinite(value), 'canonical JSON has no form for a number that is not finite');
    // JSON.stringify writes numbers as RFC 8785 §3.2.2.3 wants them, with -0 as 0.
    return JSON.stringify(value);
  }
  if (isJsonObject(value)) {
    const members: string[] = [];
    for (const name of Object.keys(value).sort()) {
      const member = value[name];
      invariant(member !== undefined, 'canonical JSON has no form for undefined');
      members.push(`${formatCanonicalJson(name)}:${formatCanonicalJson(member)}`);
    }
    return `{${members.join(',')}}`;
  }
  if (value === null || typeof value === 'boolean') return String(value);
  invariant(Array.isArray(value), 'canonical JSON takes JSON values only');
  return `[${value.map(formatCanonicalJson).join(',')}]`;
}

/**
 * The value of a document that is spelled canonically, byte for byte. The faults of `parseJson`, and
 * `encoding/not-canonical` for a document with the same value in another spelling, an integer that a double cannot hold
 * included.
 */
export function parseCanonicalJson(bytes: Uint8Array, limits: JsonLimits = {}): Result<Json> {
  const parsed = parseJson(bytes, limits);
  if (!parsed.ok) return parsed;
  if (equalBytes(encodeUtf8(formatCanonicalJson(parsed.value)), bytes)) return ok(parsed.value);
  return fail('encoding/not-canonical', 'The document is not spelled as RFC 8785 prescribes.');
}
