/** A time of the ledger, in UTC as it stands there, to the second. */
export function Time({ time }: { readonly time: string }) {
  return (
    <time dateTime={time} class="time">
      {timeInWords(time)}
    </time>
  );
}

/** RFC 3339 in UTC as `23 Nov 2026, 14:32:07 UTC`. */
export function timeInWords(time: string): string {
  const day = new Date(time).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  });
  return `${day}, ${time.slice(11, 19)} UTC`;
}
