import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import type { NoteKey } from '../checkpoint/signed-note.ts';
import { fail, ok, type Result } from '../fault.ts';
import type { PeriodBounds, PeriodEntry } from '../period/period.ts';
import { openStates, type PeriodStates, PeriodWalk } from '../period/period-walk.ts';
import { type ExportEnd, type ExportHead, type ExportRow, parseExportHead, parseExportLine } from './export-lines.ts';
import { verifyDocument } from './shown-documents.ts';

/** What a whole export shows, after every line of it was verified. */
export type VerifiedExport = {
  readonly period: PeriodBounds;
  /** Places of its entries: from the first of these up to but without the second. */
  readonly seqs: { readonly from: number; readonly to: number };
  readonly checkpoint: Checkpoint;
  readonly earlier?: Checkpoint;
  /** The entries directly before and after the period, where the log has them at the checkpoint. */
  readonly before?: PeriodEntry;
  readonly after?: PeriodEntry;
  /** Whether the log had gone past the period's end; otherwise more may have come since. */
  readonly ended: boolean;
  /** How many entries of each kind, by kind in the order of their names. */
  readonly counts: Readonly<Record<string, number>>;
  /** Seqs whose document was erased or is withheld, at most {@link ABSENT_NAMED} of them, and how many there are. */
  readonly absent: { readonly count: number; readonly seqs: readonly number[] };
};

/** Absent documents that are named; further ones are counted. */
export const ABSENT_NAMED = 1_000;

/**
 * Reads an export line by line, and says of each whether it fits; only after the last one is anything proved: until then
 * nothing that was read counts. Memory does not grow with the lines. After a fault nothing more may be asked of it.
 *
 * Source: docs/spec/export.md section 3.
 */
export class ExportReader {
  readonly head: ExportHead;
  readonly #states: PeriodStates;
  readonly #walk: PeriodWalk;
  readonly #counts = new Map<string, number>();
  readonly #absent: number[] = [];
  #absentCount = 0;
  #next: number;

  private constructor(head: ExportHead, states: PeriodStates, walk: PeriodWalk) {
    this.head = head;
    this.#states = states;
    this.#walk = walk;
    this.#next = head.seqs.from;
  }

  /**
   * Begins with the first line, without its line feed. Faults: `export/malformed`, those of entries, and those of
   * `openStates` and `PeriodWalk`.
   */
  static begin(line: Uint8Array, logKeys: readonly NoteKey[]): Result<ExportReader> {
    const head = parseExportHead(line);
    if (!head.ok) return head;
    const states = openStates(head.value, logKeys);
    if (!states.ok) return states;
    const walk = new PeriodWalk(head.value, states.value);
    const { before, seqs } = head.value;
    const begun = before === undefined ? ok(undefined) : walk.before(before);
    if (!begun.ok) return begun;
    if (seqs.from !== (before === undefined ? 0 : before.entry.seq + 1))
      return fail('export/counts-differ', 'The period begins at another place than the export says.', '/seqs/from');
    return ok(new ExportReader(head.value, states.value, walk));
  }

  /** The states of the log that the first line names, their signatures verified. */
  get checkpoint(): Checkpoint {
    return this.#states.checkpoint;
  }

  /**
   * Takes the next line: a row, or what the whole export shows. Faults: `export/malformed`, those of entries, of
   * `PeriodWalk` and of `verifyDocument`, and `export/counts-differ`.
   */
  next(line: Uint8Array): Result<{ readonly row: ExportRow } | { readonly whole: VerifiedExport }> {
    const read = parseExportLine(line);
    if (!read.ok) return read;
    return 'row' in read.value ? this.#takeRow(read.value.row) : this.#end(read.value.end);
  }

  #takeRow(row: ExportRow): Result<{ readonly row: ExportRow }> {
    const taken = this.#walk.take(row);
    if (!taken.ok) return taken;
    if (this.#next >= this.head.seqs.to)
      return fail('export/counts-differ', 'The export holds more entries than it says.', '/seqs/to');
    this.#next += 1;
    const document = verifyDocument(row);
    if (!document.ok) return document;
    if (document.value === 'absent') {
      this.#absentCount += 1;
      if (this.#absent.length < ABSENT_NAMED) this.#absent.push(row.entry.seq);
    }
    const { kind } = row.entry;
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    return ok({ row });
  }

  #end({ after, right }: ExportEnd): Result<{ readonly whole: VerifiedExport }> {
    const ended = this.#walk.end(after, right);
    if (!ended.ok) return ended;
    if (this.#next !== this.head.seqs.to)
      return fail('export/counts-differ', 'The export holds fewer entries than it says.', '/seqs/to');
    const { period, seqs, before } = this.head;
    const neighbours = { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
    const absent = { count: this.#absentCount, seqs: this.#absent };
    const counts = countsOf(this.#counts);
    return ok({
      whole: { period, seqs, ...this.#states, ...neighbours, ended: ended.value.ended, counts, absent },
    });
  }
}

/** Counts by kind, in the order of the kinds' names. */
function countsOf(counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
