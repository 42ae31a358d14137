import { sha256 } from '#sha256';
import type { Checkpoint } from '../checkpoint/checkpoint.ts';
import { compareBytes, concatBytes, u64be } from '../encoding/bytes.ts';
import { formatHex } from '../encoding/hex.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import { invariant } from '../fault.ts';
import { SAMPLE_ITEMS_MAX } from '../limits.ts';
import type { ExportRow } from './export-lines.ts';
import { type ItemQuestion, questionOf } from './sample-question.ts';
import type { TableRow } from './table.ts';

const DOMAIN = encodeUtf8('waybill/sample/v1');

/** How a sample is drawn: so many items of each table, in the order that a seed gives. */
export type SampleRequest = { readonly seed: string; readonly items: number };

/** An entry that was drawn, and what shows whether it is as it should be. */
export type SampleItem = {
  readonly table: string;
  readonly seq: number;
  readonly entry: string;
  readonly score: string;
  readonly question: ItemQuestion;
};

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
  'list',
  'file',
] as const;

type Drawn = { readonly score: Uint8Array; readonly row: ExportRow };

/**
 * Draws a sample out of the entries as they pass, in memory for no more than what is drawn: of each table the `items` entries
 * with the smallest score. A score is SHA-256("waybill/sample/v1" ‖ 0x00 ‖ size (u64 BE) ‖ root (32) ‖ hash of the entry (32) ‖
 * seed in ASCII), so that it follows from the checkpoint, which the log signed, and from the seed: whoever names the one
 * without knowing the other chooses nothing. Source: docs/spec/export.md section 6.
 */
export class SampleDraw {
  readonly #request: SampleRequest;
  readonly #beginning: Uint8Array;
  readonly #tables = new Map<string, Drawn[]>();

  constructor(request: SampleRequest, checkpoint: Checkpoint) {
    invariant(SAMPLE_SEED.test(request.seed), 'a seed is printable ASCII');
    invariant(request.items > 0 && request.items <= SAMPLE_ITEMS_MAX, 'a sample has some items, and not too many');
    this.#request = request;
    this.#beginning = concatBytes(DOMAIN, Uint8Array.of(0), u64be(checkpoint.size), checkpoint.root);
  }

  /** Takes note of an entry of a table. */
  take(table: string, row: ExportRow): void {
    const score = sha256(this.#beginning, row.hash, encodeUtf8(this.#request.seed));
    const drawn = this.#tables.get(table) ?? [];
    this.#tables.set(table, drawn);
    const last = drawn.at(-1);
    if (drawn.length === this.#request.items && last !== undefined && compareBytes(last.score, score) < 0) return;
    const place = drawn.findIndex((other) => compareBytes(score, other.score) < 0);
    drawn.splice(place === -1 ? drawn.length : place, 0, { score, row });
    if (drawn.length > this.#request.items) drawn.pop();
  }

  /** What was drawn: tables in the order of `names`, in each the smallest score first. */
  items(names: readonly string[]): readonly SampleItem[] {
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
export function sampleRow({ table, seq, score, entry, question }: SampleItem, file: string): TableRow {
  const asked = question.form === 'custody' ? question : undefined;
  return {
    table,
    seq,
    score,
    entry_sha256: entry,
    repository: asked?.repository,
    digest: asked?.digest,
    environment: asked?.environment,
    list: question.form === 'list' ? question.key : undefined,
    file,
  };
}
