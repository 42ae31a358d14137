import type { ContractStage } from './contract.ts';
import type { Evaluated, FirstRecord, LookedStages, Situation } from './evaluated.ts';

/** People behind attestations or signatures; `unknown` where at least one of them is by nobody who is known. */
export type People = { readonly known: ReadonlySet<string>; readonly unknown: boolean };

/**
 * The person who first recorded a statement, and first filed it for its stage. Undefined where nobody knows who that is, or
 * where these are two: what one person said of another stage is the word of neither on this one.
 */
export function personBehind({ person, filing }: FirstRecord): string | undefined {
  return person === filing.person ? person : undefined;
}

/** The people who first recorded these statements: each once, however many principals they have. */
export function peopleOf(evaluated: readonly Evaluated[]): People {
  const people = evaluated.map(({ first }) => personBehind(first));
  return {
    known: new Set(people.filter((person) => person !== undefined)),
    unknown: people.includes(undefined),
  };
}

/** Whether some people do not count for the stage. */
export function excludesPeople({ distinctFrom, distinctFromBuilder }: ContractStage): boolean {
  return distinctFrom !== undefined || distinctFromBuilder !== undefined;
}

/**
 * Who does not count for a stage: the people of the stages that it names in `distinctFrom`, and with
 * `distinctFromBuilder` those who had the image signed.
 */
export function excludedFrom(
  { distinctFrom = [], distinctFromBuilder }: ContractStage,
  { signatures }: Situation,
  stages: LookedStages,
): People {
  const signed = distinctFromBuilder === true ? signatures.filter(({ sound }) => sound) : [];
  return peopleOf([...distinctFrom.flatMap((name) => stages.get(name)?.looked ?? []), ...signed]);
}
