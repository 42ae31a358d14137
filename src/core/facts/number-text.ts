/** The number that a text of up to 12 digits writes: the sum of a thousand of them is exact. Undefined for any other text. */
export function integerOf(text: string): number | undefined {
  return /^[0-9]{1,12}$/.test(text) ? Number(text) : undefined;
}

/** Basis points, rounded down, of a ratio written as a decimal from 0 to 1. Undefined for any other text. */
export function basisPointsOf(text: string): number | undefined {
  const match = /^([01])(?:\.([0-9]{1,32}))?$/.exec(text);
  if (match === null) return undefined;
  const decimals = (match[2] ?? '').padEnd(4, '0');
  const points = Number(`${match[1]}${decimals.slice(0, 4)}`);
  return points > 10_000 || (points === 10_000 && /[1-9]/.test(decimals)) ? undefined : points;
}
