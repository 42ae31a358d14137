import type { Json, JsonObject } from '../../src/core/encoding/json.ts';

/** The next number of a seeded sequence, from 0 up to and without 1. */
export type Random = () => number;

/** Bytes on which readers stumble: borders of ranges, and what means something in the formats here. */
const INTERESTING = [
  0, 1, 9, 10, 13, 0x20, 0x22, 0x2b, 0x2d, 0x2e, 0x2f, 0x30, 0x39, 0x3a, 0x3c, 0x3d, 0x5b, 0x5c, 0x5d,
];
const MORE = [0x7b, 0x7d, 0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff];
const BYTES = [...INTERESTING, ...MORE];

/** Pieces of text that some reader somewhere took for something else. */
const TOKENS = [
  ...['\ufeff', '\\u0000', '\\ud800', '\\udc00\\ud800', '\u202e', '\u2028', '\u0130', 'ſ', 'K', '\r\n', '\n\n', '\0'],
  ...['1e400', '-0', '1E+2', '0x10', '00', '9007199254740993', '1'.repeat(400), '-', '+', 'NaN', 'Infinity', '1.0'],
  ...['__proto__', 'constructor', 'toString', '{}', '[]', '""', 'null', 'true', ',', ':', '{"a":', '[[[['],
  ...['=', '==', '_', '-', '+', '/', '%00', '%2F', '..', '//', '&', '?', '#', '<', '</script>', '<!--', '<!DOCTYPE a'],
  ...['— ', 'sha256:', 'a'.repeat(300), 'ä', '\u0085', '\u00a0', '😀', '\xed\xa0\x80'],
].map((token) => Buffer.from(token));

/** JSON values at the borders of what readers take. */
const VALUES: readonly Json[] = [
  ...[null, true, false, 0, -0, 1, -1, 0.5, 1e21, 2 ** 53, 2 ** 53 - 1, 255, 256, 65_536, '', ' ', 'a', '0', '\u0000'],
  ...['é', '\u202e', 'ſ', '=', 'AA==', 'A'.repeat(500), 'sha256:', '__proto__', [], {}, [[]], [null], { a: 1 }],
  ...[{ constructor: { prototype: {} } }, JSON.parse('{"__proto__":{"polluted":true}}') as Json, '<', 'http/internal'],
];

export function pick<T>(random: Random, values: readonly T[]): T {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('there is nothing to pick from');
  return value;
}

function below(random: Random, bound: number): number {
  return Math.floor(random() * bound);
}

/** Bytes without any form, up to 64 of them: often short, since most readers end at once. */
export function randomBytes(random: Random): Uint8Array {
  const bytes = new Uint8Array(below(random, random() < 0.5 ? 8 : 65));
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = below(random, 256);
  return bytes;
}

/** One to four changes of bytes: flips, values, deletions, insertions, repetitions, swaps, splices, truncation. */
export function mutateBytes(random: Random, seed: Uint8Array, other: Uint8Array): Uint8Array {
  let bytes = seed;
  for (let change = 1 + below(random, random() < 0.3 ? 4 : 1); change > 0; change -= 1) {
    bytes = changeOnce(random, bytes, other);
  }
  return bytes;
}

function changeOnce(random: Random, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const at = below(random, bytes.length + 1);
  const length = 1 + below(random, random() < 0.7 ? 4 : 64);
  switch (below(random, 11)) {
    case 0:
    case 1: {
      const flipped = new Uint8Array(bytes);
      if (at < flipped.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << below(random, 8));
      return flipped;
    }
    case 2:
    case 3: {
      const set = new Uint8Array(bytes);
      if (at < set.length) set[at] = random() < 0.5 ? pick(random, BYTES) : below(random, 256);
      return set;
    }
    case 4:
      return splice(bytes, at, at + length, new Uint8Array());
    case 5:
      return splice(bytes, at, at, randomBytes(random));
    case 6:
      return splice(bytes, at, random() < 0.5 ? at : at + length, pick(random, TOKENS));
    case 7:
      return splice(bytes, at, at, bytes.subarray(at, at + length));
    case 8: {
      const from = below(random, other.length + 1);
      return splice(bytes, at, at + (random() < 0.5 ? length : bytes.length), other.subarray(from, from + length * 4));
    }
    case 9:
      return new Uint8Array(bytes.subarray(0, at));
    default: {
      const swapped = new Uint8Array(bytes);
      const to = below(random, bytes.length + 1);
      const end = Math.min(length, bytes.length - Math.max(at, to));
      for (let index = 0; index < end; index += 1) {
        const kept = swapped[at + index] ?? 0;
        swapped[at + index] = swapped[to + index] ?? 0;
        swapped[to + index] = kept;
      }
      return swapped;
    }
  }
}

function splice(bytes: Uint8Array, from: number, to: number, put: Uint8Array): Uint8Array {
  const end = Math.min(to, bytes.length);
  const joined = new Uint8Array(from + put.length + bytes.length - end);
  joined.set(bytes.subarray(0, from));
  joined.set(put, from);
  joined.set(bytes.subarray(end), from + put.length);
  return joined;
}

/** The document with one node changed: replaced, left out, repeated, renamed, wrapped, or its neighbours swapped. */
export function mutateJson(random: Random, document: Json): Json {
  if (Array.isArray(document) && document.length > 0 && random() < 0.8) return changeArray(random, document);
  if (typeof document === 'object' && document !== null && !Array.isArray(document) && random() < 0.9) {
    return changeObject(random, document as JsonObject);
  }
  if (typeof document === 'string' && random() < 0.6) return changeText(random, document);
  if (typeof document === 'number' && random() < 0.5) return document + pick(random, [1, -1, 0.5, 256, 2 ** 32]);
  return random() < 0.1 ? [document] : pick(random, VALUES);
}

function changeArray(random: Random, elements: readonly Json[]): Json {
  const at = below(random, elements.length);
  const element = elements[at] ?? null;
  const roll = random();
  if (roll < 0.7) return elements.with(at, mutateJson(random, element));
  if (roll < 0.8) return elements.toSpliced(at, 1);
  if (roll < 0.9) return elements.toSpliced(at, 0, element);
  return elements.with(at, elements[0] ?? null).with(0, element);
}

function changeObject(random: Random, object: JsonObject): Json {
  const names = Object.keys(object);
  if (names.length === 0) return { a: pick(random, VALUES) };
  const name = pick(random, names);
  const value = object[name] ?? null;
  const roll = random();
  if (roll < 0.75) return { ...object, [name]: mutateJson(random, value) };
  const { [name]: _left, ...rest } = object;
  if (roll < 0.83) return rest;
  if (roll < 0.9) return { ...rest, [random() < 0.5 ? name.toUpperCase() : `${name}x`]: value };
  if (roll < 0.95) return { ...object, [pick(random, ['extra', 'constructor', 'toString', ''])]: pick(random, VALUES) };
  return { ...object, [name]: object[pick(random, names)] ?? null };
}

function changeText(random: Random, text: string): string {
  const at = below(random, text.length + 1);
  const roll = random();
  if (roll < 0.4) return text.slice(0, at) + pick(random, TOKENS).toString() + text.slice(at + below(random, 3));
  if (roll < 0.6) return text.slice(0, at) + text.slice(at + 1);
  if (roll < 0.8) return text.slice(0, at) + String.fromCharCode(below(random, 128)) + text.slice(at + 1);
  if (roll < 0.9) return random() < 0.5 ? text.toUpperCase() : ` ${text}`;
  return text.repeat(2);
}
