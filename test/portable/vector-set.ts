import type { Json } from '../../src/core/encoding/json.ts';

/** One case: what a runner is given, and the outcome that the vector's source states. */
export type Vector = { readonly id: string; readonly input: Json; readonly expected: string };

/** Portable code: answers each input with one word or text. Runs in Node, in a bare context and in a browser. */
export type Run = (inputs: readonly Json[]) => readonly string[];

/** Node code: reads the vectors of one set; undefined where published vectors are absent. */
export type Load = () => readonly Vector[] | undefined;

/** A runner of single inputs that never lets an exception pass as an outcome of another kind. */
export function each(one: (input: Json) => string): Run {
  return (inputs) =>
    inputs.map((input) => {
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
