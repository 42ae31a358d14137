/** A cell: a text, an integer, or nothing. */
export type Cell = string | number | undefined;

/** What programs of spreadsheets take for the beginning of a formula, some of them in full width too, and the mark that we put before it. */
const FORMULA = /^[=+\-@\t\r\n'＝＋－＠]/;
/**
 * What must stand in quotes: RFC 4180 section 2; what programs of spreadsheets part cells by besides commas, since the rest of the text
 * would be a cell of its own, and could begin with anything; and space at either end, which some readers take away.
 */
const QUOTED = /[",;\t\r\n]|^\s|\s$/;

/** Bytes that a CSV file begins with: U+FEFF, by which spreadsheets know that it is UTF-8. */
export const CSV_BEGINNING = '\ufeff';

/**
 * One record of RFC 4180, CR LF at its end. A text that a spreadsheet could run, or that begins with an apostrophe, has an
 * apostrophe put before it, so that nothing runs and every cell can be taken back to what it was.
 */
export function formatCsvRecord(cells: readonly Cell[]): string {
  return `${cells.map(formatCell).join(',')}\r\n`;
}

function formatCell(cell: Cell): string {
  if (cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return QUOTED.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
