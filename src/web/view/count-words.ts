const ENGLISH = new Intl.NumberFormat('en-US');

/** A number in groups of three digits, the same in every locale: `12,345`. */
export function grouped(count: number): string {
  return ENGLISH.format(count);
}

/** `1 entry`, `2 entries`. */
export function counted(count: number, one: string, many: string): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}
