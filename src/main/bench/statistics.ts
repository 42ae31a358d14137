/** What a set of samples says; all in the unit of the samples. */
export type Summary = {
  readonly samples: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
};

/**
 * The sample that `share` of all are not above, by nearest rank: no value that was not measured is made up.
 * `share` lies over 0 and up to 1; NaN for no samples at all.
 */
export function percentile(samples: readonly number[], share: number): number {
  if (samples.length === 0) return Number.NaN;
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[rank(sorted.length, share)] ?? Number.NaN;
}

/** The middle sample, or the mean of the two in the middle; NaN for none. */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** The arithmetic mean; NaN for no samples. */
export function mean(samples: readonly number[]): number {
  return samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
}

export function summarise(samples: readonly number[]): Summary {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number) => sorted[rank(sorted.length, share)] ?? Number.NaN;
  return {
    samples: sorted.length,
    mean: mean(sorted),
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    max: sorted.at(-1) ?? Number.NaN,
  };
}

function rank(count: number, share: number): number {
  return Math.min(count, Math.max(1, Math.ceil(share * count))) - 1;
}

/** One round: what was measured, and its ceiling right after it. */
export type Round = { readonly value: number; readonly ceiling: number };

/** How the rounds compare: the median of their ratios, and the smallest and the largest. */
export type RatioOfRounds = { readonly ratio: number; readonly min: number; readonly max: number };

/**
 * The ratio of value to ceiling over interleaved rounds. Each round is divided by its own ceiling, so that a machine that
 * is slower for some seconds is slower on both sides of the division.
 */
export function ratioOfRounds(rounds: readonly Round[]): RatioOfRounds {
  const ratios = rounds.map(({ value, ceiling }) => value / ceiling);
  return { ratio: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) };
}

/** `value` with `digits` significant digits, for printing and for JSON. */
export function rounded(value: number, digits = 4): number {
  return Number(value.toPrecision(digits));
}
