import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatCanonicalJson } from '../../src/core/encoding/canonical-json.ts';
import { type Json, parseJson } from '../../src/core/encoding/json.ts';
import type { Result } from '../../src/core/fault.ts';
import { FAULTS } from '../../src/http/faults/faults.ts';
import { processorMs } from '../harness/processor-time.ts';
import { mutateBytes, mutateJson, pick, type Random, randomBytes } from './mutate.ts';

/** What became of an input: refused with a code, or read, and then what writing it again gives. */
export type Outcome =
  | { readonly code: string | undefined }
  | { readonly given: Uint8Array | string; readonly again: Uint8Array | string }
  | 'read';

export type FuzzedParser = {
  /** File below `src` and the exports that are called, as in `core/encoding/hex.ts parseHex`. */
  readonly name: string;
  /** Inputs that are read without fault, by which the mutations begin. */
  readonly seeds: readonly Uint8Array[];
  readonly parse: (bytes: Uint8Array) => Outcome;
  /** Whether seeds are JSON, so that single nodes are changed too; `restore` writes what follows from the others. */
  readonly json?: 'plain' | 'canonical';
  readonly restore?: (document: Json) => Json;
  /** Codes beyond those of faults, where the parser has a list of its own. */
  readonly codes?: readonly string[];
};

/** Longest that one input may take. What takes longer is tried again, since this machine may have been busy. */
const MILLISECONDS_MAX = 500;
const POOL_SIZE = 400;
const decoder = new TextDecoder();

/** The outcome of a result: its code, `again` of its value where it has one spelling, or just that it was read. */
export function outcomeOf<T>(
  result: Result<T>,
  given?: Uint8Array | string,
  again?: (value: T) => Uint8Array | string,
): Outcome {
  if (!result.ok) return { code: result.fault.code };
  return given === undefined || again === undefined ? 'read' : { given, again: again(result.value) };
}

/** A parser of bytes. */
export function ofBytes<T>(
  parse: (bytes: Uint8Array) => Result<T>,
  again?: (value: T) => Uint8Array | string,
): FuzzedParser['parse'] {
  return (bytes) => outcomeOf(parse(bytes), bytes, again);
}

/** A parser of text; bytes that are not UTF-8 become replacement characters, or now and then lone surrogates. */
export function ofText<T>(
  parse: (text: string) => Result<T>,
  again?: (value: T) => Uint8Array | string,
): FuzzedParser['parse'] {
  return (bytes) => {
    const text = bytes.at(-1) === 0xff ? `${decoder.decode(bytes)}\ud800` : decoder.decode(bytes);
    return outcomeOf(parse(text), text, again);
  };
}

/** A parser of JSON values: input that is no JSON is passed over. */
export function ofJson<T>(parse: (value: Json) => Result<T>): FuzzedParser['parse'] {
  return (bytes) => {
    const value = parseJson(bytes);
    return value.ok ? outcomeOf(parse(value.value)) : { code: value.fault.code };
  };
}

let pool: readonly Uint8Array[] | undefined;

/** What fast-check thinks of as bytes, text and JSON; once for a run, since it takes its time. */
function poolOf(random: Random): readonly Uint8Array[] {
  if (pool !== undefined) return pool;
  const sample = { numRuns: POOL_SIZE, seed: Math.floor(random() * 2 ** 31) };
  pool = [
    ...fc.sample(fc.uint8Array({ maxLength: 128 }), sample),
    ...fc.sample(fc.string({ unit: 'binary', maxLength: 64 }), sample).map(encode),
    ...fc.sample(fc.json({ maxDepth: 4 }), sample).map(encode),
  ];
  return pool;
}

/** Inputs, one after the other: mutated seeds, changed documents, what fast-check thinks of, and plain noise. */
export function inputsOf(parser: FuzzedParser, random: Random): () => Uint8Array {
  const pool = poolOf(random);
  const parsed = parser.json === undefined ? [] : parser.seeds.map((bytes) => parseJson(bytes));
  // Some tools' files are JSON but for control characters in their texts.
  const documents = parsed.flatMap((document) => (document.ok ? [document.value] : []));
  return () => {
    const roll = random();
    if (roll < 0.05) return randomBytes(random);
    if (roll < 0.1) return pick(random, pool);
    if (roll < 0.55 && documents.length > 0) return changeDocument(parser, pick(random, documents), random);
    return mutateBytes(
      random,
      pick(random, parser.seeds),
      roll < 0.2 ? pick(random, pool) : pick(random, parser.seeds),
    );
  };
}

function changeDocument(parser: FuzzedParser, document: Json, random: Random): Uint8Array {
  const changed = mutateJson(random, document);
  const restored = parser.restore?.(changed) ?? changed;
  if (parser.json === 'canonical' && isWellFormed(restored)) return encode(formatCanonicalJson(restored));
  return encode(JSON.stringify(restored));
}

function isWellFormed(value: Json): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => name.isWellFormed() && isWellFormed(member as Json));
}

function encode(text: string): Uint8Array {
  return Buffer.from(text);
}

/** How many inputs were read, and how many were refused under which code. */
export type Tally = { read: number; readonly refused: Map<string, number> };

/** Runs `count` inputs; throws with the input, in base64, at the first that breaks a rule. */
export function fuzzParser(parser: FuzzedParser, count: number, random: Random): Tally {
  const tally: Tally = { read: 0, refused: new Map() };
  for (const seed of parser.seeds) {
    assert(!isRefusal(tryInput(parser, seed)), `${parser.name}: a seed is refused: ${shown(seed)}`);
  }
  const next = inputsOf(parser, random);
  for (let tried = 0; tried < count; tried += 1) {
    const input = next();
    const outcome = tryInput(parser, input);
    if (isRefusal(outcome)) tally.refused.set(outcome.code ?? '', (tally.refused.get(outcome.code ?? '') ?? 0) + 1);
    else tally.read += 1;
  }
  return tally;
}

function isRefusal(outcome: Outcome): outcome is { readonly code: string | undefined } {
  return outcome !== 'read' && 'code' in outcome;
}

function tryInput(parser: FuzzedParser, input: Uint8Array): Outcome {
  const started = performance.now();
  let outcome: Outcome;
  try {
    outcome = parser.parse(input);
  } catch (error) {
    throw new Error(`${parser.name} throws for ${shown(input)}`, { cause: error });
  }
  if (performance.now() - started > MILLISECONDS_MAX) checkTime(parser, input);
  if (isRefusal(outcome)) {
    const { code } = outcome;
    const known = code !== undefined && (Object.hasOwn(FAULTS, code) || parser.codes?.includes(code));
    if (!known) throw new Error(`${parser.name} refuses under the unknown code ${code}: ${shown(input)}`);
  } else if (outcome !== 'read' && !isSame(outcome.given, outcome.again)) {
    throw new Error(`${parser.name} reads what it would write otherwise: ${shown(input)}`);
  }
  return outcome;
}

function checkTime(parser: FuzzedParser, input: Uint8Array): void {
  const times = [0, 1, 2].map(() => {
    const started = processorMs();
    parser.parse(input);
    return processorMs() - started;
  });
  const least = Math.min(...times);
  if (least > MILLISECONDS_MAX) throw new Error(`${parser.name} takes ${Math.round(least)} ms for ${shown(input)}`);
}

function isSame(a: Uint8Array | string, b: Uint8Array | string): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a === b;
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) === 0;
}

function shown(input: Uint8Array): string {
  return `${Buffer.from(input.subarray(0, 6_000)).toString('base64')} (base64, ${input.length} bytes)`;
}
