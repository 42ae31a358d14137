/** A name and what it is; undefined leaves the line out. */
export type Field = readonly [string, string | undefined];

/** `name` and `value` in two columns, below each other; absent values are left out. */
export function fields(pairs: readonly Field[]): string {
  const present = pairs.filter(([, value]) => value !== undefined);
  const width = Math.max(0, ...present.map(([name]) => name.length));
  return present.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n');
}

/** A table with a header line; the last column is as wide as it is. Without rows it is the sentence `none`, where that is given. */
export function table(header: readonly string[], rows: readonly (readonly string[])[], none?: string): string {
  return rows.length === 0 && none !== undefined ? none : columns([header, ...rows]);
}

/** Rows in columns that are as wide as their widest cell, but for the last. */
export function columns(rows: readonly (readonly string[])[]): string {
  const count = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return rows.map(line).join('\n');
}

/** Text of others on a terminal: no control character can move the cursor, colour or hide anything, and none shows nothing. */
export function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{DI}\u2028\u2029\u2800]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });
}

/** The first 12 digits of a long hex name, which people compare; never for what a program reads. */
export function short(id: string): string {
  return id.length > 16 ? `${id.slice(0, 12)}…` : id;
}

/** Text broken into lines of at most `columns`, each after the first indented. */
export function wrapped(text: string, columns: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = indent + word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join('\n');
}
