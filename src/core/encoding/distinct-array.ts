import { fail, type Result } from '../fault.ts';
import { array, type Reader } from './decode.ts';
import type { Json } from './json.ts';

/**
 * An array of `min` to `max` texts or numbers, none of them twice (`encoding/duplicate-element`). Where an array stands
 * for a set, a repeated element would let one thing count twice, or two readers disagree on how many there are.
 */
export function distinctArray<T extends string | number>(
  reader: Reader<T>,
  bounds: { readonly min?: number; readonly max: number },
): Reader<readonly T[]> {
  const read = array(reader, bounds);
  const distinct = (value: Json | undefined, at: string): Result<readonly T[]> => {
    const elements = read(value, at);
    if (!elements.ok) return elements;
    const seen = new Set<T>();
    for (const [index, element] of elements.value.entries()) {
      if (seen.has(element)) {
        return fail('encoding/duplicate-element', 'An element occurs twice in the array.', `${at}/${index}`);
      }
      seen.add(element);
    }
    return elements;
  };
  return Object.assign(distinct, { schema: { ...read.schema, uniqueItems: true } });
}
