import type { Reader } from '../encoding/decode.ts';
import type { Json } from '../encoding/json.ts';

/** The members of an entry that a kind requires, allows or refuses. */
export const KIND_PLACES = [
  'repository',
  'stage',
  'run',
  'signer',
  'assurance',
  'predicateType',
  'payload',
  'control',
] as const;
export type KindPlace = (typeof KIND_PLACES)[number];

/** What the keys of an entry follow from. */
export type FiledFields = {
  readonly repository?: string;
  readonly run?: string;
  readonly body: Json;
};

/** Everything that one kind of entry fixes; one file per kind under `kinds/`. */
export type KindDefinition<B = unknown> = {
  readonly kind: string;
  readonly required: readonly KindPlace[];
  readonly allowed: readonly KindPlace[];
  readonly body: Reader<B>;
  /**
   * For kinds that take a control envelope: the area of the key whose list binds it.
   * Such a kind allows `control`.
   */
  readonly controlList?: 'contract' | 'signer' | 'principal' | 'trust' | 'waiver';
  /** Which key of that area it is, where an entry has several. */
  readonly controlKey?: (body: unknown) => string;
  /** The keys that an entry of this kind is filed under: sorted, distinct, and exactly these. Body already read. */
  readonly filedUnder: (entry: FiledFields) => readonly string[];
};

/** Sorted and distinct, as entries list their keys. */
export function keySet(keys: readonly string[]): readonly string[] {
  return [...new Set(keys)].sort();
}
