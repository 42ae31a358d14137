import type { LedgerReplay } from '../../core/entry/replay.ts';
import type { StateFolder } from './state-folder.ts';

/** A state is written again only after so many times what the last writing took, so that it never takes over 5 %. */
const SAVE_EVERY_TIMES = 20;
const SAVE_EVERY_MS_MIN = 5_000;

/** Saves a replay now and then, and nothing where it has not moved; a `first` size is saved already. */
export class ReplaySaver {
  readonly #folder: Pick<StateFolder, 'writeReplay'>;
  #savedSize: number;
  #saveAt = 0;

  constructor(folder: Pick<StateFolder, 'writeReplay'>, first: number) {
    this.#folder = folder;
    this.#savedSize = first;
  }

  /** Saves it where that is due, or where it is the last time. */
  save(replay: LedgerReplay | undefined, isLast: boolean): void {
    if (replay === undefined || replay.size === this.#savedSize) return;
    const begun = performance.now();
    if (!isLast && begun < this.#saveAt) return;
    this.#folder.writeReplay(replay.state);
    this.#savedSize = replay.size;
    const took = performance.now() - begun;
    this.#saveAt = performance.now() + Math.max(SAVE_EVERY_MS_MIN, took * SAVE_EVERY_TIMES);
  }
}
