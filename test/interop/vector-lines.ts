/** One directive of a vector file of torchwood's: `word argument`. */
export type VectorLine = { readonly line: number; readonly word: string; readonly argument: string };

/** Directives in order, without comments; a line that ends in a backslash goes on in the next one. */
export function vectorLines(text: string): readonly VectorLine[] {
  const found: VectorLine[] = [];
  let joined = '';
  for (const [index, line] of text.split('\n').entries()) {
    joined += line;
    if (joined.endsWith('\\')) {
      joined = joined.slice(0, -1);
      continue;
    }
    const [, word, argument] = /^\s*([a-z]+)\s+(.*?)\s*$/.exec(joined) ?? [];
    if (word !== undefined && argument !== undefined) found.push({ line: index + 1, word, argument });
    joined = '';
  }
  return found;
}

/** Bytes of hex digits, with blanks anywhere; `''` is none. */
export function vectorBytes(argument: string): Uint8Array {
  const digits = argument === "''" ? '' : argument.replaceAll(/\s/g, '');
  if (!/^([0-9a-f]{2})*$/.test(digits)) throw new Error(`no hex: ${argument}`);
  return new Uint8Array(Buffer.from(digits, 'hex'));
}
