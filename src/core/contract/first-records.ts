import type { Filing, FirstRecord } from './evaluated.ts';

/** A record of a statement: whether it signs the image or attests a stage, and what tells statements apart. */
export type StatementRecord = { readonly stage?: string | undefined; readonly statement: string };

/**
 * Finds, of every record, the first one with the same statement, and the first that is of the same stage, too; signatures of
 * the image, which have no stage, are compared among themselves. A class because what was noted before decides.
 * Source: docs/spec/contract.md §3.
 */
export class FirstRecords {
  readonly #firsts = new Map<string, Omit<FirstRecord, 'filing'>>();
  readonly #filings = new Map<string, Filing>();

  /** Takes a record, or what was the first of it among others; in any order. */
  note(record: StatementRecord, { filing, ...first }: FirstRecord): void {
    const [name, place] = namesOf(record);
    const [known, filed] = [this.#firsts.get(name), this.#filings.get(place)];
    if (known === undefined || first.seq < known.seq) this.#firsts.set(name, first);
    if (filed === undefined || filing.seq < filed.seq) this.#filings.set(place, filing);
  }

  /** The first record among what was noted so far; undefined where nothing of the stage was. */
  of(record: StatementRecord): FirstRecord | undefined {
    const [name, place] = namesOf(record);
    const [first, filing] = [this.#firsts.get(name), this.#filings.get(place)];
    return first === undefined || filing === undefined ? undefined : { ...first, filing };
  }
}

/** Of what has one statement the first alone: by the seq of its first record, which no other statement has. */
export function eachStatementOnce<T extends { readonly first: FirstRecord }>(records: readonly T[]): readonly T[] {
  const found = new Map<number, T>();
  for (const one of records) if (!found.has(one.first.seq)) found.set(one.first.seq, one);
  return [...found.values()];
}

function namesOf({ stage, statement }: StatementRecord): readonly [statement: string, place: string] {
  const name = `${stage === undefined ? 'signature' : 'attestation'} ${statement}`;
  return [name, `${stage ?? ''} ${name}`];
}
