import { statSync } from 'node:fs';
import type { NoteKey } from '../../core/checkpoint/signed-note.ts';
import type { ExportRow } from '../../core/export/export-lines.ts';
import { ExportReader, type VerifiedExport } from '../../core/export/export-reader.ts';
import type { Fault } from '../../core/fault.ts';
import { EXIT } from '../exit-codes.ts';
import type { Progress } from '../progress.ts';
import { type Stop, stopOf } from '../stop.ts';
import { readLines } from './read-lines.ts';

/** What hears of the entries while they are verified; nothing that it hears counts until the walk gives what it shows. */
export type RowListener = {
  readonly begin?: (reader: ExportReader) => void;
  readonly row: (row: ExportRow) => void;
};

/** Verifies the entries of an export line by line. Stops with exit code 12 at the first that does not hold. */
export function walkEntries(
  path: string,
  keys: readonly NoteKey[],
  listener: RowListener,
  progress: Progress,
): VerifiedExport {
  const bytesTotal = statSync(path).size;
  let [reader, whole]: [ExportReader | undefined, VerifiedExport | undefined] = [undefined, undefined];
  let bytesRead = 0;
  for (const line of readLines(path)) {
    if (!line.ok) throw refused(line.fault);
    bytesRead += line.value.length + 1;
    progress.at(bytesRead, bytesTotal);
    if (whole !== undefined) throw refused({ code: 'export/malformed', message: 'Something follows the last line.' });
    if (reader === undefined) {
      const begun = ExportReader.begin(line.value, keys);
      if (!begun.ok) throw refused(begun.fault);
      reader = begun.value;
      listener.begin?.(reader);
      continue;
    }
    const taken = reader.next(line.value);
    if (!taken.ok) throw refused(taken.fault);
    if ('row' in taken.value) listener.row(taken.value.row);
    else whole = taken.value.whole;
  }
  if (whole !== undefined) return whole;
  throw refused({ code: 'export/not-ended', message: 'The last line is not there: entries may be missing.' });
}

function refused(fault: Fault): Stop {
  return stopOf(EXIT.integrity, fault, 'The export does not hold');
}
