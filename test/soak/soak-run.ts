/** What a long suite was asked for: the seed that everything random in it follows from, and the part of its bounds. */
export type SoakRun = {
  readonly seed: number;
  /** Above 0, at most 1: the whole of it. */
  readonly share: number;
  /** The bound for this run: `whole` times the share, at least 1. */
  readonly bound: (whole: number) => number;
  /** The next number of the seeded sequence, from 0 up to and without 1. */
  readonly random: () => number;
};

/** As `scripts/run-soak.ts` set it; a suite that is started by hand runs a hundredth with seed 1. */
export function readSoakRun(): SoakRun {
  const seed = Number(process.env.WAYBILL_SOAK_SEED ?? '1');
  const share = Number(process.env.WAYBILL_SOAK_SHARE ?? '0.01');
  return { seed, share, bound: (whole) => Math.max(1, Math.round(whole * share)), random: seededRandom(seed) };
}

/** Numbers from 0 up to and without 1. Mulberry32 (Tommy Ettinger, public domain): the same sequence everywhere. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
