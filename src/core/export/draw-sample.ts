import { sha256 } from '#sha256';
import { compareBytes, concatBytes } from '../encoding/bytes.ts';
import { formatHex } from '../encoding/hex.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { invariant } from '../fault.ts';
import { SAMPLE_ITEMS_MAX } from '../limits.ts';
import type { ExportRow } from './export-lines.ts';
import { type ItemQuestion, questionOf } from './sample-question.ts';
import type { TableRow } from './table.ts';

const BEGINNING = concatBytes(encodeUtf8('waybill/sample/v1'), Uint8Array.of(0));

/** How a sample is drawn: so many items of each table, in the order that a seed gives. */
export type SampleRequest = { readonly seed: string; readonly items: number };

/** An entry that was drawn: of which table, its place and hash (hex), and what is asked about it. */
export type DrawnItem = {
  readonly table: string;
  readonly seq: number;
  readonly entry: string;
  readonly score: string;
  readonly question: ItemQuestion;
};

/**
 * The state of the log by which an item is judged: so many entries, known by the hash of their last one (64 hex), or, where
 * that is not shown, by their root (32 bytes).
 */
export type SampleState = { readonly size: number } & ({ readonly last: string } | { readonly root: Uint8Array });

export type SampleItem = DrawnItem & { readonly state: SampleState };

/** What can stand in a seed: printable ASCII, so that everybody spells it alike. */
export const SAMPLE_SEED = /^[ -~]{1,200}$/;

/** Columns of the table of what was drawn. */
export const SAMPLE_COLUMNS = [
  'table',
  'seq',
  'score',
  'entry_sha256',
  'repository',
  'digest',
  'environment',
  'state',
  'list',
  'file',
] as const;

type Drawn = { readonly score: Uint8Array; readonly row: ExportRow };

/**
 * Draws a sample out of the entries as they pass, in memory for no more than what is drawn: of each table the `items` entries
 * with the smallest score. A score is SHA-256("waybill/sample/v1" ‖ 0x00 ‖ hash of the entry (32) ‖ seed in ASCII). The hash
 * stands for the entry and, by its link, for all before it: nobody can choose it once it is written, and nothing else that
 * somebody could choose is in the score but the seed. Source: docs/spec/export.md section 6.
 */
export class SampleDraw {
  readonly #request: SampleRequest;
  readonly #seed: Uint8Array;
  readonly #tables = new Map<string, Drawn[]>();

  constructor(request: SampleRequest) {
    invariant(SAMPLE_SEED.test(request.seed), 'a seed is printable ASCII');
    invariant(request.items > 0 && request.items <= SAMPLE_ITEMS_MAX, 'a sample has some items, and not too many');
    this.#request = request;
    this.#seed = encodeUtf8(request.seed);
  }

  /** Takes note of an entry of a table. */
  take(table: string, row: ExportRow): void {
    const score = sha256(BEGINNING, row.hash, this.#seed);
    const drawn = this.#tables.get(table) ?? [];
    this.#tables.set(table, drawn);
    const last = drawn.at(-1);
    if (drawn.length === this.#request.items && last !== undefined && compareBytes(last.score, score) < 0) return;
    const place = drawn.findIndex((other) => compareBytes(score, other.score) < 0);
    drawn.splice(place === -1 ? drawn.length : place, 0, { score, row });
    if (drawn.length > this.#request.items) drawn.pop();
  }

  /** What was drawn: tables in the order of `names`, in each the smallest score first. */
  items(names: readonly string[]): readonly DrawnItem[] {
    return names.flatMap((table) =>
      (this.#tables.get(table) ?? []).map(({ score, row }) => ({
        table,
        seq: row.entry.seq,
        entry: formatHex(row.hash),
        score: formatHex(score),
        question: questionOf(row.entry),
      })),
    );
  }
}

/** An item under the columns of the table of what was drawn; `file` is what shows it. */
export function sampleRow({ table, seq, score, entry, question, state }: SampleItem, file: string): TableRow {
  const asked = question.form === 'custody' ? question : undefined;
  return {
    table,
    seq,
    score,
    entry_sha256: entry,
    repository: asked?.repository,
    digest: asked?.digest,
    environment: asked?.environment,
    state: asked === undefined ? undefined : state.size,
    list: question.form === 'list' ? question.key : undefined,
    file,
  };
}
