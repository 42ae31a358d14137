import type { Json } from '../../src/core/encoding/json.ts';

/** One case: what a runner is given, and the outcome that the vector's source states. */
export type Vector = { readonly id: string; readonly input: Json; readonly expected: string };

/**
 * Portable code: the outcomes of a whole set of vectors. Runs in Node, in a bare context and in a browser, and must
 * answer the same in all three; whether the answer is right is asserted by the tests of the set's own area.
 */
export type Run = (vectors: Json) => Json;

/** Every run of one area by name, exported by its `entry-<area>.ts`. */
export type Runs = { readonly [name: string]: Run };

/** A run that answers each vector's input with one text. An exception is an outcome too, never an end of the set. */
export function each(one: (input: Json) => string): Run {
  return (vectors) =>
    (vectors as readonly Json[]).map((input) => {
      try {
        return one(input);
      } catch (error) {
        return `threw ${String(error)}`;
      }
    });
}

/** A text member of an input; a runner's input is made by its own loader, so absence is a mistake of the test. */
export function text(input: Json, member: string): string {
  const value = (input as { readonly [name: string]: Json })[member];
  if (typeof value !== 'string') throw new Error(`vector input lacks ${member}`);
  return value;
}
