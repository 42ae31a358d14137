import type { Json } from '../../core/encoding/json.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { fields, plain } from '../layout-text.ts';
import type { JudgedExport } from './judge-export.ts';

/** Exit code of an export that holds: half of a period, or one whose documents are not all shown, is not the whole. */
export function exitOfExport({ whole, sample }: Pick<JudgedExport, 'whole' | 'sample'>): ExitCode {
  if (sample.some(({ warnings }) => warnings.length > 0)) return EXIT.integrity;
  return whole.ended && whole.absent.count === 0 ? EXIT.ok : EXIT.unjudged;
}

/** What an export shows, for programs. `confirmed`: by a log key that the reader gave. */
export function exportJson({ whole, tables, sample, drawn, strangers }: JudgedExport, confirmed: boolean): Json {
  const { period, seqs, checkpoint, earlier, ended, counts, absent } = whole;
  const value = {
    export: 'holds',
    ended,
    confirmed,
    by: period.by,
    from: period.from,
    to: period.to,
    entries: seqs.to - seqs.from,
    seqs,
    checkpoint: { origin: checkpoint.origin, size: checkpoint.size },
    ...(earlier === undefined ? {} : { earlier: { size: earlier.size } }),
    kinds: counts,
    tables,
    absent,
    sample,
    ...(drawn === undefined ? {} : { drawn }),
    ...(strangers === undefined ? {} : { strangers }),
  };
  return JSON.parse(JSON.stringify(value)) as Json;
}

/** The same for people. */
export function exportLines(judged: JudgedExport, confirmed: boolean): string {
  const { whole, sample, drawn, strangers = [] } = judged;
  const { period, seqs, checkpoint, earlier, counts, absent } = whole;
  const lines = fields([
    ['period', `from ${period.from} up to ${period.to}${period.by === 'seq' ? ' (seq)' : ''}`],
    ['entries', seqs.from === seqs.to ? 'none' : `${seqs.to - seqs.from}: ${seqs.from} to ${seqs.to - 1}`],
    ...Object.entries(counts).map(([kind, count]) => ['', `${count} ${plain(kind)}`] as const),
    ['log', `${checkpoint.origin}, ${checkpoint.size} entries`],
    ['continues', earlier === undefined ? undefined : `the checkpoint of ${earlier.size} entries`],
    ['confirmed', confirmed ? 'yes, by the log key that you gave' : 'by the log key that this machine knows'],
    ['not shown', absent.count === 0 ? undefined : `${absent.count} documents: of entry ${absent.seqs.join(', ')}`],
    ['drawn by', drawn === undefined ? undefined : `the seed "${drawn.seed}", ${drawn.items} of each table`],
    ...sample.map(
      ({ table, seq, shows }, place) => [place === 0 ? 'sample' : '', sampleWords(table, seq, shows)] as const,
    ),
    ['strangers', strangers.length === 0 ? undefined : `not of the export: ${strangers.map(plain).join(', ')}`],
  ]);
  return `${titleOf(judged)}\n\n${lines}`;
}

/** What an item's file shows is the image at the end of the period, and not what its entry recorded. */
function sampleWords(table: string, seq: number, shows: string): string {
  return `${table}, entry ${seq}: ${shows === 'whole' ? 'its list is whole' : `its image at the end of the period: ${shows}`}`;
}

function titleOf({ whole, sample, strangers }: JudgedExport): string {
  if (sample.some(({ warnings }) => warnings.length > 0))
    return 'The entries are all, but a report of the sample holds what no report does: do not go by what it shows';
  if (!whole.ended)
    return 'The period had not ended: these are all entries that it had at the checkpoint, and more may have come';
  if (whole.absent.count > 0) return 'These are all entries of the period, but not every document of theirs is shown';
  if (strangers === undefined) return 'These are all entries of the period; nothing beside them was looked at';
  return 'This is the whole population of the period, and every file follows from it';
}
