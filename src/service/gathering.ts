/** How many submissions a batch is worth waiting for, and how long. */
export type GatheringLimits = {
  /** Longest that the first of them waits, in milliseconds. */
  readonly waitMs: number;
  /** After so many milliseconds without a batch the service counts as idle, and nothing is waited for. */
  readonly idleMs: number;
};

export const GATHERING_LIMITS: GatheringLimits = { waitMs: 3, idleMs: 50 };

/**
 * Evens out batches. Who has just got a receipt comes back at once, and the first of them would have a transaction for
 * itself while all others wait for the next: half of all transactions would carry one entry. So a batch waits until as
 * many are there as the last two had on average, a few milliseconds at the most; where those were single ones, or the
 * service was idle, it waits for nothing. Half of those under way are then in the database while the others are read.
 */
export class Gathering {
  readonly #limits: GatheringLimits;
  #sizes: readonly [older: number, newer: number] = [0, 0];
  #ended = Number.NEGATIVE_INFINITY;
  #wanted = 0;
  #enough: (() => void) | undefined;

  constructor(limits: GatheringLimits = GATHERING_LIMITS) {
    this.#limits = limits;
  }

  /** Resolves when the batch may begin. `count` are there; call {@link arrived} for each that comes meanwhile. */
  async wait(count: number): Promise<void> {
    const [older, newer] = this.#sizes;
    const idle = performance.now() - this.#ended > this.#limits.idleMs;
    this.#wanted = idle ? 0 : Math.floor((older + newer) / 2);
    if (count >= this.#wanted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#limits.waitMs);
      this.#enough = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#enough = undefined;
  }

  /** Notes that `count` are there now. */
  arrived(count: number): void {
    if (count >= this.#wanted) this.#enough?.();
  }

  /** Notes the size of a batch that is done with the database. */
  ended(size: number): void {
    this.#sizes = [this.#sizes[1], size];
    this.#ended = performance.now();
  }
}
