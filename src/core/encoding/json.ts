import { fail, invariant, ok, type Result } from '../fault.ts';
import { JsonScanner } from './json-scanner.ts';
import { decodeUtf8 } from './utf8.ts';

/** Any JSON value. Objects hold own properties only; read a member through `Object.hasOwn` or the readers of decode.ts. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [member: string]: Json };

/** Bounds of one document. `depthMax` counts nested arrays and objects, `membersMax` all members and elements together. */
export type JsonLimits = { readonly depthMax?: number; readonly membersMax?: number };

/** Deepest nesting read when the caller states none: real attestations stay below 20, and each level costs stack. */
export const JSON_DEPTH_MAX = 64;
/** Most members and elements read when the caller states none: about one per 8 bytes of a 32 MB document. */
export const JSON_MEMBERS_MAX = 4_000_000;
/** Highest `depthMax` a caller may ask for: reading is recursive and must not exhaust a browser's stack. */
const DEPTH_MAX_OF_CALLERS = 512;
/** Longest document that is tried the short way: what is then read a second time costs little. */
const COMPACT_CHARACTERS_MAX = 64 * 1024;

/**
 * The value of a JSON document, stricter than `JSON.parse` where readers disagree with one another.
 *
 * Refused besides bad syntax (`encoding/malformed-json`, a byte order mark included): bytes that are not UTF-8
 * (`encoding/malformed-utf8`), a member name twice in one object at any depth (`encoding/duplicate-member`), an escaped
 * lone surrogate (`encoding/lone-surrogate`), a number beyond the range of a double (`encoding/number-out-of-range`),
 * and documents beyond the limits (`encoding/too-deep`, `encoding/too-many-members`). `at` is the offset in UTF-16 units.
 *
 * NOTE: an integer above 2^53 is rounded, as in every double-based reader; `integer()` and canonical JSON refuse those.
 * Source: RFC 8259, RFC 7493 §2.
 */
export function parseJson(bytes: Uint8Array, limits: JsonLimits = {}): Result<Json> {
  const text = decodeUtf8(bytes);
  return text.ok ? parseJsonText(text.value, limits) : text;
}

/** The same for a document that is decoded already. */
export function parseJsonText(text: string, limits: JsonLimits = {}): Result<Json> {
  const depthMax = limits.depthMax ?? JSON_DEPTH_MAX;
  const membersMax = limits.membersMax ?? JSON_MEMBERS_MAX;
  invariant(depthMax <= DEPTH_MAX_OF_CALLERS, `depthMax is at most ${DEPTH_MAX_OF_CALLERS}`);
  const compact = parseCompact(text, depthMax, membersMax);
  if (compact !== undefined) return ok(compact);
  const scanner = new JsonScanner(text, depthMax, membersMax);
  const value = scanner.readDocument();
  if (scanner.fault !== undefined) return fail(scanner.fault.code, scanner.fault.message, scanner.fault.at);
  return ok(value);
}

/**
 * The value of a short document that the engine's own writer spells just so: then its own reader has read it as strictly
 * as the scanner would. A member that stands twice, white space, a number or an escape in another spelling, or members
 * that an object would list in another order are spelled otherwise; a half character would need an escape. Undefined
 * for every other document, which the scanner judges.
 */
function parseCompact(text: string, depthMax: number, membersMax: number): Json | undefined {
  if (text.length > COMPACT_CHARACTERS_MAX || text.length > membersMax || text.includes('\\u')) return undefined;
  try {
    const value: Json = JSON.parse(text);
    return JSON.stringify(value) === text && isWithinDepth(value, depthMax) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether arrays and objects nest no deeper than `levels`; looks no deeper than that itself. */
export function isWithinDepth(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  if (Array.isArray(value)) {
    for (const element of value) if (!isWithinDepth(element, levels - 1)) return false;
    return true;
  }
  const members = value as JsonObject;
  for (const name in members) if (!isWithinDepth(members[name] as Json, levels - 1)) return false;
  return true;
}

/** Whether the value is an object: neither null nor an array. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
