import type { Json } from '../encoding/json.ts';

/**
 * What a change does to the images that are judged. *loosened*: some that would not have passed may pass now. *tightened*: the
 * other way round. *neutral*: neither. *unclear*: that cannot be told from the two documents, and it may be either.
 */
export const DIRECTIONS = ['loosened', 'unclear', 'tightened', 'neutral'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** One thing that two contracts do not have in common. */
export type ContractChange = {
  readonly direction: Direction;
  /** The member, such as `maxAge`; `stage` and `rule` where a whole one came or went. */
  readonly member: string;
  /** The stage that it is of; absent for the contract as a whole. */
  readonly stage?: string;
  /** The rule that it is of. */
  readonly rule?: string;
  /** Absent where there was, or is, nothing. */
  readonly before?: Json;
  readonly after?: Json;
};

/** The part of a change that does not say where it is. */
export type MemberChange = Omit<ContractChange, 'stage' | 'rule'>;

/** A number or a text that is there or not: `direction` judges two that are there; one that is new tightens. */
export function compareMember<T extends string | number | boolean>(
  member: string,
  before: T | undefined,
  after: T | undefined,
  direction: (before: T, after: T) => Direction,
): readonly MemberChange[] {
  if (before === after) return [];
  if (before === undefined) return after === undefined ? [] : [{ direction: 'tightened', member, after }];
  if (after === undefined) return [{ direction: 'loosened', member, before }];
  return [{ direction: direction(before, after), member, before, after }];
}

/** Of a greatest number that is allowed: more is looser. */
export function moreLoosens(before: number, after: number): Direction {
  return after > before ? 'loosened' : 'tightened';
}

/**
 * A list of what is allowed; without one everything is. An element that others cover, by `covers`, changes nothing.
 */
export function compareAllowed(
  member: string,
  before: readonly string[] | undefined,
  after: readonly string[] | undefined,
  covers: (wider: string, text: string) => boolean = (wider, text) => wider === text,
): readonly MemberChange[] {
  if (before === undefined || after === undefined) {
    if (after !== undefined) return [{ direction: 'tightened', member, after }];
    return before === undefined ? [] : [{ direction: 'loosened', member, before }];
  }
  const isIn = (list: readonly string[], text: string) => list.some((wider) => covers(wider, text));
  return [
    ...missingIn(before, after).map(
      (text): MemberChange => ({ direction: isIn(before, text) ? 'neutral' : 'loosened', member, after: text }),
    ),
    ...missingIn(after, before).map(
      (text): MemberChange => ({ direction: isIn(after, text) ? 'neutral' : 'tightened', member, before: text }),
    ),
  ];
}

/** A list of what is asked for: more of it is stricter. */
export function compareAsked(
  member: string,
  before: readonly string[] = [],
  after: readonly string[] = [],
): readonly MemberChange[] {
  return [
    ...missingIn(before, after).map((text): MemberChange => ({ direction: 'tightened', member, after: text })),
    ...missingIn(after, before).map((text): MemberChange => ({ direction: 'loosened', member, before: text })),
  ];
}

function missingIn(list: readonly string[], other: readonly string[]): readonly string[] {
  return other.filter((text) => !list.includes(text));
}
