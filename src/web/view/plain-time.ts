/** RFC 3339 in UTC as `2026-11-22 21:48:11 UTC`: the same everywhere, whatever locale and time zone a reader has. */
export function plainTime(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`;
}
