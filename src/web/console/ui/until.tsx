import { useEffect, useState } from 'preact/hooks';
import { timeInWords } from './time.tsx';

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** A span of time in the one unit that fits it, rounded down: `3 days`, `1 hour`, `less than a minute`. */
export function spanInWords(milliseconds: number): string {
  const span = Math.abs(milliseconds);
  for (const [unit, length] of UNITS) {
    const count = Math.floor(span / length);
    if (count >= 1) return `${count} ${unit}${count === 1 ? '' : 's'}`;
  }
  return 'less than a minute';
}

/** How far away a time is, kept current to the minute; the time itself for whoever points at it. */
export function Until({ time }: { readonly time: string }) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  const left = Date.parse(time) - now;
  return (
    <time dateTime={time} title={timeInWords(time)}>
      {left >= 0 ? `in ${spanInWords(left)}` : `${spanInWords(left)} ago`}
    </time>
  );
}
