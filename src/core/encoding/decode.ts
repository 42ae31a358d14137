import { fail, ok, type Result } from '../fault.ts';
import { parseBase64 } from './base64.ts';
import { parseHex } from './hex.ts';
import { isJsonObject, type Json, type JsonObject } from './json.ts';

/**
 * Reads one value strictly: the typed value, or a fault whose `at` is a JSON pointer (RFC 6901; empty for the whole
 * document). `undefined` stands for an absent member: `encoding/missing-member` unless the reader is `optional`.
 */
export type Reader<T> = {
  (value: Json | undefined, at: string): Result<T>;
  /** JSON Schema of what is read; absent where nothing is said of it. It accepts whatever the reader does, and may accept more. */
  readonly schema?: JsonObject;
};
/** A reader for a member that may be absent; `object` then leaves the member out of its result. */
export type OptionalReader<T> = Reader<T | undefined> & { readonly optional: true };
/** What a reader yields. */
export type Decoded<R> = R extends Reader<infer T> ? T : never;

type Shape = { readonly [member: string]: Reader<unknown> };
type OptionalNames<S extends Shape> = {
  [K in keyof S]: S[K] extends { readonly optional: true } ? K : never;
}[keyof S];
/** The object type that a shape describes: required members, then optional ones without `undefined`. */
export type DecodedShape<S extends Shape> = { readonly [K in Exclude<keyof S, OptionalNames<S>>]: Decoded<S[K]> } & {
  readonly [K in OptionalNames<S>]?: Exclude<Decoded<S[K]>, undefined>;
};

/** The value as `reader` sees it, at the root of a document. */
export function decode<T>(reader: Reader<T>, value: Json | undefined): Result<T> {
  return reader(value, '');
}

/** An object with exactly these members; any other is `encoding/unknown-member`. */
export function object<S extends Shape>(shape: S): Reader<DecodedShape<S>> {
  const readers = placedReaders(shape);
  return described(objectSchema(shape), (value, at) => {
    if (!isJsonObject(value)) return wrongType(value, 'an object', at);
    for (const name of Object.keys(value)) {
      if (!Object.hasOwn(shape, name)) {
        return fail('encoding/unknown-member', 'The object has a member that is not known here.', pointer(at, name));
      }
    }
    return members<S>(readers, value, at);
  });
}

/** An object with at least these members; others are passed over. For foreign documents only, never for our own. */
export function openObject<S extends Shape>(shape: S): Reader<DecodedShape<S>> {
  const readers = placedReaders(shape);
  return (value, at) => (isJsonObject(value) ? members<S>(readers, value, at) : wrongType(value, 'an object', at));
}

/** A member that may be absent. A present `null` is not absent. */
export function optional<T>(reader: Reader<T>): OptionalReader<T> {
  const read: Reader<T | undefined> = (value, at) => (value === undefined ? ok(undefined) : reader(value, at));
  return Object.assign(described(reader.schema, read), { optional: true as const });
}

/** `null`, or what `reader` reads. */
export function nullable<T>(reader: Reader<T>): Reader<T | null> {
  return (value, at) => (value === null ? ok(null) : reader(value, at));
}

/** An array of `min` to `max` elements (`encoding/too-short`, `encoding/too-long`). */
export function array<T>(
  reader: Reader<T>,
  bounds: { readonly min?: number; readonly max: number },
): Reader<readonly T[]> {
  const least = bounds.min === undefined ? {} : { minItems: bounds.min };
  const schema = { type: 'array', items: reader.schema ?? {}, ...least, maxItems: bounds.max };
  return described(schema, (value, at) => {
    if (!Array.isArray(value)) return wrongType(value, 'an array', at);
    const length = withinLength(value.length, bounds, 'elements', at);
    if (!length.ok) return length;
    const elements: T[] = [];
    for (const [index, element] of value.entries()) {
      const read = reader(element, pointer(at, String(index)));
      if (!read.ok) return read;
      elements.push(read.value);
    }
    return ok(elements);
  });
}

/** An object with any member names, every value read alike; at most `max` members. The result has own members only. */
export function record<T>(
  reader: Reader<T>,
  bounds: { readonly min?: number; readonly max?: number } = {},
): Reader<{ readonly [name: string]: T }> {
  return (value, at) => {
    if (!isJsonObject(value)) return wrongType(value, 'an object', at);
    const entries = Object.entries(value);
    const length = withinLength(entries.length, bounds, 'members', at);
    if (!length.ok) return length;
    const read: [string, T][] = [];
    for (const [name, member] of entries) {
      const result = reader(member, pointer(at, name));
      if (!result.ok) return result;
      read.push([name, result.value]);
    }
    return ok(Object.fromEntries(read));
  };
}

/**
 * A string of `min` to `max` UTF-16 units that matches `pattern` (`encoding/pattern-mismatch`).
 * Anchor the pattern with ^ and $, and give it neither the g nor the y flag, which would carry state between calls.
 */
export function string(bounds: {
  readonly min?: number;
  readonly max: number;
  readonly pattern?: RegExp;
}): Reader<string> {
  const { min, max, pattern } = bounds;
  const least = min === undefined ? {} : { minLength: min };
  const form = pattern === undefined ? {} : { pattern: pattern.source };
  return described({ type: 'string', ...least, maxLength: max, ...form }, (value, at) => {
    if (typeof value !== 'string') return wrongType(value, 'a string', at);
    const length = withinLength(value.length, bounds, 'characters', at);
    if (!length.ok) return length;
    if (bounds.pattern !== undefined && !bounds.pattern.test(value)) {
      return fail('encoding/pattern-mismatch', 'The string does not have the form required here.', at);
    }
    return ok(value);
  });
}

/** An integer from `min` (0 unless told) to `max` (2^53 − 1 unless told): `encoding/integer-out-of-range`. */
export function integer(bounds: { readonly min?: number; readonly max?: number } = {}): Reader<number> {
  const min = bounds.min ?? 0;
  const max = bounds.max ?? Number.MAX_SAFE_INTEGER;
  return described({ type: 'integer', minimum: min, maximum: max }, (value, at) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) return wrongType(value, 'an integer', at);
    if (Object.is(value, -0)) return ok(0);
    if (value >= min && value <= max) return ok(value);
    return fail('encoding/integer-out-of-range', `The integer is not between ${min} and ${max}.`, at);
  });
}

export function boolean(): Reader<boolean> {
  return described({ type: 'boolean' }, (value, at) =>
    typeof value === 'boolean' ? ok(value) : wrongType(value, 'true or false', at),
  );
}

/** Exactly this value (`encoding/not-allowed`). */
export function literal<const T extends string | number | boolean | null>(expected: T): Reader<T> {
  return oneOf([expected]);
}

/** One of these values (`encoding/not-allowed`). */
export function oneOf<const T extends string | number | boolean | null>(allowed: readonly T[]): Reader<T> {
  return described({ enum: allowed }, (value, at) => {
    if (value === undefined) return wrongType(value, 'a value', at);
    for (const candidate of allowed) if (candidate === value) return ok(candidate);
    return fail(
      'encoding/not-allowed',
      `Only ${allowed.map((a) => JSON.stringify(a)).join(', ')} is allowed here.`,
      at,
    );
  });
}

/** `lengthBytes` bytes written as lower-case hex (any number when it is left out). */
export function hexBytes(lengthBytes?: number): Reader<Uint8Array> {
  return mapped(string({ max: lengthBytes === undefined ? Number.MAX_SAFE_INTEGER : lengthBytes * 2 + 2 }), (text) =>
    parseHex(text, lengthBytes),
  );
}

/** At most `max` bytes (and at least `min`) written as standard padded base64. */
export function base64Bytes(bounds: { readonly min?: number; readonly max: number }): Reader<Uint8Array> {
  // The text is bounded before it is decoded; 4 characters carry 3 bytes.
  const bytes = mapped(string({ max: bounds.max * 2 + 4 }), parseBase64);
  return (value, at) => {
    const read = bytes(value, at);
    if (!read.ok) return read;
    const length = withinLength(read.value.length, bounds, 'bytes', at);
    return length.ok ? read : length;
  };
}

/** Any JSON value, as it stands. */
export function json(): Reader<Json> {
  return (value, at) => (value === undefined ? wrongType(value, 'a value', at) : ok(value));
}

/** What `convert` makes of the value that `reader` yields; a fault of `convert` is placed at the value. */
export function mapped<T, U>(reader: Reader<T>, convert: (value: T) => Result<U>): Reader<U> {
  return described(reader.schema, (value, at) => {
    const read = reader(value, at);
    if (!read.ok) return read;
    const converted = convert(read.value);
    return converted.ok ? converted : fail(converted.fault.code, converted.fault.message, at, converted.fault.cause);
  });
}

function described<T>(
  schema: JsonObject | undefined,
  read: (value: Json | undefined, at: string) => Result<T>,
): Reader<T> {
  return schema === undefined ? read : Object.assign(read, { schema });
}

function objectSchema(shape: Shape): JsonObject {
  const members = Object.entries(shape);
  return {
    type: 'object',
    properties: Object.fromEntries(members.map(([name, reader]) => [name, reader.schema ?? {}])),
    required: members.flatMap(([name, reader]) => ('optional' in reader ? [] : [name])),
    additionalProperties: false,
  };
}

/** The reader of a member, with what its name adds to a pointer. */
type PlacedReader = { readonly name: string; readonly place: string; readonly reader: Reader<unknown> };

function placedReaders(shape: Shape): readonly PlacedReader[] {
  return Object.entries(shape).map(([name, reader]) => ({ name, place: pointer('', name), reader }));
}

function members<S extends Shape>(
  readers: readonly PlacedReader[],
  value: { readonly [member: string]: Json },
  at: string,
) {
  const read: Record<string, unknown> = {};
  for (const { name, place, reader } of readers) {
    // An inherited name such as `constructor` must not count as a member that is present.
    const member = reader(Object.hasOwn(value, name) ? value[name] : undefined, at + place);
    if (!member.ok) return member;
    if (member.value !== undefined) read[name] = member.value;
  }
  return ok(read as DecodedShape<S>);
}

function withinLength(
  length: number,
  bounds: { readonly min?: number; readonly max?: number },
  unit: string,
  at: string,
): Result<void> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = bounds;
  if (length < min) return fail('encoding/too-short', `At least ${min} ${unit} are required, found ${length}.`, at);
  if (length > max) return fail('encoding/too-long', `At most ${max} ${unit} are allowed, found ${length}.`, at);
  return ok(undefined);
}

function wrongType(value: Json | undefined, expected: string, at: string): Result<never> {
  if (value === undefined) return fail('encoding/missing-member', 'A required member is missing.', at);
  return fail('encoding/wrong-type', `Expected ${expected}.`, at);
}

/** `at` extended by one token, escaped as RFC 6901 §3 says. */
function pointer(at: string, token: string): string {
  const escaped = /[~/]/.test(token) ? token.replaceAll('~', '~0').replaceAll('/', '~1') : token;
  return `${at}/${escaped}`;
}
