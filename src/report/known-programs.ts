/** A program that a Waybill version puts into its reports. */
export type KnownProgram = {
  readonly version: string;
  /** SHA-256 of the program's text in UTF-8, 64 hex digits. */
  readonly sha256: string;
};

/** Programs of releases, oldest first. A release adds the line that its build wrote into `dist/web/program.json`. */
const RELEASED: readonly KnownProgram[] = [];

/**
 * The programs that a reader may recognise: those of releases, and `extra`, usually the one that was built together with
 * the reader. Recognised means "is the program that it says it is"; no verdict ever rests on it.
 */
export function knownPrograms(extra: readonly KnownProgram[] = []): readonly KnownProgram[] {
  return [...RELEASED, ...extra];
}
