import { fail } from '../fault.ts';
import { type DecodedShape, openObject, type Reader } from './decode.ts';
import { isJsonObject } from './json.ts';

/**
 * An object of a foreign format that allows members it does not name: those are passed over, but a name that differs
 * from a known one only in case is `encoding/unknown-member`. Go's JSON reader takes such a name for the known member,
 * so two readers would see two different documents in the same bytes.
 */
export function foreignObject<S extends { readonly [member: string]: Reader<unknown> }>(
  shape: S,
): Reader<DecodedShape<S>> {
  const read = openObject(shape);
  const folded = new Set(Object.keys(shape).map(foldCase));
  return (value, at) => {
    if (isJsonObject(value)) {
      for (const name of Object.keys(value)) {
        if (!Object.hasOwn(shape, name) && folded.has(foldCase(name))) {
          return fail('encoding/unknown-member', 'The name of a member differs from a known one only in case.', at);
        }
      }
    }
    return read(value, at);
  };
}

/** Upper first, so that the long s and the Kelvin sign fold to letters, as Go folds them. */
function foldCase(name: string): string {
  return name.toUpperCase().toLowerCase();
}
