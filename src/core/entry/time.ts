import { invariant } from '../fault.ts';
import { TIME } from './names.ts';

const DAY_MS = 86_400_000;
/** 10000-01-01T00:00:00Z in milliseconds: a year of five digits is no time that anybody can spell here. */
export const YEAR_10000_MS = 253_402_300_800_000;

/**
 * Milliseconds since 1970 of a time as entries spell it (RFC 3339, UTC, milliseconds), or undefined for another
 * spelling or a day that its month does not have. Proleptic Gregorian, years 0000 to 9999, no leap seconds.
 */
export function parseTime(text: string): number | undefined {
  if (!TIME.test(text)) return undefined;
  const part = (from: number, to: number) => Number(text.slice(from, to));
  const [year, month, day] = [part(0, 4), part(5, 7), part(8, 10)];
  if (day > daysIn(year, month)) return undefined;
  const clock = ((part(11, 13) * 60 + part(14, 16)) * 60 + part(17, 19)) * 1000 + part(20, 23);
  return daysSinceEpoch(year, month, day) * DAY_MS + clock;
}

/** The spelling of a time within the years that have four digits. */
export function formatTime(milliseconds: number): string {
  const days = Math.floor(milliseconds / DAY_MS);
  const clock = milliseconds - days * DAY_MS;
  invariant(Number.isSafeInteger(milliseconds), 'a time is a whole number of milliseconds');
  let year = 1970 + Math.floor(days / 365.2425);
  while (daysSinceEpoch(year, 1, 1) > days) year -= 1;
  while (daysSinceEpoch(year + 1, 1, 1) <= days) year += 1;
  let month = 12;
  while (daysSinceEpoch(year, month, 1) > days) month -= 1;
  const day = days - daysSinceEpoch(year, month, 1) + 1;
  const digits = (value: number, length: number) => String(value).padStart(length, '0');
  const seconds = Math.floor(clock / 1000);
  return (
    `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}T${digits(Math.floor(seconds / 3600), 2)}:` +
    `${digits(Math.floor(seconds / 60) % 60, 2)}:${digits(seconds % 60, 2)}.${digits(clock % 1000, 3)}Z`
  );
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Days of the civil calendar, counted from years that begin in March, so that the leap day comes last. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The later of two times in the spelling of entries. */
export function laterTime(a: string, b: string): string {
  if (a < b) return b;
  return a;
}
