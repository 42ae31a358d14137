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
  const depthMax = limits.depthMax ?? JSON_DEPTH_MAX;
  invariant(depthMax <= DEPTH_MAX_OF_CALLERS, `depthMax is at most ${DEPTH_MAX_OF_CALLERS}`);
  const text = decodeUtf8(bytes);
  if (!text.ok) return text;
  const scanner = new JsonScanner(text.value, depthMax, limits.membersMax ?? JSON_MEMBERS_MAX);
  const value = scanner.readDocument();
  if (scanner.fault !== undefined) return fail(scanner.fault.code, scanner.fault.message, scanner.fault.at);
  return ok(value);
}

/** Whether the value is an object: neither null nor an array. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
