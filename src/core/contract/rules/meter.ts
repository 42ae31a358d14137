/** Characters, in UTF-16 units, that one step looks at. */
const CHARACTERS_OF_A_STEP = 16;

/** Counts the steps of one evaluation against what it may take. Source: docs/spec/rules.md §5. */
export class Meter {
  readonly #allowed: number;
  #left: number;

  constructor(allowed: number) {
    this.#allowed = allowed;
    this.#left = allowed;
  }

  /** What was taken: all that was allowed where more was asked for. */
  get spent(): number {
    return this.#allowed - Math.max(this.#left, 0);
  }

  /** Takes so many steps; false once they are spent, and from then on for good. */
  spend(steps: number): boolean {
    this.#left -= steps;
    return this.#left >= 0;
  }

  /** The same for looking at so many characters. */
  spendCharacters(characters: number): boolean {
    return this.spend(Math.ceil(characters / CHARACTERS_OF_A_STEP));
  }
}
