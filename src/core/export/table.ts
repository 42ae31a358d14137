import { formatHex } from '../encoding/hex.ts';
import type { Entry } from '../entry/entry.ts';
import type { Cell } from './csv.ts';
import type { ExportRow } from './export-lines.ts';

/** A value under each column; a column without one is empty. */
export type TableRow = Readonly<Record<string, Cell>>;

/** One table of an export: a row for each entry of these kinds, and nothing that does not follow from that entry. */
export type Table = {
  readonly name: string;
  /** Kinds of entries that it has; absent: those that no other table has. */
  readonly kinds?: readonly string[];
  /** Columns beside those that every table begins and ends with. */
  readonly columns: readonly string[];
  readonly cells: (row: ExportRow) => TableRow;
};

/** What each table begins with. */
const FIRST = ['seq', 'time', 'kind'] as const;
/** What each table ends with: who wrote it, and the hash by which the tree has the entry. */
const LAST = ['principal', 'entry_sha256'] as const;

export function columnsOf({ columns }: Table): readonly string[] {
  return [...FIRST, ...columns, ...LAST];
}

/** The row of an entry, under all columns of its table in their order. */
export function rowOf(table: Table, row: ExportRow): TableRow {
  const { seq, time, kind, principal } = row.entry;
  const all: TableRow = { seq, time, kind, ...table.cells(row), principal, entry_sha256: formatHex(row.hash) };
  return Object.fromEntries(columnsOf(table).map((column) => [column, all[column]]));
}

/** Several values in one cell; none of them holds a space. */
export function together(values: readonly string[] | undefined): string | undefined {
  return values === undefined || values.length === 0 ? undefined : values.join(' ');
}

export function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

/** Which entry of a list this one is: 1 for the first. The list is named by what its key begins with. */
export function placeIn(entry: Entry, area: string): number | undefined {
  return entry.keys.find(({ key }) => key.startsWith(`${area}:`))?.n;
}
