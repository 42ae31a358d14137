import type { Json, JsonObject } from '../../core/encoding/json.ts';
import { rounded } from './statistics.ts';

/** A bar of DESIGN 9: what it is called, and what must be reached. */
export type BarDefinition = {
  readonly id: string;
  readonly title: string;
  readonly unit: 'ratio' | 'ms' | 's' | 'KB' | 'holds';
  readonly bar: number;
  readonly goal?: number;
  /** Whether a larger or a smaller value is the better one. */
  readonly better: 'higher' | 'lower';
};

/** Every bar, in the order in which it is printed. */
export const BARS = [
  {
    id: 'single-post-ratio',
    title: 'single posts, 64 clients, against the ceiling',
    unit: 'ratio',
    bar: 0.36,
    goal: 0.6,
    better: 'higher',
  },
  { id: 'batch-post-ratio', title: 'batch route against single posts', unit: 'ratio', bar: 2, better: 'higher' },
  { id: 'receipt-idle-p50-ms', title: 'receipt when idle, p50', unit: 'ms', bar: 10, better: 'lower' },
  { id: 'receipt-idle-p99-ms', title: 'receipt when idle, p99', unit: 'ms', bar: 40, better: 'lower' },
  { id: 'receipt-half-rate-p99-ms', title: 'receipt at half the rate, p99', unit: 'ms', bar: 300, better: 'lower' },
  { id: 'verify-10-stage-p50-ms', title: 'verification of 10 stages, p50', unit: 'ms', bar: 25, better: 'lower' },
  {
    id: 'verify-1m-over-10k-ratio',
    title: 'the same among 1 M entries, against 10 k',
    unit: 'ratio',
    bar: 1.25,
    better: 'lower',
  },
  { id: 'gate-p99-ms', title: 'gate answer at 500/s, p99', unit: 'ms', bar: 10, better: 'lower' },
  {
    id: 'audit-ratio',
    title: 'whole-ledger audit, map included, against reading and hashing',
    unit: 'ratio',
    bar: 0.1,
    better: 'higher',
  },
  {
    id: 'evidence-10-stage-kb',
    title: 'evidence of 10 stages without payloads, 1 M keys',
    unit: 'KB',
    bar: 150,
    better: 'lower',
  },
  {
    id: 'completeness-proof',
    title: 'completeness proof of 10 entries, 1 M keys',
    unit: 'KB',
    bar: 15,
    better: 'lower',
  },
  { id: 'absence-proof', title: 'absence proof, 1 M keys', unit: 'KB', bar: 3, better: 'lower' },
  { id: 'memory-flat-ratio', title: 'memory over 100 k attestations', unit: 'ratio', bar: 1.1, better: 'lower' },
  { id: 'start-to-ready-s', title: 'start to ready, warm, 1 M keys', unit: 's', bar: 5, better: 'lower' },
  {
    id: 'report-browser-ms',
    title: 'report of 20 entries verified in a browser',
    unit: 'ms',
    bar: 1000,
    better: 'lower',
  },
] as const satisfies readonly BarDefinition[];

export type BarId = (typeof BARS)[number]['id'];
export const BAR_IDS: readonly BarId[] = BARS.map(({ id }) => id);

/** What measuring a bar gave: a value with what belongs to it, or why there is none. */
export type Measured = {
  readonly value: number | null;
  /** What the value was compared with, where it is a ratio. */
  readonly ceiling?: JsonObject;
  /** Everything else that a reader needs to judge the value. */
  readonly details?: JsonObject;
  /** Why there is no value, or what a reader must know of this one. */
  readonly why?: string;
  /** Whether something else than the bar was measured, so that the value decides nothing. */
  readonly undecided?: boolean;
};

/** One bar as it is printed. `met` is null where nothing was measured that could decide it. */
export type BarResult = {
  readonly id: BarId;
  readonly title: string;
  readonly value: number | null;
  readonly unit: string;
  readonly bar: number;
  readonly goal?: number;
  readonly better: 'higher' | 'lower';
  readonly met: boolean | null;
  readonly why?: string;
  readonly ceiling?: JsonObject;
  readonly details?: JsonObject;
};

/**
 * A bar with what was measured. It is met at exactly its limit. A value that is endless or no number misses it, and stands
 * as null. Where nothing was measured, or something else than the bar, `met` is null.
 */
export function judgeBar(bar: BarDefinition & { readonly id: BarId }, measured: Measured): BarResult {
  const { value, why, undecided = false, ceiling, details } = measured;
  const { id, title, unit, better, goal } = bar;
  return {
    id,
    title,
    value: value === null || !Number.isFinite(value) ? null : rounded(value),
    unit,
    bar: bar.bar,
    ...(goal === undefined ? {} : { goal }),
    better,
    met: value === null || undecided ? null : isReached(value, bar),
    ...(why === undefined ? {} : { why }),
    ...(ceiling === undefined ? {} : { ceiling }),
    ...(details === undefined ? {} : { details }),
  };
}

function isReached(value: number, { bar, better }: BarDefinition): boolean {
  if (!Number.isFinite(value)) return false;
  return better === 'higher' ? value >= bar : value <= bar;
}

/** Bars that were measured and not reached. */
export function missedBars(results: readonly BarResult[]): readonly BarResult[] {
  return results.filter(({ met }) => met === false);
}

/** A value that goes into JSON as it is; numbers are cut to four significant digits. */
export function forJson(value: Readonly<Record<string, Json | undefined>>): JsonObject {
  const entries = Object.entries(value).flatMap(([name, member]) => {
    if (member === undefined) return [];
    return [[name, typeof member === 'number' && !Number.isInteger(member) ? rounded(member) : member] as const];
  });
  return Object.fromEntries(entries);
}
