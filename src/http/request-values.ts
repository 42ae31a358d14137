import { z } from 'zod';
import type { FaultCode } from '../core/fault.ts';
import { fail, ok, type Result } from '../core/fault.ts';

/**
 * The query as the schema reads it. A parameter whose schema is an array may be repeated.
 * Faults: `http/unknown-parameter`, `http/duplicate-parameter`, `http/parameter-missing`, `http/malformed-parameter`.
 */
export function readQuery(
  schema: z.ZodObject,
  pairs: readonly (readonly [name: string, value: string])[],
): Result<Record<string, unknown>> {
  const values = new Map<string, string | string[]>();
  for (const [name, value] of pairs) {
    if (!Object.hasOwn(schema.shape, name)) {
      return fail('http/unknown-parameter', `This route has no parameter "${shown(name)}".`, `query/${shown(name)}`);
    }
    const before = values.get(name);
    if (isRepeatable(schema.shape[name])) values.set(name, [...(Array.isArray(before) ? before : []), value]);
    else if (before === undefined) values.set(name, value);
    else return fail('http/duplicate-parameter', 'The parameter stands twice.', `query/${name}`);
  }
  return readParameters(schema, Object.fromEntries(values), 'query');
}

/** Parameters of path or query. Faults: `http/parameter-missing`, `http/malformed-parameter`. */
export function readParameters(
  schema: z.ZodObject,
  values: Readonly<Record<string, unknown>>,
  place: 'path' | 'query',
): Result<Record<string, unknown>> {
  const read = Object.keys(values).length === 0 ? readNothing(schema) : schema.safeParse(values);
  if (read.success) return ok(read.data);
  const issue = read.error.issues[0];
  const name = String(issue?.path[0] ?? '');
  const at = `${place}/${name}`;
  if (!Object.hasOwn(values, name)) return fail('http/parameter-missing', `${name} is needed.`, at);
  return fail('http/malformed-parameter', `${name}: ${issue?.message ?? 'not allowed'}.`, at);
}

const readings = new WeakMap<z.ZodObject, z.ZodSafeParseResult<Record<string, unknown>>>();

/** Most requests have no parameters, and what a schema makes of none is always the same. */
function readNothing(schema: z.ZodObject): z.ZodSafeParseResult<Record<string, unknown>> {
  const known = readings.get(schema) ?? schema.safeParse({});
  readings.set(schema, known);
  return known;
}

/** A JSON value as the schema reads it. Fault: `http/invalid-body`, `at` being the JSON pointer of the first trouble. */
export function readValue(schema: z.ZodType, value: unknown, code: FaultCode = 'http/invalid-body'): Result<unknown> {
  const read = schema.safeParse(value);
  if (read.success) return ok(read.data);
  const issue = read.error.issues[0];
  const path = [...(issue?.path ?? []), ...(issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])];
  const pointer = path.map((part) => `/${shown(String(part)).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return fail(code, `${issue?.message ?? 'Not allowed'}.`.slice(0, 500), pointer);
}

function isRepeatable(schema: unknown): boolean {
  const inner = schema instanceof z.ZodExactOptional ? schema.unwrap() : schema;
  return inner instanceof z.ZodArray;
}

/** A name from outside, short enough to be repeated. */
function shown(name: string): string {
  return name.length > 64 ? `${name.slice(0, 64)}…` : name;
}
