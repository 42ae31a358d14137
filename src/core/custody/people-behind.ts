import type { Role } from '../entry/kinds/principal-granted.ts';
import { SERVICE_PRINCIPAL } from '../trust/grant-document.ts';
import type { Evidence } from './evidence.ts';
import type { JudgedCustody } from './verify-custody.ts';

/** Somebody who did something about the image: a principal, and the person that its grant names. */
export type PersonBehind = {
  readonly principal: string;
  /** Pseudonym, as the grant gives it; absent where no grant names anybody. */
  readonly person?: string;
  /** What people call the principal, as the grant gives it. */
  readonly title?: string;
  /** Roles held at the acts shown, each once. */
  readonly roles: readonly Role[];
  /** What was done, by kind of entry, with the entries, ascending. */
  readonly acts: readonly { readonly kind: string; readonly seqs: readonly number[] }[];
};

/** What is gathered of a principal, entry by entry. */
type Found = {
  person?: string;
  title?: string;
  readonly roles: Set<Role>;
  readonly acts: Map<string, number[]>;
};

/**
 * Everybody who did something about the image, persons together, in the order of their first act. The service is nobody:
 * what it did by itself, such as the end of a run that nobody closed, is not somebody's.
 */
export function peopleBehind({ result, trusted }: JudgedCustody, { entries }: Evidence): readonly PersonBehind[] {
  const shown = new Map(entries.map(({ entry }) => [entry.seq, entry]));
  const found = new Map<string, Found>();
  for (const { seq, kind, principal } of result.timeline) {
    const entry = shown.get(seq);
    if (principal === SERVICE_PRINCIPAL || entry === undefined) continue;
    const one: Found = found.get(principal) ?? { roles: new Set(), acts: new Map() };
    found.set(principal, one);
    const grant = trusted.grantOf(entry);
    const person = trusted.personBehind(entry);
    if (person !== undefined) one.person = person;
    if (grant?.title !== undefined) one.title = grant.title;
    if (grant !== undefined) one.roles.add(grant.role);
    one.acts.set(kind, [...(one.acts.get(kind) ?? []), seq]);
  }
  const people = [...found].map(([principal, { roles, acts, ...named }]) => ({
    principal,
    ...named,
    roles: [...roles],
    acts: [...acts].map(([kind, seqs]) => ({ kind, seqs })),
  }));
  // Principals of one person stand next to each other.
  const firstOf = new Map<string, number>();
  for (const [index, { person, principal }] of people.entries()) {
    const name = person ?? `principal ${principal}`;
    if (!firstOf.has(name)) firstOf.set(name, index);
  }
  const rank = ({ person, principal }: PersonBehind) => firstOf.get(person ?? `principal ${principal}`) ?? 0;
  return people.sort((a, b) => rank(a) - rank(b));
}
