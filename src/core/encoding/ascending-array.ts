import { fail, type Result } from '../fault.ts';
import { array, type Reader } from './decode.ts';
import type { Json } from './json.ts';

/**
 * An array of at most `max` elements that stands for a set and has one spelling: `name` of each is greater, in byte order
 * of ASCII, than that of the one before. Faults: `encoding/duplicate-element`, `encoding/not-allowed` out of order.
 */
export function ascendingArray<T>(
  reader: Reader<T>,
  name: (element: T) => string,
  bounds: { readonly max: number },
): Reader<readonly T[]> {
  const read = array(reader, bounds);
  return (value: Json | undefined, at: string): Result<readonly T[]> => {
    const elements = read(value, at);
    if (!elements.ok) return elements;
    for (const [index, element] of elements.value.entries()) {
      const before = elements.value[index - 1];
      if (before === undefined || name(before) < name(element)) continue;
      return name(before) === name(element)
        ? fail('encoding/duplicate-element', 'An element occurs twice in the array.', `${at}/${index}`)
        : fail('encoding/not-allowed', 'The elements do not ascend.', `${at}/${index}`);
    }
    return elements;
  };
}
