import { formatTime, parseTime } from '../core/entry/time.ts';
import { EXIT } from './exit-codes.ts';
import { stop } from './stop.ts';

const NUMBER = /^(?:0|[1-9][0-9]{0,15})$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
/** To the millisecond, which is what entries have: a finer time would be cut off, and mean another one. */
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * A place in the log as an option names it: a number of entries as it is, a time in the spelling of entries, a date as its
 * first instant in UTC. `number` says what a number is there. Stops with `cli/bad-argument`.
 */
export function readPlaceInLog(option: string, text: string, number: 'seq' | 'size'): string {
  if (NUMBER.test(text) || parseTime(text) !== undefined) return text;
  const isTime = RFC_3339.test(text);
  const milliseconds = isTime || DATE.test(text) ? Date.parse(isTime ? text : `${text}T00:00:00Z`) : Number.NaN;
  // A day that its month does not have is moved into the next one by the platform.
  const date = text.slice(0, 10);
  const isDay = parseTime(`${date}T00:00:00.000Z`) !== undefined;
  if (!Number.isNaN(milliseconds) && isDay) return formatTime(milliseconds);
  const hint = `Give a time such as 2026-07-01T00:00:00Z, a date such as 2026-07-01, or a ${number} such as 1000.`;
  throw stop(EXIT.usage, 'cli/bad-argument', `--${option} is neither a time nor a ${number}: ${text}`, hint);
}
