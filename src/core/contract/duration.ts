import { string } from '../encoding/decode.ts';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A whole number of seconds, minutes, hours or days, such as `90d`: at most 9,999,999 of them, and never none. */
export const duration = string({ max: 8, pattern: /^[1-9][0-9]{0,6}[smhd]$/ });

/** Milliseconds of a duration as {@link duration} reads it; a day has 24 hours. */
export function durationMs(text: string): number {
  return Number(text.slice(0, -1)) * (UNIT_MS[text.slice(-1)] ?? 0);
}
