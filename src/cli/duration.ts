import { InvalidArgumentError } from 'commander';

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of a duration as options take it: a whole number, alone or with s, m, h or d. */
export function parseDuration(text: string): number {
  const [, amount = '', unit = ''] = /^([1-9][0-9]{0,8})([smhd]?)$/.exec(text) ?? [];
  if (amount === '') throw new InvalidArgumentError('Seconds, or a number with s, m, h or d, such as 90d.');
  return Number(amount) * (UNIT_SECONDS[unit === '' ? 's' : unit] ?? 1);
}
