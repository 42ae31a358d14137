import { CHECK_CONTROLS, CONTROL_COLUMNS, controlRows } from '../controls/check-controls.ts';
import { formatCanonicalJson } from '../encoding/canonical-json.ts';
import { formatHex } from '../encoding/hex.ts';
import type { Json } from '../encoding/json.ts';
import { invariant } from '../fault.ts';
import { CSV_BEGINNING, formatCsvRecord } from './csv.ts';
import {
  SAMPLE_COLUMNS,
  SampleDraw,
  type SampleItem,
  type SampleRequest,
  type SampleState,
  sampleRow,
} from './draw-sample.ts';
import type { ExportRow } from './export-lines.ts';
import type { VerifiedExport } from './export-reader.ts';
import { OPEN_COLUMNS, OpenBalance } from './open-balance.ts';
import { columnsOf, rowOf, type TableRow } from './table.ts';
import { TABLES, tableOf } from './tables.ts';

/** Forms that tables are written in. */
export const EXPORT_FORMATS = ['csv', 'json'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Takes the next piece of a file. Files of one export have different names, and none lies in a folder. */
export type FileSink = (name: string, text: string) => void;

export type ExportFilesOptions = {
  readonly formats: readonly ExportFormat[];
  readonly sample?: SampleRequest;
};

/** Where the file of an item lies, below the folder of the export. */
export function sampleFile({ seq, question }: Pick<SampleItem, 'seq' | 'question'>): string {
  return `sample/${seq}.${question.form === 'custody' ? 'custody.html' : 'completeness.json'}`;
}

/**
 * The files that follow from the entries of an export: written while they pass, in memory that does not grow with them, and by
 * nothing but them, so that everybody who has the entries writes the same bytes. Source: docs/spec/export.md section 4.
 */
export class ExportFiles {
  readonly #write: FileSink;
  readonly #options: ExportFilesOptions;
  readonly #rows = new Map<string, number>();
  readonly #open = new OpenBalance();
  readonly #draw: SampleDraw | undefined;
  readonly #checkpoint: VerifiedExport['checkpoint'];
  #committed: SampleState | undefined;
  #time = '';

  constructor(options: ExportFilesOptions, checkpoint: VerifiedExport['checkpoint'], write: FileSink) {
    this.#options = options;
    this.#write = write;
    this.#checkpoint = checkpoint;
    this.#draw = options.sample === undefined ? undefined : new SampleDraw(options.sample);
    for (const table of TABLES) this.#begin(table.name, columnsOf(table));
  }

  take(row: ExportRow): void {
    const { kind, time, seq } = row.entry;
    this.#time = time;
    if (kind === 'map.committed') this.#committed = { size: seq + 1, last: formatHex(row.hash) };
    this.#open.take(row.entry);
    const table = tableOf(kind);
    if (table === undefined) return;
    this.#row(table.name, columnsOf(table), rowOf(table, row));
    this.#draw?.take(table.name, row);
  }

  /** Ends all files; gives how many rows each table has, and what was drawn. */
  end(): { readonly tables: Readonly<Record<string, number>>; readonly items: readonly SampleItem[] } {
    for (const { name } of TABLES) this.#finish(name);
    this.#whole('open', OPEN_COLUMNS, this.#open.rows(this.#time));
    this.#whole('controls', CONTROL_COLUMNS, controlRows(CHECK_CONTROLS));
    const names = TABLES.map(({ name }) => name);
    const drawn = this.#draw?.items(names) ?? [];
    const items = drawn.map((item) => ({ ...item, state: this.#stateOf(item.seq) }));
    if (this.#draw !== undefined) {
      const rows = items.map((item) => sampleRow(item, sampleFile(item)));
      this.#whole('sample', SAMPLE_COLUMNS, rows);
    }
    return { tables: Object.fromEntries(this.#rows), items };
  }

  /**
   * The last state that the log published within the period, which nobody can choose; where that does not have the entry yet,
   * the one of the checkpoint.
   */
  #stateOf(seq: number): SampleState {
    if (this.#committed !== undefined && seq < this.#committed.size) return this.#committed;
    return { size: this.#checkpoint.size, root: this.#checkpoint.root };
  }

  #whole(name: string, columns: readonly string[], rows: readonly TableRow[]): void {
    this.#begin(name, columns);
    for (const row of rows) this.#row(name, columns, row);
    this.#finish(name);
  }

  #begin(name: string, columns: readonly string[]): void {
    this.#rows.set(name, 0);
    if (this.#has('csv')) this.#write(`${name}.csv`, `${CSV_BEGINNING}${formatCsvRecord(columns)}`);
    if (this.#has('json')) this.#write(`${name}.json`, '[');
  }

  #row(name: string, columns: readonly string[], row: TableRow): void {
    const before = this.#rows.get(name);
    invariant(before !== undefined, 'a table begins before its rows');
    this.#rows.set(name, before + 1);
    if (this.#has('csv')) this.#write(`${name}.csv`, formatCsvRecord(columns.map((column) => row[column])));
    if (!this.#has('json')) return;
    const present = Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== undefined));
    this.#write(`${name}.json`, `${before === 0 ? '' : ','}\n${formatCanonicalJson(present as Json)}`);
  }

  #finish(name: string): void {
    if (this.#has('json')) this.#write(`${name}.json`, '\n]\n');
  }

  #has(format: ExportFormat): boolean {
    return this.#options.formats.includes(format);
  }
}
