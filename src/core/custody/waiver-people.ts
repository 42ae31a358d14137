import type { FaultCode } from '../fault.ts';
import type { Counted } from './counted.ts';
import type { TrustState } from './trust-state.ts';

/** The persons who built what a waiver is about, and whether somebody among them is not known. */
export type Builders = { readonly persons: ReadonlySet<string>; readonly unknown: boolean };

/** Whoever wrote something that counts, as far as builders go. */
type Built = { readonly stage?: string; readonly signature: boolean; readonly person: string | undefined };

/**
 * The builders with regard to a stage: whoever wrote a signature of the image, and whoever wrote an attestation of the
 * stage; of any stage where none is named. Source: docs/spec/waivers.md §3.
 */
export function buildersOf(
  counted: readonly Counted[],
  stage: string | undefined,
  trust: Pick<TrustState, 'personBehind'>,
): Builders {
  return buildersAmong(
    counted.map(({ entry, what }) => ({
      ...(entry.stage === undefined ? {} : { stage: entry.stage }),
      signature: what === 'signature',
      person: trust.personBehind(entry),
    })),
    stage,
  );
}

/** The same, out of what a result says of who built. */
export function buildersAmong(built: readonly Built[], stage: string | undefined): Builders {
  const involved = built.filter((one) => one.signature || stage === undefined || one.stage === stage);
  const persons = new Set(involved.flatMap(({ person }) => person ?? []));
  return { persons, unknown: involved.some(({ person }) => person === undefined) };
}

/** Why a person cannot speak for an exemption: they are not known, or they may be the builder. */
export function personFault(person: string | undefined, builders: Builders): FaultCode | undefined {
  if (person === undefined) return 'waiver/person-unknown';
  if (builders.unknown) return 'waiver/builder-unknown';
  return builders.persons.has(person) ? 'waiver/by-builder' : undefined;
}
