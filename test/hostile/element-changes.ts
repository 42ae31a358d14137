import { isJsonObject, type Json, type JsonObject } from '../../src/core/encoding/json.ts';

/** A document with one element or member left out, repeated, moved, or replaced by another one that is valid. */
export type ElementChange = { readonly what: string; readonly document: JsonObject };

/**
 * Every such change at every place of the document. What replaces an element is its neighbour, or what stands at the
 * same place of `foreign`: well-formed, and belonging elsewhere.
 */
export function* elementChanges(document: JsonObject, foreign: JsonObject): Generator<ElementChange> {
  for (const { what, value } of changesOfObject(document, foreign, '')) {
    if (isJsonObject(value)) yield { what, document: value };
  }
}

type Change = { readonly what: string; readonly value: Json };

function* changesOf(value: Json, foreign: Json | undefined, at: string): Generator<Change> {
  if (foreign !== undefined && JSON.stringify(foreign) !== JSON.stringify(value)) {
    yield { what: `${at} from elsewhere`, value: foreign };
  }
  if (Array.isArray(value)) yield* changesOfArray(value, Array.isArray(foreign) ? foreign : [], at);
  else if (isJsonObject(value)) yield* changesOfObject(value, isJsonObject(foreign) ? foreign : {}, at);
}

function* changesOfArray(elements: readonly Json[], foreign: readonly Json[], at: string): Generator<Change> {
  for (const [index, element] of elements.entries()) {
    const place = `${at}/${index}`;
    const next = elements[index + 1];
    yield { what: `${place} left out`, value: elements.toSpliced(index, 1) };
    yield { what: `${place} repeated`, value: elements.toSpliced(index, 0, element) };
    if (next !== undefined) {
      yield { what: `${place} swapped with the next`, value: elements.toSpliced(index, 2, next, element) };
      yield { what: `${place} replaced by the next`, value: elements.with(index, next) };
    }
    for (const { what, value } of changesOf(element, foreign[index], place)) {
      yield { what, value: elements.with(index, value) };
    }
  }
}

function* changesOfObject(object: JsonObject, foreign: JsonObject, at: string): Generator<Change> {
  for (const [name, member] of Object.entries(object)) {
    const { [name]: _left, ...rest } = object;
    yield { what: `${at}/${name} left out`, value: rest };
    for (const { what, value } of changesOf(member, foreign[name], `${at}/${name}`)) {
      yield { what, value: { ...object, [name]: value } };
    }
  }
}
